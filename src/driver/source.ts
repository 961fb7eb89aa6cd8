// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import type { DatasetSpec, FrameSource } from '../formats/format.js'
import { openSource } from '../formats/index.js'

/** Open a dataset; a format of the user's own is loaded as config files are. */
export function openDataset(dataset: DatasetSpec): Promise<FrameSource> {
  return openSource(dataset, async (path) => (await import('../config/userModule.js')).loadFormatModule(path))
}

// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import { registerEngineModule } from '../config/engineModule.js'

/** Let user files of this thread import this engine's names from 'parcorana'. */
export function serveEngineNames(): void {
  registerEngineModule(() => import('./names.js'))
}

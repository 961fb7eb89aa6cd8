// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Runs a rank entry that is still TypeScript, for work in the source tree; built entries are started directly. */
import { createJiti } from 'jiti'

const jiti = createJiti(import.meta.url)

export default async (task) => (await jiti.import(task.source, { default: true }))(task)

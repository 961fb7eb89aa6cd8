// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import { bufferClasses } from './g2Classes.js'
import type { G2Common } from './g2Common.js'
import { MultiTau } from './multiTau.js'
import { TwoTime } from './twoTime.js'

/** Built-in classes by the names that configs may use. */
export const builtInClasses: Readonly<Record<string, typeof G2Common>> = { ...bufferClasses, MultiTau, TwoTime }

// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The engine's classes, as the config room wants to know them. */
import type { ClassRegistry } from '../config/userClass.js'
import { builtInClasses } from '../correlators/g2Classes.js'
import { G2Common } from '../correlators/g2Common.js'

export const classes: ClassRegistry = {
  builtin: builtInClasses,
  isG2Class: (value) => value === G2Common || (typeof value === 'function' && value.prototype instanceof G2Common),
}

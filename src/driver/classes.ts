// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The engine's classes, as the config room wants to know them. */
import type { ClassRef } from '../config/resolved.js'
import { type ClassRegistry, classOf } from '../config/userClass.js'
import { builtInClasses } from '../correlators/g2Classes.js'
import { G2Common } from '../correlators/g2Common.js'

export const classes: ClassRegistry = {
  builtin: builtInClasses,
  isG2Class: (value) => value === G2Common || (typeof value === 'function' && value.prototype instanceof G2Common),
}

/** The class that `ref` names. */
export async function g2ClassOf(ref: ClassRef): Promise<typeof G2Common> {
  return (await classOf(ref, classes)) as typeof G2Common
}

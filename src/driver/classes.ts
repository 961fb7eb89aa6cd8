// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The engine's classes, as the config room wants to know them. */
import type { ClassRef } from '../config/resolved.js'
import { type ClassRegistry, classOf } from '../config/userClass.js'
import { agreeClasses } from '../correlators/agree/classes.js'
import { builtInClasses } from '../correlators/g2Classes.js'
import { G2Common } from '../correlators/g2Common.js'

export const classes: ClassRegistry = {
  builtin: builtInClasses,
  isG2Class: (value) => value === G2Common || (typeof value === 'function' && value.prototype instanceof G2Common),
}

/** The class that `ref` names; also those of the engine's own commands. */
export async function g2ClassOf(ref: ClassRef): Promise<typeof G2Common> {
  if (ref.kind === 'builtin' && ref.name in agreeClasses) return agreeClasses[ref.name]
  return (await classOf(ref, classes)) as typeof G2Common
}

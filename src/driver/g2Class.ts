// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The class of an analysis on a rank, which loads no other: ranks are started by the dozen. */
import type { ClassRef } from '../config/resolved.js'
import { classOf, classRegistry } from '../config/userClass.js'
import { bufferClasses } from '../correlators/g2Classes.js'
import { G2Common } from '../correlators/g2Common.js'

const usersClasses = classRegistry({}, G2Common)

/** The class that `ref` names; also those of the engine's own commands. */
export async function g2ClassOf(ref: ClassRef): Promise<typeof G2Common> {
  if (ref.kind !== 'builtin') return (await classOf(ref, usersClasses)) as typeof G2Common
  if (ref.name === 'MultiTau') return (await import('../correlators/multiTau.js')).MultiTau
  if (ref.name === 'TwoTime') return (await import('../correlators/twoTime.js')).TwoTime
  return bufferClasses[ref.name] ?? (await import('../correlators/agree/classes.js')).agreeClasses[ref.name]
}

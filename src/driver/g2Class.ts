// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The class of an analysis on a rank. Those with a buffer need none of the others' kernels: ranks are started by the dozen. */
import type { ClassRef } from '../config/resolved.js'
import { classOf, classRegistry } from '../config/userClass.js'
import { bufferClasses } from '../correlators/g2Classes.js'
import { G2Common } from '../correlators/g2Common.js'

const usersClasses = classRegistry({}, G2Common)

/** The class that `ref` names; also those of the engine's own commands. */
export async function g2ClassOf(ref: ClassRef): Promise<typeof G2Common> {
  if (ref.kind !== 'builtin') return (await classOf(ref, usersClasses)) as typeof G2Common
  return bufferClasses[ref.name] ?? (await classesWithoutBuffer())[ref.name]
}

async function classesWithoutBuffer(): Promise<Readonly<Record<string, typeof G2Common>>> {
  const { builtInClasses } = await import('../correlators/builtInClasses.js')
  const { agreeClasses } = await import('../correlators/agree/classes.js')
  return { ...builtInClasses, ...agreeClasses }
}

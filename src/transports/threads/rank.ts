// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * A rank's side of the threads transport. An entry module is one line:
 *
 *   export default (task: RankTask) => runRank(task, async (world, mine, main) => ...)
 */
import { messageOf, RunError } from '../../errors.js'
import type { Communicator } from '../../roles/communicator.js'
import { ThreadCommunicator } from './communicator.js'
import { Mesh } from './mesh.js'
import { portable } from './portable.js'
import type { ControlFrame, Outcome, RankTask, ThreadInit } from './wire.js'

export type { Outcome, RankTask, ThreadInit } from './wire.js'

/** The wire to the main thread, beside the communicators: progress out, wishes (such as "stop") in. */
export interface MainLink {
  /** Any value that structured clone takes; arrives at the handle's `onMessage` before the rank's result. */
  send(note: unknown): void
  /** What the main thread sends; notes that came before the first listener are given to it, in order. */
  onMessage(listener: (note: unknown) => void): void
}

export interface OpenedRank {
  readonly world: Communicator
  readonly main: MainLink
  /** True once any rank or the main thread has aborted the job. */
  readonly aborted: () => boolean
  close(): void
}

/** Meet the other ranks: the world communicator of a rank thread, with its wire to the main thread. */
export function openThreads(init: ThreadInit): OpenedRank {
  const mesh = new Mesh(init)
  const everybody = init.ports.map((_, rank) => rank)
  return {
    world: new ThreadCommunicator(mesh, 'world', 'world', everybody),
    main: linkToMain(init, mesh),
    aborted: () => mesh.aborted !== null,
    close: () => {
      mesh.close()
      init.control.close()
    },
  }
}

function linkToMain({ control }: ThreadInit, mesh: Mesh): MainLink {
  const listeners: ((note: unknown) => void)[] = []
  const early: unknown[] = []
  control.on('message', (frame: ControlFrame) => {
    if (frame.kind === 'abort') mesh.abortedBy(frame)
    else if (listeners.length === 0) early.push(frame.note)
    else for (const listener of listeners) listener(frame.note)
  })
  return {
    send: (note) => control.postMessage({ kind: 'note', note } satisfies ControlFrame),
    onMessage: (listener) => {
      listeners.push(listener)
      for (const note of early.splice(0)) listener(note)
    },
  }
}

/**
 * Run `body` as one rank. Its error ends the whole job: every other rank rejects with it, and the main thread learns it;
 * so does an error that nobody caught in something the body left running. The value of `body` must survive structured clone.
 * Resolves, never rejects: the outcome goes back to `launchThreads`.
 */
export async function runRank<T, R>(
  { init, task }: RankTask,
  body: (world: Communicator, task: T, main: MainLink) => Promise<R> | R,
): Promise<Outcome> {
  const rank = openThreads(init)
  const uncaught = uncaughtErrors()
  try {
    const value = await Promise.race([Promise.resolve(body(rank.world, task as T, rank.main)), uncaught.first])
    checkResult(value)
    return { ok: true, value }
  } catch (error) {
    const secondary = rank.aborted()
    rank.world.abort(error)
    return { ok: false, error: portable(error), secondary }
  } finally {
    await drained(process.stdout)
    await drained(process.stderr)
    uncaught.ignore()
    rank.close()
  }
}

/** `first` rejects with the first error that nobody caught in this thread, unhandled rejections included. */
function uncaughtErrors(): { first: Promise<never>; ignore: () => void } {
  const { promise, reject } = rejectable()
  promise.catch(() => {})
  process.on('uncaughtException', reject)
  return { first: promise, ignore: () => process.off('uncaughtException', reject) }
}

function rejectable(): { promise: Promise<never>; reject: (reason: unknown) => void } {
  let reject: (reason: unknown) => void = () => {}
  const promise = new Promise<never>((_, fail) => {
    reject = fail
  })
  return { promise, reject }
}

function checkResult(value: unknown): void {
  try {
    structuredClone(value)
  } catch (error) {
    throw new RunError(
      `the result of a rank cannot be sent to the main thread: ${messageOf(error)}`,
      {},
      { cause: error },
    )
  }
}

/** What a thread prints travels through the main thread: wait until it has left. */
function drained(stream: NodeJS.WriteStream): Promise<void> {
  if (stream.writableLength === 0) return Promise.resolve()
  return new Promise((resolve) => stream.write('', () => resolve()))
}

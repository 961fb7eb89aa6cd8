// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Which server's event is next. A function of the offered events only, never of timing: every server that is not finished must
 * have offered something before a choice is made.
 */
import type { Offer } from './messages.js'
import type { EventOrder } from './plan.js'

/** The offer a server stands at; null = the server is finished. */
export interface Head {
  readonly offer: Offer
  /** Next event inside the offer. */
  readonly position: number
}

/** The server whose next event comes next; null = all are finished. `last` = the server chosen before, -1 at first. */
export type Choose = (heads: readonly (Head | null)[], last: number) => number | null

export function chooser(order: EventOrder): Choose {
  return order === 'earliest' ? earliest : roundRobin
}

/** The earliest event; ties go to the lower server. */
function earliest(heads: readonly (Head | null)[]): number | null {
  let best: number | null = null
  let soonest = Number.POSITIVE_INFINITY
  heads.forEach((head, server) => {
    if (head === null) return
    const time = head.offer.counter[head.position]
    if (time < soonest) {
      best = server
      soonest = time
    }
  })
  return best
}

/** The server after the last one used, in rank order; the lowest that is ready when the last one used is finished. */
function roundRobin(heads: readonly (Head | null)[], last: number): number | null {
  const ready = Array.from(heads.keys()).filter((server) => heads[server] !== null)
  if (ready.length === 0) return null
  if (last < 0 || heads[last] === null) return ready[0]
  return ready.find((server) => server > last) ?? ready[0]
}

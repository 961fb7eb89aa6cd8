// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Errors on their way between threads. */
import { toWire, type WireError } from '../../errors.js'

/** `error` as plain data that certainly survives posting: details that cannot be cloned are left out. */
export function portable(error: unknown): WireError {
  return cloneable(toWire(error))
}

function cloneable(wire: WireError): WireError {
  const details = Object.fromEntries(Object.entries(wire.details).filter(([, value]) => canBeCloned(value)))
  return { ...wire, details, cause: wire.cause === null ? null : cloneable(wire.cause) }
}

function canBeCloned(value: unknown): boolean {
  try {
    structuredClone(value)
    return true
  } catch {
    return false
  }
}

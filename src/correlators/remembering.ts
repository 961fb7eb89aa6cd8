// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What is made of millions of elements is made once, not at every update. */

/** `make`, whose value is kept for as long as its first argument lives, until one of the others is another one. */
export function remembering<First extends object, Rest extends readonly unknown[], Value>(
  make: (first: First, ...rest: Rest) => Value,
): (first: First, ...rest: Rest) => Value {
  const known = new WeakMap<First, { readonly rest: Rest; readonly value: Value }>()
  return (first, ...rest) => {
    const made = known.get(first)
    if (made?.rest.every((own, i) => own === rest[i])) return made.value
    const value = make(first, ...rest)
    known.set(first, { rest, value })
    return value
  }
}

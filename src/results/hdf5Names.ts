// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Paths inside an HDF5 file. */

const isNormal = /^(?:\/[^/.][^/]*)+$/

/** Absolute, with single slashes, none at the end. */
export function normal(path: string): string {
  if (isNormal.test(path)) return path
  const parts = path.split('/').filter((part) => part !== '' && part !== '.')
  return `/${parts.join('/')}`
}

export function parentOf(path: string): string {
  return normal(path.slice(0, path.lastIndexOf('/')))
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

export function isWithin(path: string, group: string): boolean {
  return path === group || path.startsWith(`${group}/`)
}

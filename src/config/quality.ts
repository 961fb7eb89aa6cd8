// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The `quality` key: checked and filled in. */
import type { QualitySpec } from '../roles/quality/spec.js'
import { checkKnown, checkValues } from './schema/check.js'
import { qualityFields } from './schema/quality.js'

const key = 'systemParams.quality'

/** Throws ConfigError for an unknown key, limits that are no numbers, or limits in the wrong order. */
export function resolveQuality(given: unknown): QualitySpec {
  const values = given as Record<string, unknown>
  checkKnown(values, Object.keys(qualityFields), key)
  return checkValues(values, qualityFields, key) as unknown as QualitySpec
}

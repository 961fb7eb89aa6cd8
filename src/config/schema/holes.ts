// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Every key of `systemParams.holes`. */
import * as z from 'zod'
import type { HolesConfig } from '../types.js'
import { either, type Field, oneOf } from './field.js'

export const holesFields: Readonly<Record<keyof HolesConfig, Field>> = {
  values: {
    type: z.array(z.union([z.number(), z.literal('max')])),
    default: [],
    unit: 'detector counts',
    description:
      "Raw values that mean 'no valid value': the element is left out of that event; 'max' = the largest value of the frames' type; NaN and the file's own always are",
    allowed: "a list of numbers and 'max'",
  },
  missingPanel: {
    type: oneOf('hole', 'frame'),
    default: 'hole',
    unit: null,
    description:
      "A panel (last two axes) without a valid value: 'hole' = its elements are left out of that event, 'frame' = the frame is dropped, filtered by 'missingPanel'",
    allowed: either('hole', 'frame'),
  },
}

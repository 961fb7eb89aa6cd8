// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from 'vitest'
import { withHoles } from '../../src/roles/holes/sentinels.js'

describe('invalid values', () => {
  it('become NaN, and only they', () => {
    const data = Uint16Array.of(0, 65535, 7, 65535)
    const { dtype, data: out } = withHoles({ kind: 'dense', events: 2, dtype: 'uint16', data }, [65535]) as {
      dtype: string
      data: Float32Array
    }
    expect(dtype).toBe('float32')
    expect([...out]).toEqual([0, Number.NaN, 7, Number.NaN])
    expect([...data]).toEqual([0, 65535, 7, 65535])
  })

  it('leave frames without any as they are', () => {
    const frames = { kind: 'dense', events: 1, dtype: 'int32', data: Int32Array.of(1, 2) } as const
    expect(withHoles(frames, [-1])).toBe(frames)
    expect(withHoles(frames, [])).toBe(frames)
    expect((withHoles(frames, [2]) as { dtype: string }).dtype).toBe('float64')
  })
})

// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The built-in classes with a buffer: they differ only in *when* pairs are folded into the sums. */
import type { Pairing } from '../kernels/contract.js'
import { G2Common } from './g2Common.js'

/** All pairs inside the buffer, computed from zero at every update: for short runs and as the plain definition. */
export class G2AtEnd extends G2Common {
  override get pairing(): Pairing {
    return 'atEnd'
  }
}

/** Every pair that was ever in the buffer together, added as events arrive: the choice for live runs. */
export class G2IncrementalAccumulator extends G2Common {
  override get pairing(): Pairing {
    return 'accumulator'
  }
}

/** The pairs inside the buffer (as `G2AtEnd`), kept current by subtracting what leaves it: the recent past only. */
export class G2IncrementalWindowed extends G2Common {
  override get pairing(): Pairing {
    return 'windowed'
  }
}

/** By the names that configs may use, ParCorAna's spelling included. */
export const bufferClasses: Readonly<Record<string, typeof G2Common>> = {
  G2AtEnd,
  G2atEnd: G2AtEnd,
  G2IncrementalAccumulator,
  G2IncrementalWindowed,
}

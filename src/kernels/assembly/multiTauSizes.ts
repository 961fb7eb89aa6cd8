// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Sizes that follow from ../multiTauKernels.ts.

/** Ticks of a full stretch. */
@inline
export const stretchTicks: usize = 512

/** The compact levels' part of the scratch; the longest history in compact form is 128. */
@inline
export const compactBytes: usize = 131072

/** Sums of a group at work: behind two areas of even and odd samples. */
@inline
export const dotsAt: usize = 82176

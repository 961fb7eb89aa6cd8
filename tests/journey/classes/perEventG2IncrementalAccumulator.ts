// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import { classes } from './perEvent.js'

export default class G2IncrementalAccumulator extends classes.G2IncrementalAccumulator {}

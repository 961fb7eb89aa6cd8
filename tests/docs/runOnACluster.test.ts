// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The way of the page in its short form: tests/mpi and tests/launch try the rest; `npm run soak` follows every command. */
import { followHowTo } from './clusterHowTo.js'

followHowTo([1, 2, 4, 7])

// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Every command of docs/how-to/run-on-a-cluster.md, from top to bottom. */
import { followHowTo } from '../docs/clusterHowTo.js'

followHowTo()

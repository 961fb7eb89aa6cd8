// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Reference cases through the real command line: each with one of its classes, and a third of them by the three ways to test a configuration. All of it in tests/soak. */
import { describeCases, describeTests, oneClassEach } from './caseTurns.js'

describeCases(oneClassEach)
describeTests(oneClassEach.filter((_, n) => n % 3 === 1))

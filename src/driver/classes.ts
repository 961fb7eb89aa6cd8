// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The engine's classes, as the config room wants to know them. */
import { classRegistry } from '../config/userClass.js'
import { builtInClasses } from '../correlators/builtInClasses.js'
import { G2Common } from '../correlators/g2Common.js'

export const classes = classRegistry(builtInClasses, G2Common)

// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Entry of the MPI thread of a rank's process. */
import { workerData } from 'node:worker_threads'
import { type GatewayInit, serveGateway } from '../src/transports/mpi/gateway.js'

serveGateway(workerData as GatewayInit)

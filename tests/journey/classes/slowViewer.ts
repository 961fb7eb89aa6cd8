// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** A viewer that takes its time. */
import { setTimeout as sleep } from 'node:timers/promises'
import { G2IncrementalAccumulator, type PublishArguments } from 'parcorana'

export default class SlowViewer extends G2IncrementalAccumulator {
  override async viewerPublish(args: PublishArguments): Promise<void> {
    await sleep(Number(this.userParams.sleepMilliseconds))
    await super.viewerPublish(args)
  }
}

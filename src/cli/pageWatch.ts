// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The live page of a job that is followed: found in the run's records, reached by a tunnel that ends with the watching. */
import { hostname, userInfo } from 'node:os'
import { messageOf } from '../errors.js'
import { pause } from '../launch/follow.js'
import type { Job } from '../launch/job.js'
import { type LivePage, urlOf } from '../launch/livePage.js'
import { shellLine } from '../launch/quote.js'
import { openTunnel, type Tunnel, tunnelByHand, wayTo } from '../launch/tunnel.js'

/** What a page is shown by. */
export interface PageOutput {
  /** `command`: argv by which a person gets there by hand; `tunnel`: whether one has been opened here. */
  page(facts: { host: string; url: string; command: readonly string[]; tunnel: boolean }): void
  line(text: string): void
  warning(sentence: string): void
}

/** A job that is queued again writes another page, so it is looked for anew at every start. */
export class PageWatch {
  readonly #job: Job
  readonly #output: PageOutput
  #stop: AbortController | null = null
  #warned = ''
  #localPort: number | undefined

  constructor(job: Job, output: PageOutput) {
    this.#job = job
    this.#output = output
    if (job.record.command.some((word) => /^--live(=|$)/.test(word))) return
    output.warning(`job ${job.id} was started without --live: there is a page only if its script opens one`)
  }

  hear({ state }: { state: string }): void {
    if (state !== 'RUNNING') this.close()
    else if (this.#stop === null) {
      this.#stop = new AbortController()
      void this.#watch(this.#stop.signal)
    }
  }

  close(): void {
    this.#stop?.abort()
    this.#stop = null
  }

  /** A tunnel that breaks is opened again; a page that could never be reached is left to people. */
  async #watch(signal: AbortSignal): Promise<void> {
    const [first, longest] = this.#job.isRemote ? [2, 20] : [0.5, 5]
    let [seconds, known] = [first, '']
    let tunnel: Tunnel | null = null
    let opened = false
    while (!signal.aborted) {
      const page = await this.#job.livePage().catch(() => null)
      const key = JSON.stringify(page)
      if (page !== null && key !== known && !signal.aborted) {
        tunnel?.close()
        known = key
        tunnel = await this.#show(page, signal)
        if (tunnel === null && opened) known = ''
        opened ||= tunnel !== null
        void tunnel?.ended.then((said) => {
          if (signal.aborted || known !== key) return
          known = ''
          this.#warn(`the tunnel to ${page.host} has ended (${said || 'without a word'})`)
        })
        seconds = first
      }
      await pause(seconds * 1000, signal)
      seconds = Math.min(longest, seconds * 1.25)
    }
  }

  /** The same is not said again and again. */
  #warn(sentence: string): void {
    if (sentence !== this.#warned) this.#output.warning(sentence)
    this.#warned = sentence
  }

  /** Null where no tunnel is needed or none can be had. */
  async #show(page: LivePage, signal: AbortSignal): Promise<Tunnel | null> {
    const { kind, ssh } = this.#job.record.access
    const { host, port } = page
    const output = this.#output
    // A process without a scheduler runs where ssh leads.
    const way = kind === 'direct' && ssh !== null ? { target: ssh, login: null } : wayTo(host, ssh)
    const command = tunnelByHand(page, way)
    if (ssh === null && host === hostname()) {
      output.page({ host, url: urlOf(page, port), command, tunnel: false })
      return null
    }
    try {
      // A page that is open in a browser finds its way back after a tunnel that broke.
      const tunnel = await openTunnel(page, way, { wanted: this.#localPort, signal })
      this.#localPort = tunnel.localPort
      output.page({ host, url: tunnel.url, command, tunnel: true })
      if (ssh === null && process.env.SSH_CONNECTION !== undefined) {
        const desk = tunnelByHand(page, wayTo(host, { host: hostname(), user: userInfo().username }))
        output.line(`on your own machine: ${shellLine(desk)}, then open ${urlOf(page, port)}`)
      }
      return tunnel
    } catch (error) {
      if (!signal.aborted) {
        const byHand = `${shellLine(command)}, then open ${urlOf(page, port)}`
        this.#warn(`no tunnel to the live page: ${messageOf(error)}; by hand: ${byHand}`)
      }
      return null
    }
  }
}

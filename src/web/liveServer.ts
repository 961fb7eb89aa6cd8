// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Serves the live page of one run, to this machine only: `http://127.0.0.1:PORT/TOKEN/`. A compute node has many users, so whoever
 * does not know the token sees nothing. Read-only. It keeps no process alive, and no run waits for it.
 *
 *   /TOKEN/             the page
 *   /TOKEN/state.html   the part of it that changes; ?wait=1: after a second, or when the run ends
 *   /TOKEN/state.json   the same for programs
 *   /TOKEN/curves.svg   the last update: ?analysis=NAME&size=small
 */
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify'
import { messageOf, RunError, UsageError } from '../errors.js'
import { stateHtml } from './liveHtml.js'
import { contentPolicy, livePage } from './livePage.js'
import type { LivePictures } from './livePictures.js'
import type { LiveRun } from './liveRun.js'

export interface LiveServer {
  readonly port: number
  /** `/TOKEN/` */
  readonly path: string
  readonly url: string
  /** Answer who waits; whoever asks within half a second more is answered too. Then nobody is connected any more. */
  close(): Promise<void>
}

const host = '127.0.0.1'
const html = 'text/html; charset=utf-8'
const json = 'application/json; charset=utf-8'
const patience = {
  /** Of a question with `wait`. */
  waitMilliseconds: 1000,
  /** After the end, for pages that were busy, and want the last picture; a process that ends before does not wait. */
  lastMilliseconds: 500,
}

interface Query {
  readonly wait?: string
  readonly analysis?: string
  readonly size?: string
}

/** `port` 0 = any that is free. Rejects with UsageError for a port that cannot be had. */
export async function serveLive(
  run: LiveRun,
  pictures: LivePictures,
  port: number,
  { waitMilliseconds, lastMilliseconds } = patience,
): Promise<LiveServer> {
  const token = randomBytes(16).toString('hex')
  const end = new AbortController()
  const ended = new Promise<void>((resolve) => end.signal.addEventListener('abort', () => resolve()))
  const turn = (): Promise<void> => Promise.race([pause(waitMilliseconds), ended])
  const app = fastify({ logger: false })
  app.server.on('connection', (socket) => void socket.unref())
  app.addHook('onRequest', async (request, reply) => {
    dress(reply)
    return knows(request, token) ? undefined : refuse(reply)
  })
  app.setNotFoundHandler((_, reply) => refuse(reply))
  app.setErrorHandler((error, _, reply) => void reply.code(503).send(`${messageOf(error)}\n`))
  addRoutes(app, run, pictures, turn)
  await listen(app, port)
  app.server.unref()
  const bound = app.server.address() as { port: number }
  const path = `/${token}/`
  const close = async (): Promise<void> => {
    end.abort()
    await pause(lastMilliseconds)
    const closed = app.close()
    app.server.closeAllConnections()
    await closed
  }
  return { port: bound.port, path, url: `http://${host}:${bound.port}${path}`, close }
}

function addRoutes(app: FastifyInstance, run: LiveRun, pictures: LivePictures, turn: () => Promise<void>): void {
  app.get('/:token', ({ url }, reply) => reply.redirect(`${url}/`))
  app.get('/:token/', (_, reply) => reply.type(html).send(livePage(run.state())))
  app.get('/:token/state.html', async ({ query }, reply) => {
    if ((query as Query).wait !== undefined && !run.ended) await turn()
    return reply.type(html).send(stateHtml(run.state()))
  })
  app.get('/:token/state.json', (_, reply) => reply.type(json).send(run.state()))
  app.get('/:token/curves.svg', async ({ query }, reply) => {
    const { analysis, size } = query as Query
    const { analyses, writes } = run.state()
    const name = analyses.find((each) => each === (analysis ?? each))
    if (name === undefined) return reply.code(404).send(`no analysis '${analysis}'; there is ${analyses.join(', ')}\n`)
    const [output, update] = [run.output, run.updateNumber]
    if (!writes) throw new RunError('the run writes no result file (h5output is null), so there is nothing to draw')
    if (output === null || update === null) throw new RunError('no update is complete yet: ask again in a while')
    const svg = await pictures.svg(output, update, name, size === 'small' ? 'small' : 'large')
    return reply.type('image/svg+xml').send(svg)
  })
}

/** For every answer; text unless a route says something else. */
function dress(reply: FastifyReply): void {
  reply.type('text/plain; charset=utf-8').headers({
    'cache-control': 'no-store',
    'content-security-policy': contentPolicy,
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  })
}

function knows({ params }: FastifyRequest, token: string): boolean {
  const given = Buffer.from((params as { token?: string }).token ?? '')
  return given.length === token.length && timingSafeEqual(given, Buffer.from(token))
}

function refuse(reply: FastifyReply): FastifyReply {
  return reply.code(404).send('there is no such page; the whole address stands in the output of the run\n')
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, milliseconds).unref())
}

async function listen(app: FastifyInstance, port: number): Promise<void> {
  try {
    await app.listen({ host, port })
  } catch (error) {
    await app.close()
    const taken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
    const found = taken ? 'somebody else listens there' : messageOf(error)
    throw new UsageError(
      `the live page cannot have port ${port} (${found}); give another with --live, or none for any that is free`,
      { port },
      { cause: error },
    )
  }
}

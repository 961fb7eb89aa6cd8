// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The live page of a job: a real Slurm, a real sshd that is login node and compute node, and an `ssh` earlier in PATH that knows both as a
 * site's ssh_config would.
 */
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { shellLine } from '../../src/launch/quote.js'
import { livePageOf } from '../../src/launch/livePage.js'
import { tunnelArgv, tunnelByHand, wayTo } from '../../src/launch/tunnel.js'
import { writeScenario } from '../faults/fixture.js'
import { type CliRun, startCli } from '../support/cli.js'
import { describeWithPrograms, findProgram, freePorts, must, until } from '../support/daemons.js'
import { put, temporaryFolder } from '../support/folder.js'
import { type SlurmCluster, slurmPrograms, startSlurm } from '../support/slurm.js'
import { type SshServer, sshPrograms, startSshd } from '../support/sshd.js'

const root = temporaryFolder('live-job')
/** A run that mostly sleeps, and goes on until somebody ends it. */
const endless = {
  members: 'workerAdjustData() { Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10) }',
  system: {
    dataset: { format: 'synthetic', shape: [12, 10], events: 50_000, seed: 3 },
    numWorkers: 1,
    overwrite: true,
  },
}

it('a tunnel in words', () => {
  const login = { host: 'login', user: 'ann', port: 2222, knownHosts: '/a b/100%', keyPath: '/keys/k' }
  const command = tunnelArgv(wayTo('node7', login), 8000, 9000)
  expect(command.slice(0, 8)).toEqual([
    'ssh',
    '-N',
    '-o',
    'ExitOnForwardFailure=yes',
    '-o',
    'ServerAliveInterval=30',
    '-L',
    '127.0.0.1:8000:127.0.0.1:9000',
  ])
  const proxy = command.find((word) => word.startsWith('ProxyCommand=')) as string
  // ssh reads %% as %, and does so again for the path of known hosts.
  expect(proxy).toMatch(/ 'UserKnownHostsFile="\/a b\/100%%%%"' .* -p 2222 -l ann -W '\[%h\]:%p' -- login$/)
  expect(command.slice(-7)).toEqual(['IdentitiesOnly=yes', '-i', '/keys/k', '-l', 'ann', '--', 'node7'])
  expect(command).not.toContain('2222')
  const page = { host: 'node7', port: 9000, path: '/abc/' }
  expect(shellLine(tunnelByHand(page, wayTo('node7', login)))).toBe(
    'ssh -N -L 9000:127.0.0.1:9000 -i /keys/k -J ann@login:2222 ann@node7',
  )
  // A process without a scheduler: where ssh leads is where it runs.
  expect(shellLine(tunnelByHand(page, { target: login, login: null }))).toBe(
    'ssh -N -L 9000:127.0.0.1:9000 -i /keys/k -p 2222 ann@login',
  )
  expect(shellLine(tunnelByHand(page, wayTo('node7', null)))).toBe('ssh -N -L 9000:127.0.0.1:9000 node7')
})

it('a record that is none, or wants more than a page', () => {
  const record = (facts: object): string =>
    JSON.stringify({ event: 'live', host: 'n1', port: 80, path: '/ab1/', ...facts })
  expect(livePageOf(`${record({ url: 'x' })}\n`)).toEqual({ host: 'n1', port: 80, path: '/ab1/' })
  for (const facts of [
    { host: '-oProxyCommand=x' },
    { host: '$(x)' },
    { port: '80' },
    { path: '/../' },
    { event: 'x' },
  ])
    expect(livePageOf(record(facts))).toBeNull()
  for (const text of ['', 'null', '{"event":"live"']) expect(livePageOf(text)).toBeNull()
})

describeWithPrograms('the live page of a job', [...slurmPrograms, ...sshPrograms], () => {
  let slurm: SlurmCluster
  let sshd: SshServer
  const bin = join(root, 'bin')
  const configs = { good: join(root, 'ssh_config'), bad: join(root, 'bad_config') }
  beforeAll(async () => {
    slurm = await startSlurm()
    sshd = await startSshd(slurm.env)
    const [nobody] = await freePorts(1)
    for (const [name, port] of [
      ['good', sshd.port],
      ['bad', nobody],
    ] as const) {
      const lines = ['Host login', `Port ${sshd.port}`, `Host ${hostname()}`, `Port ${port}`]
      const all = ['Host *', 'HostName 127.0.0.1', `User ${userInfo().username}`, `IdentityFile ${sshd.keyPath}`]
      writeFileSync(configs[name], `${[...lines, ...all].join('\n')}\n`)
    }
    chmodSync(put(bin, 'ssh', `#!/bin/sh\nexec ${findProgram('ssh')} -F "$SSH_CONFIG" "$@"\n`), 0o755)
  })
  afterAll(async () => {
    await sshd?.stop()
    await slurm?.stop()
  })

  const environment = (config = configs.good) => ({
    ...slurm.env,
    PATH: [bin, process.env.PATH].join(delimiter),
    PARCORANA_STATE: join(root, 'state'),
    SSH_CONFIG: config,
  })
  const submit = (folder: string, words: readonly string[], config?: string): CliRun =>
    startCli(['submit', '-c', 'config.json', ...words], { cwd: folder, env: environment(config) })
  const scancel = (id: string): void => void must('scancel', [id], { ...process.env, ...slurm.env })
  const records = (run: CliRun): Record<string, unknown>[] =>
    run
      .stdout()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))

  it('opens the tunnel through the login node, and ends it with the job', async () => {
    const folder = writeScenario(root, 'through', endless)
    const run = submit(folder, ['--live', '--json', '--login', 'login'])
    await run.seen(/"event":"live"[^\n]*\n|"event":"done"/)
    const page = records(run).find(({ event }) => event === 'live') as { url: string; id: string; command: string[] }
    expect(page, run.stdout() + run.stderr()).toMatchObject({ host: hostname(), tunnel: true })
    expect(shellLine(page.command)).toMatch(new RegExp(`^ssh -N -L (\\d+):127\\.0\\.0\\.1:\\1 -J login ${hostname()}$`))
    // The page's own port is taken on this machine, by the page: another one leads there.
    expect(page.url).not.toContain(`:${page.command[3]?.split(':')[0]}/`)
    const state = await (await fetch(`${page.url}state.json`)).json()
    expect(state).toMatchObject({ name: 'config.json', phase: expect.stringMatching(/starting|running/) })
    await until('a picture', async () => (await fetch(`${page.url}curves.svg`)).status === 200)
    // A tunnel that breaks is opened again.
    const [broken] = sshOf(page.url)
    process.kill(Number(broken))
    await run.seen(/the tunnel to \S+ has ended [\s\S]*"event":"live"[^\n]*\n/)
    await until('the page through the next tunnel', async () => (await fetch(page.url)).status === 200)
    expect(sshOf(page.url)).toEqual([expect.not.stringMatching(`^${broken}$`)])
    scancel(page.id)
    const end = await run.end
    expect(end.code, end.stderr).toBe(143)
    expect(records(run).at(-1)).toMatchObject({ event: 'done', state: 'CANCELLED', output: join(folder, 'out.h5') })
    expect(sshOf(page.url)).toEqual([])
    await expect(fetch(page.url)).rejects.toThrow()
  })

  it('on the node itself there is nothing to tunnel; a job that is queued again has another page; a later watcher has one; SIGINT ends it, not the job', async () => {
    const folder = writeScenario(root, 'here', endless)
    const run = submit(folder, ['--live'])
    await run.seen(/^live page of job \d+: http.*\nfrom another machine first: /m)
    const [, id = '', before = ''] = /^live page of job (\d+): (\S+)$/m.exec(run.stderr()) ?? []
    expect((await fetch(`${before}state.json`)).status).toBe(200)
    expect(sshOf(before)).toEqual([])
    slurm.scontrol('requeue', id)
    await until('the queue', () => /JobState=PENDING/.test(slurm.scontrol('show', 'job', id, '-o')))
    slurm.scontrol('update', `JobId=${id}`, 'StartTime=now')
    const pages = () => [...run.stderr().matchAll(/^live page of job \d+: (\S+)$/gm)].map(([, page = '']) => page)
    const url = await until('another page', () => pages().find((page) => page !== before))
    expect((await fetch(`${url}state.json`)).status).toBe(200)
    run.child.kill('SIGINT')
    const end = await run.end
    expect([end.code, end.stdout]).toEqual([130, ''])
    expect(end.stderr).toContain(`job ${id} goes on; 'parcorana job ${id} --follow' watches it again`)
    expect((await fetch(`${url}state.json`)).status).toBe(200)
    const later = startCli(['job', id, '--live'], { cwd: folder, env: environment() })
    await later.seen(/^live page of job /m)
    scancel(id)
    expect((await later.end).code).toBe(143)
  })

  it('without a way to the node: a warning with the reason and what to try, and the job goes on', async () => {
    const folder = writeScenario(root, 'cut', endless)
    const run = submit(folder, ['--live', '--login', 'login'], configs.bad)
    await run.seen(/no tunnel.*\n/)
    const said = run.stderr()
    expect(said).toMatch(
      /^warning: no tunnel to the live page: ssh .*: no connection \(.*Connection refused\); check the name /m,
    )
    const command = `ssh -N -L \\d+:127\\.0\\.0\\.1:\\d+ -J login ${hostname()}`
    const [, url = ''] = new RegExp(`; by hand: ${command}, then open (http://\\S+/)$`, 'm').exec(said) ?? []
    expect((await fetch(`${url}state.json`)).status).toBe(200)
    scancel(/^job (\d+) /.exec(said)?.[1] ?? '')
    const end = await run.end
    expect([end.code, end.stdout]).toEqual([143, `${join(folder, 'out.h5')}\n`])
    expect(end.stderr.match(/no tunnel/g)).toHaveLength(1)
  })

  it('--dry-run shows the tunnel that would be', async () => {
    const folder = writeScenario(root, 'dry', {})
    const end = await submit(folder, ['--live', '8123', '--dry-run', '--login', 'login']).end
    expect(end.code, end.stderr).toBe(0)
    expect(end.stdout).toMatch(
      /^ {2}ssh -N -o ExitOnForwardFailure=yes .*127\.0\.0\.1:PORT:127\.0\.0\.1:PORT .* -- NODE$/m,
    )
    expect(end.stdout).toMatch(/ -c config\.json --live 8123 --json > /)
  })
})

/** Process ids of the ssh that listens for `url`. */
function sshOf(url: string): string[] {
  const forward = `127.0.0.1:${new URL(url).port}:127.0.0.1:`
  return readdirSync('/proc').filter((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(forward)
    } catch {
      return false
    }
  })
}

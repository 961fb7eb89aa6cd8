// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The whole chain on the loopback: metadata -> ssh with a key -> sbatch with reservation and constraint -> states -> result. */
import { chmodSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { JobStore } from '../../src/launch/records.js'
import { Trigger, type TriggerRequest } from '../../src/launch/trigger.js'
import { compareFiles } from '../../src/results/cmp.js'
import { writeScenario } from '../faults/fixture.js'
import { type CliEnd, runCli } from '../support/cli.js'
import { describeWithPrograms, must } from '../support/daemons.js'
import { temporaryFolder } from '../support/folder.js'
import { type SlurmCluster, slurmPrograms, startSlurm } from '../support/slurm.js'
import { type SshServer, sshPrograms, startSshd } from '../support/sshd.js'
import { type Beamline, makeBeamline, putScript } from './beamline.js'

const folder = temporaryFolder('trigger')
const nasty = ['a b', "it's", '"x"', '$HOME', '*', '`id`', '']
const shown = nasty.map((word) => `[${word}]\n`).join('')

describeWithPrograms('the chain of a beamline', [...slurmPrograms, 'slurmrestd', ...sshPrograms], () => {
  let slurm: SlurmCluster
  let sshd: SshServer
  let beamline: Beamline
  const state = join(folder, 'state')
  const store = new JobStore(join(state, 'jobs'))
  const knownHosts = join(folder, 'own known hosts')

  beforeAll(async () => {
    slurm = await startSlurm()
    sshd = await startSshd(slurm.env)
    slurm.scontrol('create', 'reservation', ...reservation('online_p10'))
    // The key lies beside the metadata and is named relative to it.
    beamline = makeBeamline(folder, 'p10', {
      ...{ reservedNodes: ['127.0.0.1'], slurmReservation: 'online_p10', slurmPartition: 'ponline' },
      ...{ userAccount: sshd.user, sshPrivateKeyPath: 'keys/id' },
    })
    must('mkdir', [join(beamline.core, 'keys')])
    writeFileSync(join(beamline.core, 'keys/id'), readFileSync(sshd.keyPath), { mode: 0o600 })
    process.env.SLURM_CONF = slurm.env.SLURM_CONF
  })
  afterAll(async () => {
    await sshd?.stop()
    await slurm?.stop()
  })

  const reservation = (name: string): string[] => [
    `reservationname=${name}`,
    ...['users=root', 'nodes=ALL', 'starttime=now', 'duration=60', 'flags=ignore_jobs'],
  ]
  const open = (): Trigger => Trigger.fromBeamtime(beamline.root, { knownHosts, store })
  const request = (more: Partial<TriggerRequest> & { command: string }): TriggerRequest => ({
    port: sshd.port,
    ...more,
  })
  const trigger = (args: readonly string[], cwd = folder): Promise<CliEnd> => {
    const site = ['--root', beamline.root, '--port', String(sshd.port), '--known-hosts', knownHosts]
    return runCli(['trigger', ...site, ...args], { cwd, env: { ...slurm.env, PARCORANA_STATE: state } })
  }

  it('from metadata to the right result, with every path mapped', async () => {
    const scenario = writeScenario(beamline.core, "it's run 1", { system: { update: 300, h5arrays: 'final' } })
    const config = join(beamline.current, "it's run 1", 'config.json')
    const ask = ['--constraint', 'gpu', '--engine', beamline.engine, '--wait', '--json']
    const output = join(beamline.current, 'raw', 'first.h5')
    const end = await trigger([...ask, '--', 'run', '-c', config, '-o', output])
    expect(end.code, `${end.stderr}${end.stdout}${slurm.logs()}`).toBe(0)
    const records = end.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(records[0]).toMatchObject({ event: 'submitted', name: 'parcorana_p10_11001234', method: 'slurm-ssh' })
    expect(records[0].log).toMatch(`${beamline.core}/processed/onlineanalysis/parcorana_p10_11001234_`)
    expect(records.at(-1)).toMatchObject({ event: 'done', state: 'COMPLETED', exitCode: 0 })
    expect(records.at(-1).output).toBe(join(beamline.core, 'raw', 'first.h5'))
    const told = slurm.scontrol('show', 'job', records[0].id, '-o')
    expect(told).toContain('Reservation=online_p10')
    expect(told).toContain('Features=gpu')
    expect(told).toContain('Partition=ponline')
    const alone = await runCli(['-c', 'config.json', '-o', 'alone.h5'], { cwd: scenario })
    expect(alone.code, alone.stderr).toBe(0)
    expect(await compareFiles(records.at(-1).output, join(scenario, 'alone.h5'), { exact: true })).toMatchObject({
      equal: true,
    })
    expect(store.find(records[0].id)).toMatchObject({ exitCode: 0, result: records.at(-1).output })
  })

  it.each(['slurm-ssh', 'ssh', 'slurm-local', 'local'])(
    'by %s: id, states, exit code, log; words stay words',
    async (method) => {
      const script = putScript(beamline.core, `it's a "${method}" script.sh`, 7)
      chmodSync(script, 0o755)
      const given = join(beamline.current, `it's a "${method}" script.sh`)
      const job = await open().submit(request({ method, command: given, args: [...nasty, 3] }))
      const result = await job.result({ intervalSeconds: 0.2 })
      expect(result).toMatchObject({ id: job.id, state: 'FAILED', exitCode: 7, result: null })
      expect(job.id).toMatch(/^\d+$/)
      expect(readFileSync(result.log, 'utf8')).toBe(`${shown}[3]\n`)
      const { states, command } = store.find(job.id)
      expect(states.at(-1)).toMatchObject({ state: 'FAILED' })
      expect(new Date(states.at(-1)?.at as string).getTime()).toBeGreaterThan(Date.now() - 60_000)
      expect(command[0]).toBe(method === 'local' ? given : script)
    },
  )

  it.each(['slurm-ssh', 'ssh', 'local'])('a job by %s is ended as its user would', async (method) => {
    // The signal may reach the sleep first.
    const wait = 'while :; do sleep 60 & wait $!; done'
    const script = putScript(beamline.core, 'long.sh', 0, `trap 'echo leaving; exit 9' TERM\necho here\n${wait}`)
    chmodSync(script, 0o755)
    const job = await open().submit(request({ method, command: script }))
    for await (const event of job.follow({ intervalSeconds: 0.2 })) {
      if (event.kind === 'log' && event.text.includes('here')) await job.cancel()
    }
    expect(await job.status()).toMatchObject({ state: 'CANCELLED', exitCode: 9 })
    // Slurm's own line may come before or after the last word of the script.
    const lines = (await job.log()).text.trim().split('\n')
    expect(lines.filter((line) => !line.startsWith('slurmstepd'))).toEqual(['here', 'leaving'])
  })

  it('an invalid reservation, a feature that no node has', async () => {
    const script = putScript(beamline.core, 'fine.sh')
    chmodSync(script, 0o755)
    const ask = (more: Partial<TriggerRequest>) => open().submit(request({ command: script, ...more }))
    await expect(ask({ reservation: 'over' })).rejects.toMatchObject({
      name: 'ReservationInvalid',
      details: { reservation: 'over', complaint: 'Requested reservation is invalid' },
      exitCode: 1,
    })
    await expect(ask({ constraint: 'quantum' })).rejects.toMatchObject({ name: 'SubmissionRefused' })
    const end = await trigger(['--reservation', 'over', '--json', '--', script])
    expect(end.code).toBe(1)
    expect(JSON.parse(end.stdout)).toMatchObject({ event: 'error', code: 'ReservationInvalid' })
    expect(end.stderr).toContain("'scontrol show reservation' lists what exists")
  })

  it.each(['slurm-ssh', 'ssh', 'local'])('by %s: a script that is missing, or not executable', async (method) => {
    const plain = putScript(beamline.core, 'plain.sh')
    chmodSync(plain, 0o644)
    const ask = (command: string) => open().submit(request({ method, command }))
    await expect(ask(`${beamline.core}/no such.sh`)).rejects.toMatchObject({ name: 'ScriptNotExecutable', exitCode: 4 })
    await expect(ask(`${beamline.core}/no such.sh`)).rejects.toThrow(/no such\.sh on .*: does not exist; check/)
    await expect(ask(plain)).rejects.toThrow(/plain\.sh on .*: is not executable; chmod \+x/)
    await expect(ask('no-such-program')).rejects.toMatchObject({ name: 'ScriptNotExecutable' })
  })

  it('a wrong key, a missing key, a key that others can read', async () => {
    const ask = (keyPath: string) => open().submit(request({ command: 'true', keyPath }))
    const wrong = join(folder, 'wrong key')
    must('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', wrong])
    await expect(ask(wrong)).rejects.toMatchObject({ name: 'HostUnreachable', details: { reason: 'key refused' } })
    await expect(ask(wrong)).rejects.toThrow(`check that ${wrong} belongs to this account`)
    await expect(ask(join(folder, 'no key'))).rejects.toMatchObject({ name: 'KeyMissing', exitCode: 4 })
    chmodSync(wrong, 0o644)
    await expect(ask(wrong)).rejects.toThrow(`chmod 600 ${wrong}`)
  })

  it('a host key that is unknown (strict), then noted, then another', async () => {
    const own = join(folder, "it's known")
    const other = await startSshd()
    try {
      const ask = (strictHostKeys: boolean) =>
        Trigger.offline({}, { knownHosts: own, strictHostKeys, store }).submit({
          ...{ method: 'ssh', destination: '127.0.0.1', port: other.port, user: other.user, keyPath: other.keyPath },
          ...{ command: 'true', folder: join(folder, 'strict') },
        })
      await expect(ask(true)).rejects.toMatchObject({ name: 'HostUnreachable', details: { reason: 'host key' } })
      await expect(ask(true)).rejects.toThrow('the host key is not known')
      expect(await (await ask(false)).result({ intervalSeconds: 0.1 })).toMatchObject({ state: 'COMPLETED' })
      expect(readFileSync(own, 'utf8')).toContain(`[127.0.0.1]:${other.port} `)
      expect(await (await ask(true)).result({ intervalSeconds: 0.1 })).toMatchObject({ state: 'COMPLETED' })
      await other.changeHostKey()
      await expect(ask(false)).rejects.toThrow('the host shows another key than before')
    } finally {
      await other.stop()
    }
    const nobody = Trigger.offline({}, { knownHosts: own, store })
    const gone = { method: 'ssh', destination: '127.0.0.1', port: other.port, command: 'true', folder }
    await expect(nobody.submit(gone)).rejects.toMatchObject({ name: 'HostUnreachable', details: { reason: 'network' } })
  })

  it('a job that stays pending is warned about with the reason, and given up when told so', async () => {
    const script = putScript(beamline.core, 'queued.sh')
    chmodSync(script, 0o755)
    const job = await open().submit(request({ method: 'slurm-local', command: script, time: '3-0', reservation: '' }))
    const events: string[] = []
    const watching = (async () => {
      const options = { intervalSeconds: 0.2, pendingSeconds: 0.5, queuedSecondsMax: 2 }
      for await (const event of job.follow(options)) events.push(event.kind === 'warning' ? event.message : event.kind)
    })()
    await expect(watching).rejects.toMatchObject({ name: 'QueuedTooLong', details: { reason: 'PartitionTimeLimit' } })
    expect(events.join('\n')).toMatch(/job \d+ has been pending for \d+ s: PartitionTimeLimit \(it asks for more time/)
    expect(slurm.scontrol('show', 'job', job.id, '-o')).toContain('JobState=CANCELLED')
  })

  it('--dry-run shows paths, commands and script, and starts nothing', async () => {
    const jobs = store.list().length
    const raw = join(beamline.current, 'raw', "it's 1.npy")
    writeFileSync(raw, '')
    const end = await trigger(['--dry-run', '--keep', beamline.root, '--', '/bin/echo', `--raw=${raw}`, beamline.root])
    expect(end.code, end.stderr).toBe(0)
    const there = join(beamline.core, 'raw', "it's 1.npy")
    expect(end.stdout).toContain(`  --raw=${raw} -> --raw=${there} (${beamline.current} -> ${beamline.core})\n`)
    expect(end.stdout).toMatch(/^ {2}ssh -o BatchMode=yes .* -- 127\.0\.0\.1 '.*sbatch --parsable --job-name=/m)
    expect(end.stdout).toContain('--reservation=online_p10')
    expect(end.stdout).toContain(`\n/bin/echo '--raw=${there.replace("'", "'\\''")}' ${beamline.root}\n`)
    expect(store.list()).toHaveLength(jobs)
  })

  it("MENTO's names of the methods, and names that nobody has", async () => {
    const plan = (method: string) => open().prepare(request({ method, command: 'true' })).method
    expect(['REMOTE_SBATCH_SCRIPT', 'TriggerMethod.REMOTE_COMMAND', 'LOCAL_BASH_SCRIPT'].map(plan)).toEqual([
      ...['slurm-ssh', 'ssh', 'local'],
    ])
    expect(() => plan('pigeon')).toThrow("no trigger method 'pigeon'; known are slurm-ssh, ssh")
  })

  it('is what the job record can be asked about later, by id', async () => {
    const script = putScript(beamline.core, 'short.sh', 3, 'echo done')
    chmodSync(script, 0o755)
    symlinkSync(script, join(folder, 'short.sh'))
    const submitted = await trigger(['--', script])
    const id = submitted.stdout.trim()
    const job = (...args: readonly string[]): Promise<CliEnd> =>
      runCli(['job', id, ...args], { cwd: folder, env: { PARCORANA_STATE: state } })
    const followed = await job('--follow')
    expect(followed.code, followed.stderr).toBe(3)
    expect(followed.stderr).toContain('done\n')
    expect((await job()).stdout).toMatch(new RegExp(`^job ${id} FAILED on .* \\(exit code 3\\)`))
    const nobody = await runCli(['job', '999999'], { cwd: folder, env: { PARCORANA_STATE: state } })
    expect(nobody.code).toBe(4)
    expect(nobody.stderr).toContain('job 999999: no record in')
  })

  it('by the REST service: id, states, exit code, log; refusals as of sbatch', async () => {
    const { url, token } = await slurm.startRest()
    const script = putScript(beamline.core, "it's rest.sh", 5)
    chmodSync(script, 0o755)
    const asked = { method: 'SLURM_REST_API', command: script, args: [...nasty], restUrl: url }
    const ask = (more: Partial<TriggerRequest> = {}) => open().submit(request({ ...asked, ...more }))
    vi.stubEnv('SLURM_JWT', '')
    await expect(ask()).rejects.toMatchObject({
      name: 'KeyMissing',
      message: expect.stringContaining('scontrol token'),
    })
    vi.stubEnv('SLURM_JWT', 'wrong')
    await expect(ask()).rejects.toMatchObject({ name: 'SchedulerUnreachable' })
    vi.stubEnv('SLURM_JWT', token)
    const job = await ask({ constraint: 'gpu' })
    const result = await job.result({ intervalSeconds: 0.2 })
    expect(result).toMatchObject({ id: job.id, state: 'FAILED', exitCode: 5 })
    expect(readFileSync(result.log, 'utf8')).toBe(shown)
    const told = slurm.scontrol('show', 'job', job.id, '-o')
    expect(told).toContain('Reservation=online_p10')
    expect(told).toContain('Features=gpu')
    expect(told).toContain('TimeLimit=1-00:00:00')
    expect(JSON.stringify(store.find(job.id))).not.toContain(token)
    await expect(ask({ reservation: 'over' })).rejects.toMatchObject({ name: 'ReservationInvalid' })
    await expect(ask({ partition: 'nowhere' })).rejects.toMatchObject({ name: 'SubmissionRefused' })
    await expect(ask({ restUrl: 'http://127.0.0.1:9' })).rejects.toMatchObject({ name: 'SchedulerUnreachable' })
    const long = putScript(beamline.core, 'rest long.sh', 0, 'echo here\nexec sleep 60')
    chmodSync(long, 0o755)
    const endless = await ask({ command: long, args: [] })
    for await (const event of endless.follow({ intervalSeconds: 0.2 })) {
      if (event.kind === 'log' && event.text.includes('here')) await endless.cancel()
    }
    expect(await endless.status()).toMatchObject({ state: 'CANCELLED', exitCode: 143 })
    vi.unstubAllEnvs()
  })

  it('the doctor sees the same: beamtime, partition, reservation, node and its version', async () => {
    const env = { ...slurm.env, PARCORANA_STATE: state }
    const user = `${sshd.user}@127.0.0.1:${sshd.port}`
    const login = ['--hosts', user, '--key', sshd.keyPath, '--known-hosts', knownHosts]
    const doctor = async (...args: readonly string[]): Promise<string> => {
      const { code, stdout } = await runCli(['doctor', ...args], { cwd: folder, env })
      return `${code}\n${stdout}`
    }
    const well = await doctor('--root', beamline.root, '--engine', beamline.engine, ...login)
    expect(well).toMatch(/^0\n/)
    expect(well).toMatch(/^ok {4}slurm +[\d.]+; open partitions ponline$/m)
    expect(well).toMatch(/^ok {4}partition +ponline is UP, at most 1-00:00:00, nodes /m)
    expect(well).toMatch(/^ok {4}reservation +online_p10 is ACTIVE, /m)
    expect(well).toMatch(/^ok {4}beamtime +p10 11001234 \(current\): nodes 127\.0\.0\.1, ponline, online_p10$/m)
    expect(well).toMatch(/^ok {4}host 127\.0\.0\.1 +reachable, parcorana [\d.]+ like here$/m)

    const old = putScript(folder, 'old parcorana', 0, 'echo 0.0.1')
    chmodSync(old, 0o755)
    const ill = await doctor('-p', 'nowhere', '--reservation', 'over', '--engine', old, ...login)
    expect(ill).toMatch(/^1\n/)
    expect(ill).toMatch(/^fail +partition +'nowhere' does not exist; give one of ponline$/m)
    expect(ill).toMatch(/^fail +reservation +'over' does not exist; .*startBeamtime/m)
    expect(ill).toMatch(/^fail +host 127\.0\.0\.1 parcorana 0\.0\.1, but here it is [\d.]+; install the same version/m)
  })
})

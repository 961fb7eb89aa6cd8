// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The doctor's judgements, each once well and once ill, and its exit codes. */
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { memoryItem } from '../../src/driver/doctor.js'
import { partitionItem, reservationItem } from '../../src/launch/doctor/cluster.js'
import { mpiItem, nodeItem, wasmItem } from '../../src/launch/doctor/machine.js'
import { writeScenario } from '../faults/fixture.js'
import { runCli } from '../support/cli.js'
import { put, temporaryFolder } from '../support/folder.js'

const folder = temporaryFolder('doctor')

it('Node and kernels', () => {
  expect(['24.1.0', '20.19.0', '18.20.0', '20.18.9'].map((version) => nodeItem(version).state)).toEqual([
    ...['ok', 'warn', 'warn', 'warn'],
  ])
  expect(nodeItem('18.20.0').next).toContain('20.19 is the oldest')
  expect([true, false].map((relaxed) => wasmItem(relaxed).state)).toEqual(['ok', 'warn'])
})

it('MPI libraries, also those of a module', async () => {
  const path = join(folder, 'mpi')
  put(path, 'libmpi_abi.so.1', '')
  const item = await mpiItem({ LD_LIBRARY_PATH: `${path}:/nowhere` })
  expect(item.found).toContain(`MPI-5 standard ABI (${join(path, 'libmpi_abi.so.1')})`)
})

it('memory', () => {
  const state = (totalBytes: number) => memoryItem({ totalBytes }, 100, 200).state
  expect([state(100), state(101), state(201)]).toEqual(['ok', 'warn', 'fail'])
})

it('partitions and reservations', () => {
  const up = { PartitionName: 'p10', State: 'UP', MaxTime: '1-00:00:00', Nodes: 'n[1-4]' }
  expect(partitionItem('p10', [up])).toMatchObject({ state: 'ok' })
  expect(partitionItem('p10', [{ ...up, State: 'DOWN' }])).toMatchObject({ state: 'fail' })
  expect(partitionItem('p11', [up])).toMatchObject({ state: 'fail', next: 'give one of p10' })
  const active = { ReservationName: 'r', State: 'ACTIVE', StartTime: 'a', EndTime: 'b', Nodes: 'n1' }
  expect(reservationItem('r', [active])).toMatchObject({ state: 'ok', found: 'r is ACTIVE, a to b, nodes n1' })
  expect(reservationItem('r', [{ ...active, State: 'INACTIVE' }])).toMatchObject({ state: 'fail' })
})

it('a config against this machine', async () => {
  const good = writeScenario(folder, 'good', {})
  const well = await runCli(['doctor', '-c', 'config.json'], { cwd: good })
  expect(well.code, well.stdout).toBe(0)
  expect(well.stdout).toMatch(/^ok {4}memory +the run needs \d+ MiB; [\d.]+ GiB of/m)
  expect(well.stdout).toMatch(/^ok {4}disk +the result needs at most [\d.]+ [KM]iB; /m)

  const large = { format: 'synthetic', shape: [4000, 4000], events: 100_000, seed: 1 }
  const bad = writeScenario(folder, 'bad', { system: { dataset: large, times: 50_000 } })
  const ill = await runCli(['doctor', '-c', 'config.json', '--json'], { cwd: bad })
  expect(ill.code).toBe(1)
  const records = ill.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(records.find(({ name }) => name === 'memory')).toMatchObject({ event: 'item', state: 'fail' })
  expect(records.at(-1)).toMatchObject({ event: 'done', failed: expect.any(Number) })
  expect(records.at(-1).failed).toBe(records.filter(({ state }) => state === 'fail').length)

  const absent = await runCli(['doctor', '-c', 'none.json', '--hosts', 'a b'], { cwd: bad })
  expect(absent.code).toBe(2)
  const missing = await runCli(['doctor', '-c', 'none.json', '--root', join(folder, 'no')], { cwd: bad })
  expect(missing.code).toBe(1)
  expect(missing.stdout).toMatch(
    /^fail +config +config file .*none\.json does not exist; 'parcorana init' writes one$/m,
  )
  expect(missing.stdout).toMatch(/^fail +beamtime .*no \*metadata\*\.json; open the beamtime with online resources/m)
})

// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Open MPI 4's files of a job lie in a folder of the job's own, which is gone afterwards. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { expect, it } from 'vitest'
import { sessionFolder } from '../../src/launch/sessionFolder.js'
import { describeWithMpi, mpiEnv } from '../support/mpi.js'

const version = 'mpiexec (OpenRTE) 4.1.4'

it.each([
  ['Open MPI 5', 'mpiexec (Open MPI) 5.0.3', {}],
  ['MPICH', 'HYDRA build details:', {}],
  ["the user's choice", version, { OMPI_MCA_orte_tmpdir_base: '/scratch' }],
])('%s is left alone', (_, text, env) => {
  const session = sessionFolder(text, env)
  expect(session.env).toEqual({})
  session.remove()
})

describeWithMpi(
  'mpiexec',
  (mpi) => {
    it('keeps its files there', () => {
      const session = sessionFolder(version, {})
      const [folder = ''] = Object.values(session.env)
      const env = { ...mpiEnv(), ...session.env, FOLDER: folder }
      const words = ['-k', '5', '60', `mpiexec.${mpi}`, '-n', '1', 'sh', '-c', 'ls "$FOLDER"']
      const { stdout, stderr } = spawnSync('timeout', words, { env, encoding: 'utf8' })
      expect(stdout, stderr).toMatch(/^ompi\./)
      expect(readdirSync(folder)).toEqual([])
      session.remove()
      expect(existsSync(folder)).toBe(false)
    })
  },
  ['openmpi'],
)

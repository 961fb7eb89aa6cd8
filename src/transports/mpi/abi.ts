// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * What differs between MPI libraries that are called without their header file: one table per binary interface (ABI).
 * A table is plain data; an address that only the loaded library knows is the name of its symbol.
 *
 *   openmpi   Open MPI 3 to 5: handles are addresses of symbols
 *   mpich     MPICH 3.1 to 4, Intel MPI, MVAPICH, Cray MPICH (the "MPICH ABI initiative"): handles are 32-bit numbers
 *   standard  MPI 5.0, chapter 20: the same numbers in every library (libmpi_abi.so)
 */

/** A handle: a number, or the symbol whose address it is. */
export type Handle = bigint | string

export interface Abi {
  readonly name: 'openmpi' | 'mpich' | 'standard'
  /** Names to look for, in the order of preference. */
  readonly files: readonly string[]
  /** Matches what MPI_Get_library_version says. */
  readonly version: RegExp
  readonly commWorld: Handle
  readonly byte: Handle
  readonly errorsReturn: Handle
  readonly anySource: number
  /** Only the thread that has called MPI_Init_thread calls MPI. */
  readonly threadFunneled: number
  /** MPI_STATUS_IGNORE as the number that a pointer argument takes. */
  readonly statusIgnore: bigint
  /** Place of the sender's rank in an MPI_Status of 32-bit integers. */
  readonly statusSource: number
}

const openmpi: Abi = {
  name: 'openmpi',
  files: ['libmpi.so.40', 'libmpi.so.80', 'libmpi.so'],
  version: /Open MPI/,
  commWorld: 'ompi_mpi_comm_world',
  byte: 'ompi_mpi_byte',
  errorsReturn: 'ompi_mpi_errors_return',
  anySource: -1,
  threadFunneled: 1,
  statusIgnore: 0n,
  statusSource: 0,
}

const mpich: Abi = {
  name: 'mpich',
  files: ['libmpich.so.12', 'libmpi.so.12', 'libmpich.so', 'libmpi.so'],
  version: /MPICH|Intel\(R\) MPI|MVAPICH/i,
  commWorld: 0x44000000n,
  byte: 0x4c00010dn,
  errorsReturn: 0x54000001n,
  anySource: -2,
  threadFunneled: 1,
  statusIgnore: 1n,
  statusSource: 2,
}

const standard: Abi = {
  name: 'standard',
  files: ['libmpi_abi.so.1', 'libmpi_abi.so.0', 'libmpi_abi.so'],
  version: /./,
  commWorld: 0x101n,
  byte: 0x247n,
  errorsReturn: 0x142n,
  anySource: -1,
  threadFunneled: 1024,
  statusIgnore: 0n,
  statusSource: 0,
}

/** By name. A new ABI is one more table. */
export const abis: Readonly<Record<Abi['name'], Abi>> = { openmpi, mpich, standard }

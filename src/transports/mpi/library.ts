// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The MPI library, found and opened at run time; calls that fail throw. Used by one thread only, the one that called `open`.
 *
 * Every handle goes in as a pointer-sized number and comes out through a zeroed 64-bit word, which suits pointers and 32-bit handles
 * alike (little endian). Typed arrays go in without a copy.
 */
import koffi from 'koffi'
import { RunError } from '../../errors.js'
import { type Abi, abis, type Handle } from './abi.js'

type Native = (...args: unknown[]) => number
type Library = ReturnType<typeof koffi.load>

/** An operation under way; hold its buffer until `test` says that it is complete. */
export type Request = BigUint64Array

/** Bytes of one MPI call, far below the 2^31 that its count can say. */
export const chunkBytesMost = 2 ** 30

const signatures = {
  Init_thread: 'int MPI_Init_thread(void *, void *, int, void *)',
  Comm_rank: 'int MPI_Comm_rank(uintptr_t, void *)',
  Comm_size: 'int MPI_Comm_size(uintptr_t, void *)',
  Comm_set_errhandler: 'int MPI_Comm_set_errhandler(uintptr_t, uintptr_t)',
  Ibarrier: 'int MPI_Ibarrier(uintptr_t, void *)',
  Isend: 'int MPI_Isend(void *, int, uintptr_t, int, int, uintptr_t, void *)',
  Irecv: 'int MPI_Irecv(void *, int, uintptr_t, int, int, uintptr_t, void *)',
  Iprobe: 'int MPI_Iprobe(int, int, uintptr_t, void *, void *)',
  Get_count: 'int MPI_Get_count(void *, uintptr_t, void *)',
  Test: 'int MPI_Test(void *, void *, void *)',
  Finalize: 'int MPI_Finalize()',
  Abort: 'int MPI_Abort(uintptr_t, int)',
  Error_string: 'int MPI_Error_string(int, void *, void *)',
} as const

export class Mpi {
  readonly abi: Abi
  /** First line of what the library says about itself. */
  readonly version: string
  readonly #calls: Readonly<Record<keyof typeof signatures, Native>>
  readonly #world: bigint
  readonly #byte: bigint
  readonly #errorsReturn: bigint
  readonly #flag = new Int32Array(1)
  readonly #number = new Int32Array(1)
  readonly #status = new Int32Array(16)

  /** The first library of `choice` (names of ABIs, or paths) that opens. Throws RunError when there is none. */
  static open(choice: readonly string[]): Mpi {
    const tried: string[] = []
    for (const name of choice) {
      for (const file of name in abis ? abis[name as Abi['name']].files : [name]) {
        const library = load(file, tried)
        const version = library === null ? '' : versionOf(library)
        const abi = Object.values(abis).find((one) => isOf(one, name, file, version))
        if (library !== null && abi !== undefined) return new Mpi(library, abi, version)
      }
    }
    throw new RunError(
      `no MPI library found (${tried.join(', ')}); load the site's MPI module or set PARCORANA_MPI to openmpi, mpich or the path of libmpi.so`,
      { tried },
    )
  }

  constructor(library: Library, abi: Abi, version: string) {
    this.abi = abi
    this.version = version
    const bound = Object.entries(signatures).map(([name, signature]) => [name, library.func(signature)])
    this.#calls = Object.fromEntries(bound)
    const handle = (value: Handle): bigint =>
      typeof value === 'bigint' ? value : koffi.address(library.symbol(value) as never)
    this.#world = handle(abi.commWorld)
    this.#byte = handle(abi.byte)
    this.#errorsReturn = handle(abi.errorsReturn)
  }

  /** Join the job: blocks until all its processes have. Errors of later calls throw instead of ending the job. */
  init(): { rank: number; size: number } {
    this.#call('Init_thread', null, null, this.abi.threadFunneled, this.#number)
    this.#call('Comm_set_errhandler', this.#world, this.#errorsReturn)
    this.#call('Comm_rank', this.#world, this.#number)
    const rank = this.#number[0]
    this.#call('Comm_size', this.#world, this.#number)
    return { rank, size: this.#number[0] }
  }

  barrier(): Request {
    const request = new BigUint64Array(1)
    this.#call('Ibarrier', this.#world, request)
    return request
  }

  send(bytes: Uint8Array, to: number, tag: number): Request {
    const request = new BigUint64Array(1)
    this.#call('Isend', bytes, bytes.length, this.#byte, to, tag, this.#world, request)
    return request
  }

  receive(bytes: Uint8Array, from: number, tag: number): Request {
    const request = new BigUint64Array(1)
    this.#call('Irecv', bytes, bytes.length, this.#byte, from, tag, this.#world, request)
    return request
  }

  /** A message with `tag` that has arrived and was not received yet: its sender and its length; null when there is none. */
  probe(tag: number): { from: number; length: number } | null {
    this.#call('Iprobe', this.abi.anySource, tag, this.#world, this.#flag, this.#status)
    if (this.#flag[0] === 0) return null
    this.#call('Get_count', this.#status, this.#byte, this.#number)
    return { from: this.#status[this.abi.statusSource], length: this.#number[0] }
  }

  /** True once `request` is complete; it must not be asked again then. */
  test(request: Request): boolean {
    this.#call('Test', request, this.#flag, this.abi.statusIgnore)
    return this.#flag[0] !== 0
  }

  /** Leave the job: blocks until all its processes do. */
  finalize(): void {
    this.#call('Finalize')
  }

  /** End the whole job with `code`, this process included. */
  abort(code: number): void {
    this.#calls.Abort(this.#world, code)
  }

  #call(name: keyof typeof signatures, ...args: unknown[]): void {
    const code = this.#calls[name](...args)
    if (code !== 0) throw new RunError(`MPI_${name} failed with code ${code}: ${this.#textOf(code)}`, { code })
  }

  #textOf(code: number): string {
    const text = new Uint8Array(8192)
    this.#calls.Error_string(code, text, this.#number)
    return Buffer.from(text.subarray(0, this.#number[0])).toString('latin1')
  }
}

function load(file: string, tried: string[]): Library | null {
  try {
    keepLoaded(file)
    return koffi.load(file, { global: true })
  } catch {
    tried.push(file)
    return null
  }
}

/** RTLD_NOW | RTLD_GLOBAL | RTLD_NODELETE of Linux. */
const openForEver = 0x2 | 0x100 | 0x1000

/** The end of this thread must not unload the library: threads of its own (UCX has one) would go on in memory that is gone. */
function keepLoaded(file: string): void {
  if (process.platform === 'linux') koffi.load(null).func('void *dlopen(const char *, int)')(file, openForEver)
}

/** May be called before MPI_Init_thread. */
function versionOf(library: Library): string {
  const text = new Uint8Array(8192)
  const length = new Int32Array(1)
  library.func('int MPI_Get_library_version(void *, void *)')(text, length)
  return Buffer.from(text.subarray(0, length[0]))
    .toString('latin1')
    .split(/[\n\0]/)[0]
    .trim()
}

/** A file that is named for the standard ABI has it, whatever library it comes from. */
function isOf(abi: Abi, choice: string, file: string, version: string): boolean {
  const standard = /libmpi_abi\b/.test(file)
  if (standard !== (abi.name === 'standard')) return false
  return abi.version.test(version) && (choice === abi.name || !(choice in abis))
}

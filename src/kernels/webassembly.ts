// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The parts of the WebAssembly interface that kernels use; neither the language's own types nor Node's declare them. */
declare global {
  namespace WebAssembly {
    /** True when the engine can compile the module. */
    function validate(bytes: Uint8Array): boolean
    class Memory {
      constructor(size: { readonly initial: number; readonly maximum: number })
      readonly buffer: ArrayBuffer
      /** Adds pages of 64 KiB and detaches `buffer`; throws RangeError when they cannot be had. */
      grow(pages: number): number
    }
    class Module {
      constructor(bytes: Uint8Array)
    }
    class Instance {
      constructor(module: Module, imports: Record<string, Record<string, unknown>>)
      readonly exports: Record<string, unknown>
    }
  }
}

export {}

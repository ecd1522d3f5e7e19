/** Options of every command. */
interface Common {
  readonly server?: string
}

/** Options of `muster compare`. */
export interface CompareOptions extends Common {
  readonly metrics: string
  readonly clusterBy?: string
  readonly slice?: readonly string[]
  readonly seed?: string
  readonly allowPartial?: boolean
}

/** Options of `muster gate`. */
export interface GateOptions extends Common {
  readonly baseline?: string
  readonly candidate?: string
  readonly wait?: boolean
}

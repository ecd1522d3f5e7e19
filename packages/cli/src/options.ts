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
  readonly report?: string
}

/** Options of `muster import`. */
export interface ImportOptions extends Common {
  readonly project?: string
  readonly format: string
  readonly as?: string
  readonly name?: string
  readonly jobType?: string
  readonly dryRun?: boolean
  readonly skipRefused?: boolean
  readonly onConflict: string
  readonly report?: string
  readonly set?: readonly string[]
}

/** Options of `muster export`. */
export interface ExportOptions extends Common {
  readonly format: string
  readonly out: string
  readonly people: string
  readonly form?: string
  readonly question?: string
  readonly promptAt?: string
  readonly field?: readonly string[]
  readonly delimiter?: string
  readonly csvSafe?: boolean
}

/** Options of `muster gate`. */
export interface GateOptions extends Common {
  readonly baseline?: string
  readonly candidate?: string
  readonly wait?: boolean
}

/** Options of `muster calibrate`. */
export interface CalibrateOptions extends Common {
  readonly run?: string
  readonly dryRun?: boolean
}

/** Options of `muster calibration`. */
export interface CalibrationOptions extends Common {
  readonly report?: string
}

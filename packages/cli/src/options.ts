/** Options of every command. */
export interface Common {
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
  readonly submissions?: boolean
  readonly report?: string
  readonly set?: readonly string[]
}

/** Options of `muster migrate`. */
export interface MigrateOptions extends Common {
  readonly config?: string
  readonly name?: string
  readonly unanswered?: boolean
  readonly withoutAnnotations?: boolean
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
  readonly gzip?: boolean
  /** By which people are told apart with `--people pseudonym`. */
  readonly pseudonymKey?: string
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

/** Options of `muster run start`. */
export interface RunStartOptions extends Common {
  readonly file?: string
  readonly definition?: string
  readonly after?: string
  readonly when?: string
  readonly model?: readonly string[]
  readonly dryRun?: boolean
  readonly wait?: boolean
}

/** Options of `muster results`. */
export interface ResultsOptions extends Common {
  readonly people?: boolean
  readonly usage?: boolean
}

/** Options of `muster task add`. */
export interface TaskAddOptions extends Common {
  readonly file?: string
  readonly payload?: string
  readonly externalId?: string
  readonly priority?: string
}

/** Options of `muster webhook add` and `muster webhook list`. */
export interface WebhookOptions extends Common {
  readonly project?: string
  readonly type?: readonly string[]
  readonly description?: string
}

/** Options of `muster webhook replay`. */
export interface ReplayOptions extends Common {
  readonly after?: string
  readonly seq?: string
}

/** Options of `muster token`, which calls no server. */
export interface TokenOptions {
  readonly role: string
  readonly user: string
  readonly type?: readonly string[]
  readonly project?: readonly string[]
  readonly expires: string
  readonly json?: boolean
}

/** Exit codes of every command, as sysexits.h has them. */
export const EXIT = { no: 1, usage: 64, notFound: 66, away: 69, conflict: 75, notAllowed: 77 } as const

/** A fault of a request, by its path in the body. */
export interface Fault {
  readonly path: string
  readonly message: string
}

/** Ends a command with an exit code, and says why in words. */
export class CommandError extends Error {
  readonly exitCode: number
  /** Each fault of a request that the server refused, by its path. */
  readonly faults: readonly Fault[]

  constructor(exitCode: number, message: string, faults: readonly Fault[] = []) {
    super(message)
    this.exitCode = exitCode
    this.faults = faults
  }
}

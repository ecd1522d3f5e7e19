/** Exit codes of every command, as sysexits.h has them. */
export const EXIT = {
  no: 1,
  usage: 64,
  notFound: 66,
  away: 69,
  output: 74,
  conflict: 75,
  notAllowed: 77,
} as const

/** Ends a command with an exit code, and says why in words. */
export class CommandError extends Error {
  readonly exitCode: number

  constructor(exitCode: number, message: string) {
    super(message)
    this.exitCode = exitCode
  }
}

/** A command is called in a way that it cannot be, or with a file that it cannot read. */
export class UsageError extends CommandError {
  constructor(message: string) {
    super(EXIT.usage, message)
  }
}

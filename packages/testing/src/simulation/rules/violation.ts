/** A rule of the domain that did not hold. */
export class ViolationError extends Error {
  readonly rule: string

  constructor(rule: string, what: string) {
    super(`${rule}: ${what}`)
    this.name = 'ViolationError'
    this.rule = rule
  }
}

/** @throws ViolationError where `holds` is false; `what` says what is there instead */
export function must(rule: string, holds: boolean, what: () => string): void {
  if (!holds) throw new ViolationError(rule, what())
}

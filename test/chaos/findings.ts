/** A rule that was broken, and how. */
export interface Violation {
  readonly rule: string
  readonly what: string
}

/** What a round has found: broken rules, and faults of the round itself. */
export class Findings {
  readonly #violations = new Map<string, Violation>()
  readonly #faults: string[] = []

  get isEmpty(): boolean {
    return this.#violations.size === 0 && this.#faults.length === 0
  }

  /** Whether there is nothing to go on for: a fault, or this rule was broken; without one, any. */
  isEnough(rule: string | undefined): boolean {
    if (rule === undefined || this.#faults.length > 0) return !this.isEmpty
    return [...this.#violations.values()].some((violation) => violation.rule === rule)
  }

  note(found: readonly Violation[]): void {
    for (const violation of found) this.#violations.set(`${violation.rule} ${violation.what}`, violation)
  }

  fault(what: string): void {
    this.#faults.push(what)
  }

  /** Distinct, in the order they were seen. @throws the first fault, where there was one */
  violations(seed: number): readonly Violation[] {
    if (this.#faults[0] !== undefined) throw new Error(`Seed ${seed}: ${this.#faults[0]}`)
    return [...this.#violations.values()]
  }
}

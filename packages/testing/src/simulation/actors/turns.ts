/** Something that goes on only when the simulation says so. */
export interface Turn {
  /** Whose it is: it is dropped when that dies. */
  readonly owner: object
  readonly what: string
  readonly go: () => void
}

/** Everything that could happen next. Who waits here is at the mercy of the simulation: for a while, for long, or for ever. */
export class Turns {
  #waiting: Turn[] = []

  get waiting(): readonly Turn[] {
    return this.#waiting
  }

  /** Resolves when it is this one's turn; never, should its owner die first. */
  wait(owner: object, what: string): Promise<void> {
    return new Promise((go) => this.#waiting.push({ owner, what, go }))
  }

  /** Does `act` when its turn comes. */
  later(owner: object, what: string, act: () => void): void {
    this.#waiting.push({ owner, what, go: act })
  }

  /** Lets this one go on. */
  take(turn: Turn): void {
    this.#waiting = this.#waiting.filter((other) => other !== turn)
    turn.go()
  }

  drop(owner: object): void {
    this.#waiting = this.#waiting.filter((turn) => turn.owner !== owner)
  }
}

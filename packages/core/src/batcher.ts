import type { Clock } from './environment.ts'

/**
 * Forms micro-batches without a timer: while a batch is in flight callers queue up, and the next one takes all of them, up to `max`.
 * So a lone caller never waits for company, and under load batches grow by themselves. Each caller gets its own answer;
 * a batch that fails rejects its callers.
 */
export class Batcher<Request, Answer> {
  readonly #max: number
  readonly #work: (requests: readonly Request[]) => Promise<readonly Answer[]>
  readonly #clock: Pick<Clock, 'turn'>
  #waiting: Call<Request, Answer>[] = []
  /** Where those that wait begin; what lies before has gone. */
  #head = 0
  #running = false

  /**
   * `work` answers each request at its place. Called with 1 to `max` requests, one call at a time. Those that come in one turn of `clock` go together: a
   * hundred timers that are due at once are one batch, not one and the rest.
   */
  constructor(
    max: number,
    work: (requests: readonly Request[]) => Promise<readonly Answer[]>,
    clock: Pick<Clock, 'turn'> = {},
  ) {
    this.#max = max
    this.#work = work
    this.#clock = clock
  }

  /** The answer to this request, from the batch it went with. */
  add(request: Request): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ request, resolve, reject })
      if (!this.#running) {
        this.#running = true
        void this.#run()
      }
    })
  }

  async #run(): Promise<void> {
    while (this.#length > 0) {
      await this.#gather()
      const calls = this.#next()
      try {
        const answers = await this.#work(calls.map(({ request }) => request))
        if (answers.length !== calls.length) {
          throw new Error(`A batch of ${calls.length} was given ${answers.length} answers`)
        }
        for (const [index, { resolve }] of calls.entries()) resolve(answers[index] as Answer)
      } catch (error) {
        for (const { reject } of calls) reject(error)
      }
    }
    this.#running = false
  }

  get #length(): number {
    return this.#waiting.length - this.#head
  }

  /** Takes up to `max` of those that wait. Taken ones are let go of in large pieces, so that a long line costs no more for each. */
  #next(): Call<Request, Answer>[] {
    const calls = this.#waiting.slice(this.#head, this.#head + this.#max)
    this.#head += calls.length
    if (2 * this.#head >= this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#head)
      this.#head = 0
    }
    return calls
  }

  /** Those about to call go together, be nothing in flight: waits, in turns of the microtask queue, until nobody more comes. */
  async #gather(): Promise<void> {
    if (this.#length < this.#max) await this.#clock.turn?.()
    for (let before = 0; before < this.#length && this.#length < this.#max; ) {
      before = this.#length
      for (let turn = 0; turn < 4; turn++) await Promise.resolve()
    }
  }
}

interface Call<Request, Answer> {
  readonly request: Request
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
}

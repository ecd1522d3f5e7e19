/**
 * Forms micro-batches without a timer: while a batch is in flight callers queue up, and the next one takes all of them, up to `max`.
 * So a lone caller never waits for company, and under load batches grow by themselves. Each caller gets its own answer;
 * a batch that fails rejects its callers.
 */
export class Batcher<Request, Answer> {
  readonly #max: number
  readonly #work: (requests: readonly Request[]) => Promise<readonly Answer[]>
  #waiting: Call<Request, Answer>[] = []
  #running = false

  /** `work` answers each request at its place. Called with 1 to `max` requests, one call at a time. */
  constructor(max: number, work: (requests: readonly Request[]) => Promise<readonly Answer[]>) {
    this.#max = max
    this.#work = work
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
    while (this.#waiting.length > 0) {
      await this.#gather()
      const calls = this.#waiting.length <= this.#max ? this.#waiting : this.#waiting.slice(0, this.#max)
      this.#waiting = calls === this.#waiting ? [] : this.#waiting.slice(this.#max)
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

  /** Those about to call go together, be nothing in flight: waits, in turns of the microtask queue, until nobody more comes. */
  async #gather(): Promise<void> {
    for (let before = 0; before < this.#waiting.length && this.#waiting.length < this.#max; ) {
      before = this.#waiting.length
      for (let turn = 0; turn < 4; turn++) await Promise.resolve()
    }
  }
}

interface Call<Request, Answer> {
  readonly request: Request
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
}

import type { JobId, ProjectId, RunId } from '@muster/core'
import type { UndoJournal } from '../tables/undo-journal.ts'

/**
 * The jobs of a run, or a project's loose jobs, of one priority, by the number each got on coming here. Numbers below the head were handed over
 * once: those of them still in line stand in `front`. From the head on everything stands in line but the `holes`. So a place is
 * arithmetic, however long the lane is.
 */
export class Lane {
  readonly number: number
  readonly projectId: ProjectId
  readonly runId: RunId | null
  priority: number
  /** When it was last served; smaller is served sooner. */
  turn = 0
  /** Pending jobs at or below this number are cancelled, whatever their rows say. */
  cut = 0
  /** Up to here the rows say it too. */
  tidied = 0
  /** When each cut was made, by its number. */
  cuts: readonly { readonly upTo: number; readonly at: number }[] = []
  /** When a paced lane has earned what it was given, in ms. */
  earnedAt = 0
  readonly #journal: UndoJournal
  readonly #jobs: JobId[] = []
  #head = 1
  #front: number[] = []
  #holes: number[] = []

  constructor(
    journal: UndoJournal,
    { number, projectId, runId, priority }: Pick<Lane, 'number' | 'projectId' | 'runId' | 'priority'>,
  ) {
    this.#journal = journal
    this.number = number
    this.projectId = projectId
    this.runId = runId
    this.priority = priority
  }

  /** How many stand in line. */
  get length(): number {
    return this.#front.length + this.#jobs.length - this.#head + 1 - this.#holes.length
  }

  get last(): number {
    return this.#jobs.length
  }

  jobAt(seq: number): JobId {
    const jobId = this.#jobs[seq - 1]
    if (jobId === undefined) throw new Error(`Lane ${this.number} has no number ${seq}`)
    return jobId
  }

  /** Gives the job the next number, in line or only keeping a place for later. */
  append(jobId: JobId, inLine: boolean): number {
    const seq = this.#jobs.push(jobId)
    this.#journal.record(() => this.#jobs.pop())
    if (!inLine) this.#insert(this.#holes, seq)
    return seq
  }

  /** The number leaves the line. */
  take(seq: number): void {
    if (seq < this.#head) this.#remove(this.#front, seq)
    else this.#insert(this.#holes, seq)
  }

  /** The number is in line again, where its age puts it. */
  put(seq: number): void {
    if (seq < this.#head) this.#insert(this.#front, seq)
    else this.#remove(this.#holes, seq)
  }

  /** The number, which stands in line, is handed over, and all before it at least once passed over. */
  handOver(seq: number): void {
    const before = this.#head
    if (seq < before) return
    this.#journal.record(() => {
      this.#head = before
    })
    for (let next = before; next <= seq; next++) {
      if (this.#holes[0] === next) this.#remove(this.#holes, next)
      else this.#insert(this.#front, next)
    }
    this.#head = seq + 1
  }

  /** Cancels everything that stands in line or waits, at once. */
  cutAll(at: number): void {
    const { cut, cuts } = this
    const [head, front, holes] = [this.#head, this.#front, this.#holes]
    this.#journal.record(() => {
      Object.assign(this, { cut, cuts })
      this.#head = head
      this.#front = front
      this.#holes = holes
    })
    this.cut = this.last
    this.cuts = [...cuts, { upTo: this.cut, at }]
    this.#head = this.last + 1
    this.#front = []
    this.#holes = []
  }

  /** Changes a plain field so that it can be taken back. */
  change(fields: Partial<Pick<Lane, 'turn' | 'earnedAt' | 'tidied' | 'priority'>>): void {
    const { turn, earnedAt, tidied, priority } = this
    this.#journal.record(() => void Object.assign(this, { turn, earnedAt, tidied, priority }))
    Object.assign(this, fields)
  }

  /** How many stand in line at or before the number. */
  placeOf(seq: number): number {
    if (seq < this.#head) return below(this.#front, seq + 1)
    return this.#front.length + seq - this.#head + 1 - below(this.#holes, seq + 1)
  }

  /** The numbers in line, oldest first. Read before the lane changes. */
  *line(): Generator<number, undefined> {
    yield* this.#front
    let hole = 0
    for (let seq = this.#head; seq <= this.last; seq++) {
      if (this.#holes[hole] === seq) hole++
      else yield seq
    }
  }

  #insert(sorted: number[], seq: number): void {
    sorted.splice(below(sorted, seq), 0, seq)
    this.#journal.record(() => sorted.splice(below(sorted, seq), 1))
  }

  #remove(sorted: number[], seq: number): void {
    const place = below(sorted, seq)
    if (sorted[place] !== seq)
      throw new Error(`Number ${seq} of lane ${this.number} is not where it should be`)
    sorted.splice(place, 1)
    this.#journal.record(() => sorted.splice(below(sorted, seq), 0, seq))
  }
}

/** How many of `sorted` are smaller. */
function below(sorted: readonly number[], seq: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] as number) < seq) low = middle + 1
    else high = middle
  }
  return low
}

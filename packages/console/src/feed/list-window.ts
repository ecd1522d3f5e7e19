import { batch, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import { CallError, type Problem } from '../api/call.ts'

/** Some rows of a list, and where those after them begin. */
export interface Rows<Row> {
  readonly items: readonly Row[]
  readonly nextCursor: string | null
}

interface ListWindowOptions<Row> {
  /** Reads the rows from a cursor on; without one, the first. */
  readonly read: (cursor: string | undefined, limit: number, signal: AbortSignal) => Promise<Rows<Row>>
  readonly keyOf: (row: Row) => string
  /** Rows of a page. Default 200; of the first a quarter, which is more than a screen shows. */
  readonly pageSize?: number
  /** Rows that are held at most. Default 3 000. */
  readonly most?: number
}

/** Where a page begins, and how many rows it was asked for. */
interface Begin {
  readonly cursor: string | undefined
  readonly limit: number
}

interface PageOfRows<Row> extends Begin {
  readonly items: readonly Row[]
  readonly nextCursor: string | null
}

const PAGE = 200
const PART_READ_FIRST = 1 / 4
const MOST = 3_000

/**
 * A window on a list: pages of 200 rows in both directions from where it was opened, 3 000 rows at most. Rows never move under
 * whoever reads: new ones are counted until they are asked for, changed ones change where they stand, and those that no longer match
 * are dimmed until then.
 */
export class ListWindow<Row> {
  readonly #options: ListWindowOptions<Row>
  readonly #rows: Signal<readonly Row[]> = signal([])
  readonly #dimmed: Signal<ReadonlySet<string>> = signal(new Set())
  readonly #waiting: Signal<ReadonlySet<string>> = signal(new Set())
  readonly #state = signal<'loading' | 'ready' | 'failed'>('loading')
  readonly #problem = signal<Problem | undefined>(undefined)
  readonly #isComplete = signal(false)
  #pages: readonly PageOfRows<Row>[] = []
  /** Where pages that were let go at the start began, the nearest last. */
  #before: Begin[] = []
  #reading: AbortController | undefined
  /** What came while rows are read: they may be from before it, so it is applied to them once more. */
  #meanwhile: (() => void)[] = []
  /** The row that keys act on, by id. */
  readonly at: Signal<string | undefined> = signal(undefined)

  constructor(options: ListWindowOptions<Row>) {
    this.#options = options
  }

  /** The rows that are held, in order. */
  get rows(): ReadonlySignal<readonly Row[]> {
    return this.#rows
  }

  /** `loading` until the first rows are there; old rows stay in sight while they are read anew. */
  get state(): ReadonlySignal<'loading' | 'ready' | 'failed'> {
    return this.#state
  }

  /** Why rows could not be read. */
  get problem(): ReadonlySignal<Problem | undefined> {
    return this.#problem
  }

  /** How many new rows wait to be asked for. */
  get waiting(): number {
    return this.#waiting.value.size
  }

  /** Whether the end of the list is held. */
  get isComplete(): ReadonlySignal<boolean> {
    return this.#isComplete
  }

  /** Whether a row no longer matches what is asked for. */
  isDimmed(id: string): boolean {
    return this.#dimmed.value.has(id)
  }

  /** Reads the list from its beginning, or from a cursor; what was held stays in sight until the answer. */
  async open(cursor?: string): Promise<void> {
    this.#reading?.abort()
    const take = (page: PageOfRows<Row>): void => {
      this.#pages = [page]
      this.#before = []
      this.#dimmed.value = new Set()
      this.#waiting.value = new Set()
    }
    await this.#reads({ cursor, limit: Math.ceil(this.#pageSize() * PART_READ_FIRST) }, take)
  }

  /** Reads more at an end that is near. */
  async near(end: 'start' | 'end'): Promise<void> {
    if (this.#reading !== undefined) return
    if (end === 'end') {
      const next = this.#pages.at(-1)?.nextCursor
      if (typeof next === 'string')
        await this.#reads({ cursor: next, limit: this.#pageSize() }, (page) => this.#append(page))
      return
    }
    const before = this.#before.at(-1)
    if (before !== undefined) await this.#reads(before, (page) => this.#prepend(page))
  }

  /** A row is otherwise than it was: it changes where it stands. A row that is not held is not added. */
  change(row: Row): void {
    this.#again(() => this.change(row))
    const id = this.#options.keyOf(row)
    if (!this.has(id)) return
    this.#pages = this.#pages.map((page) => {
      const place = page.items.findIndex((each) => this.#options.keyOf(each) === id)
      return place < 0 ? page : { ...page, items: page.items.with(place, row) }
    })
    batch(() => {
      this.#show()
      if (this.#dimmed.peek().has(id)) this.#dimmed.value = without(this.#dimmed.peek(), id)
    })
  }

  /** Something that matches is new; it waits to be asked for, unless its row is here. */
  arrive(id: string): void {
    this.#again(() => this.arrive(id))
    if (this.has(id)) {
      if (this.#dimmed.peek().has(id)) this.#dimmed.value = without(this.#dimmed.peek(), id)
    } else if (!this.#waiting.peek().has(id)) this.#waiting.value = new Set([...this.#waiting.peek(), id])
  }

  /** A row no longer matches. */
  leave(id: string): void {
    this.#again(() => this.leave(id))
    if (this.#waiting.peek().has(id)) this.#waiting.value = without(this.#waiting.peek(), id)
    if (this.has(id)) this.#dimmed.value = new Set([...this.#dimmed.peek(), id])
  }

  /** Whether the row is held. */
  has(id: string): boolean {
    return this.#rows.peek().some((row) => this.#options.keyOf(row) === id)
  }

  /** Ends what is being read. */
  stop(): void {
    this.#reading?.abort()
  }

  #again(come: () => void): void {
    if (this.#reading !== undefined) this.#meanwhile.push(come)
  }

  async #reads({ cursor, limit }: Begin, take: (page: PageOfRows<Row>) => void): Promise<void> {
    const reading = new AbortController()
    this.#reading = reading
    this.#meanwhile = []
    const { read } = this.#options
    try {
      const { items, nextCursor } = await read(cursor, limit, reading.signal)
      if (reading.signal.aborted) return
      this.#reading = undefined
      batch(() => {
        take({ cursor, limit, items, nextCursor })
        this.#show()
        for (const come of this.#meanwhile) come()
        this.#problem.value = undefined
        this.#state.value = 'ready'
      })
    } catch (error) {
      if (reading.signal.aborted) return
      if (!(error instanceof CallError)) throw error
      batch(() => {
        this.#problem.value = error.problem
        if (this.#pages.length === 0) this.#state.value = 'failed'
      })
    } finally {
      if (this.#reading === reading) this.#reading = undefined
    }
  }

  #append(page: PageOfRows<Row>): void {
    this.#pages = [...this.#pages, page]
    while (this.#held() > this.#most() && this.#pages.length > 1) {
      const [{ cursor, limit }, ...others] = this.#pages as [PageOfRows<Row>, ...PageOfRows<Row>[]]
      this.#before.push({ cursor, limit })
      this.#pages = others
    }
  }

  #prepend(page: PageOfRows<Row>): void {
    this.#before.pop()
    this.#pages = [page, ...this.#pages]
    while (this.#held() > this.#most() && this.#pages.length > 1) this.#pages = this.#pages.slice(0, -1)
  }

  #held(): number {
    return this.#pages.reduce((sum, { items }) => sum + items.length, 0)
  }

  #pageSize(): number {
    return this.#options.pageSize ?? PAGE
  }

  #most(): number {
    return this.#options.most ?? MOST
  }

  #show(): void {
    // A row that moved from one page to the next while they were read is shown once.
    const byId = new Map(
      this.#pages.flatMap(({ items }) => items).map((row) => [this.#options.keyOf(row), row] as const),
    )
    this.#rows.value = Array.from(byId.values())
    this.#isComplete.value = this.#pages.at(-1)?.nextCursor === null
    const at = this.at.peek()
    if (at !== undefined && !byId.has(at)) this.at.value = undefined
  }
}

function without(ids: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(ids)
  next.delete(id)
  return next
}

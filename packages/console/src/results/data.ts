import { type AnswerOf, call } from '../api/call.ts'

/** A run as the list has it. */
export type Run = AnswerOf<'GET /projects/{projectId}/runs'>['items'][number]
/** A scenario with what each model made of it. */
type Answered = AnswerOf<'GET /runs/{id}/matrix'>['rows'][number]
/** A scenario, and what the models of a second run made of it, if one is beside. */
export interface Row extends Answered {
  readonly beside?: Answered['cells']
}
/** What one model made of a scenario. */
export type Cell = Row['cells'][string]
/** What people made of a scenario. */
export type People = NonNullable<Row['people']>

/** A column of the table: a model of the run, or of the one beside it. */
export interface ModelColumn {
  readonly key: string
  readonly model: string
  readonly isBeside: boolean
}

/** The models of a run, then those of the run beside it. */
export function columnsOf(run: Run, beside: Run | undefined): readonly ModelColumn[] {
  const of = (one: Run | undefined, isBeside: boolean): ModelColumn[] =>
    (one?.config.models ?? []).map((model) => ({ key: `${isBeside ? 2 : 1} ${model}`, model, isBeside }))
  return [...of(run, false), ...of(beside, true)]
}

/** The labels of a cell, one of each repeat that has one. */
function labelsIn(cell: Cell | undefined): readonly string[] {
  if (cell === undefined) return []
  return [cell, ...(cell.repeats ?? [])].flatMap(({ label }) => (label === null ? [] : [label]))
}

/** The label that most repeats gave, the earlier of as many; and how many of how many gave it. */
export function mostSaid(
  cell: Cell,
): { readonly label: string; readonly times: number; readonly of: number } | undefined {
  const labels = labelsIn(cell)
  const counts = new Map<string, number>()
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1)
  const times = Math.max(0, ...counts.values())
  const label = labels.find((each) => counts.get(each) === times)
  return label === undefined ? undefined : { label, times, of: 1 + (cell.repeats?.length ?? 0) }
}

/** The cell of a row in a column. */
export function cellIn(row: Row | undefined, { model, isBeside }: ModelColumn): Cell | undefined {
  return (isBeside ? row?.beside : row?.cells)?.[model]
}

/** Why a cell stands out: others of its run differ, or the same model said otherwise in the first run. */
export function signOf(row: Row | undefined, column: ModelColumn): string | undefined {
  if (row === undefined) return undefined
  if (!column.isBeside) return isOdd(row, column.model) ? 'others differ' : undefined
  const [one, other] = [row.cells[column.model], cellIn(row, column)]
  const [before, now] = [one && mostSaid(one)?.label, other && mostSaid(other)?.label]
  return before != null && now != null && before !== now ? `it said ${before} before` : undefined
}

/** Rows of a run by place, with the cells of the run beside it. */
export async function rowsOf(
  run: Run,
  beside: Run | undefined,
  places: readonly number[],
  labelAt: string | undefined,
): Promise<readonly Row[]> {
  const query = { places: places.join(',') as never, ...(labelAt !== undefined && { labelAt }) }
  const read = async ({ runId }: Run): Promise<readonly Answered[]> =>
    (await call('GET /runs/{id}/matrix', { params: { id: runId }, query })).rows
  if (beside === undefined) return read(run)
  const [rows, others] = await Promise.all([read(run), read(beside)])
  const cells = new Map(others.map((row) => [row.place, row.cells]))
  return rows.map((row) => ({ ...row, beside: cells.get(row.place) ?? {} }))
}

/** Runs that may stand beside a run: others of its definition. */
export function comparable(run: Run, runs: readonly Run[]): readonly Run[] {
  const { definitionId } = run.config.definitionSnapshot
  return runs.filter(
    ({ runId, config }) => runId !== run.runId && config.definitionSnapshot.definitionId === definitionId,
  )
}

/** Rows read at once; the most that the call takes. */
const BLOCK = 100
/** Blocks that are held at most: 3 000 rows. */
const MOST_BLOCKS = 30

/** The places of a bitmap, ascending. */
export function placesIn(bitmap: string): Uint32Array {
  const bytes = Uint8Array.from(atob(bitmap), (letter) => letter.charCodeAt(0))
  let count = 0
  for (const byte of bytes) for (let bits = byte; bits > 0; bits >>= 1) count += bits & 1
  const places = new Uint32Array(count)
  let at = 0
  for (let index = 0; index < bytes.length; index++) {
    for (let bit = 0; bit < 8; bit++) {
      if (((bytes[index] ?? 0) >> bit) & 1) places[at++] = index * 8 + bit + 1
    }
  }
  return places
}

/** How many places are in one of two ascending lists alone. */
export function differing(one: Uint32Array, other: Uint32Array): number {
  let [at, beside, count] = [0, 0, 0]
  while (at < one.length || beside < other.length) {
    const [mine = Infinity, theirs = Infinity] = [one[at], other[beside]]
    if (mine !== theirs) count += 1
    if (mine <= theirs) at += 1
    if (theirs <= mine) beside += 1
  }
  return count
}

/** Reads the rows of blocks that come in sight, each once; of blocks out of sight it holds those that were seen last. */
export class RowsInSight {
  readonly #read: (places: readonly number[]) => Promise<readonly Row[]>
  readonly #rows = new Map<number, Row>()
  readonly #asked = new Set<number>()
  /** The blocks that are held, the one that was seen last at the end. */
  readonly #held = new Set<number>()
  readonly #changed: () => void
  /** The places of all rows, ascending. */
  readonly places: Uint32Array

  constructor(
    places: Uint32Array,
    read: (places: readonly number[]) => Promise<readonly Row[]>,
    changed: () => void,
  ) {
    this.places = places
    this.#read = read
    this.#changed = changed
  }

  /** The row of an index, once it is read. */
  at(index: number): Row | undefined {
    return this.#rows.get(this.places[index] ?? 0)
  }

  /** Rows from `start` to before `end` are in sight. */
  async see(start: number, end: number): Promise<void> {
    const blocks: number[] = []
    for (let block = Math.floor(start / BLOCK); block * BLOCK < end; block++) blocks.push(block)
    for (const block of blocks) {
      this.#held.delete(block)
      this.#held.add(block)
    }
    for (const block of this.#held) {
      if (this.#held.size <= MOST_BLOCKS) break
      this.#drop(block)
    }
    await Promise.all(blocks.map((block) => this.#load(block)))
  }

  /** What was read may be otherwise now: it stays in sight until it is read again. */
  forget(): void {
    this.#asked.clear()
  }

  async #load(block: number): Promise<void> {
    if (this.#asked.has(block)) return
    this.#asked.add(block)
    const places = this.#placesOf(block)
    if (places.length === 0) return
    try {
      const rows = await this.#read(places)
      if (!this.#held.has(block)) return
      for (const row of rows) this.#rows.set(row.place, row)
      this.#changed()
    } catch (error) {
      this.#asked.delete(block)
      throw error
    }
  }

  #drop(block: number): void {
    this.#held.delete(block)
    this.#asked.delete(block)
    for (const place of this.#placesOf(block)) this.#rows.delete(place)
  }

  #placesOf(block: number): number[] {
    return Array.from(this.places.subarray(block * BLOCK, (block + 1) * BLOCK))
  }
}

/** Whether two models of a scenario, or two repeats, gave labels that differ. */
export function isSplit({ cells }: Pick<Row, 'cells'>): boolean {
  return new Set(Object.values(cells).flatMap(labelsIn)).size > 1
}

/** Whether a model says otherwise than most do, or than as many others. */
export function isOdd({ cells }: Pick<Row, 'cells'>, model: string): boolean {
  const of = (cell: Cell | undefined): string | undefined => cell && mostSaid(cell)?.label
  const mine = of(cells[model])
  if (mine === undefined) return false
  const counts = new Map<string, number>()
  for (const cell of Object.values(cells)) {
    const label = of(cell)
    if (label !== undefined) counts.set(label, (counts.get(label) ?? 0) + 1)
  }
  const own = counts.get(mine) ?? 0
  counts.delete(mine)
  return Math.max(0, ...counts.values()) >= own
}

/** A word added to a filter, or taken out of it. */
export function toggled(where: string, word: string): string {
  const words = where.split(' ').filter((each) => each !== '')
  return (words.includes(word) ? words.filter((each) => each !== word) : [word, ...words]).join(' ')
}

/** A job with what went in and what came out. */
export function readJob(projectId: string, jobId: string) {
  return call('GET /projects/{projectId}/queue/{itemId}', { params: { projectId, itemId: jobId } })
}

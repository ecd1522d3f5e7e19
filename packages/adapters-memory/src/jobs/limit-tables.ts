import type { ProjectId } from '@muster/core'
import {
  type CoolDown,
  cooled,
  defaultOf,
  type HoldReport,
  type KeyState,
  type LimitDefault,
  type LimitOrigin,
  type LimitSet,
  type LimitSettings,
  opensAt,
  roomOf,
  settleUnits,
  spend,
  UNUSED,
  unitsOf,
  warmed,
} from '@muster/core/limits'
import type { Taken, WorkerId } from '@muster/core/ports'
import { ALL } from '../tables/people-tables.ts'
import { MemoryTable } from '../tables/table.ts'
import type { UndoJournal } from '../tables/undo-journal.ts'
import type { JobRow } from './job-row.ts'
import type { Lane } from './lane.ts'
import { byText, keyOf } from './order.ts'

/** Use is remembered for so long, and one from before it, in steps of {@link STEP_MS}. */
const KEPT_MS = 60_000
const STEP_MS = 10_000

export interface KeyRow {
  readonly key: string
  readonly origin: LimitOrigin
  readonly settings: LimitSettings
  readonly version: number
  readonly state: KeyState
  /** Of each stretch the last, oldest first. */
  readonly past: readonly { readonly at: number; readonly starts: number; readonly units: number }[]
}

/** The jobs of a lane that share a set; the set 0 is of those without keys. */
interface CellRow {
  readonly lane: Lane
  readonly limitSet: number
  /** When it was last served under its keys. */
  readonly turn: number
  readonly shutBy: string | null
}

interface HoldRow {
  readonly byKey: Readonly<Record<string, number>>
  readonly report: number
}

/** Keys, sets of keys, cells, and what workers hold. */
export class LimitTables {
  readonly keys
  readonly sets
  readonly defaults
  readonly #numbers
  readonly #cells
  readonly #cellsByLane
  readonly #shutCells
  readonly #holds

  constructor(journal: UndoJournal) {
    this.keys = new MemoryTable<string, KeyRow>(journal)
    this.defaults = new MemoryTable<string, LimitDefault>(journal)
    this.sets = new MemoryTable<number, LimitSet>(journal)
    this.#numbers = new MemoryTable<string, { readonly number: number }>(journal)
    this.#cells = new MemoryTable<string, CellRow>(journal, (row) => Object.freeze(row))
    const byLane = (a: CellRow, b: CellRow): number =>
      a.lane.number - b.lane.number || a.limitSet - b.limitSet
    this.#cellsByLane = this.#cells.index(({ lane }) => lane.number, byLane)
    this.#shutCells = this.#cells.index(({ shutBy }) => (shutBy === null ? undefined : ALL), byLane)
    this.#holds = new MemoryTable<WorkerId, HoldRow>(journal)
  }

  /** Whether any job ever had keys. */
  get used(): boolean {
    return this.#cells.size > 0
  }

  /** The number of a set that may be known. */
  number(set: LimitSet): number {
    const name = keyOf(String(set.units), String(set.costMicros ?? 0), ...set.keys)
    const known = this.#numbers.get(name)
    if (known) return known.number
    for (const key of set.keys) {
      if (this.keys.has(key)) continue
      const settings = defaultOf(key, this.defaults.values())
      this.keys.set(key, { key, origin: 'code', settings, version: 1, state: UNUSED, past: [] })
    }
    const number = this.sets.size + 1
    this.sets.set(number, set)
    this.#numbers.set(name, { number })
    return number
  }

  /** The lane may have jobs of the set from now on; of a lane with mixed jobs `mixed`. */
  enter(lane: Lane, limitSet: number | null, mixed: boolean): void {
    const known = this.#cellsByLane.in(lane.number)
    if (limitSet === null && mixed) return
    if (limitSet !== null && mixed && known.length === 0) this.#add(lane, 0)
    this.#add(lane, limitSet ?? 0)
  }

  #add(lane: Lane, limitSet: number): void {
    const name = keyOf(lane.number, limitSet)
    if (!this.#cells.has(name)) this.#cells.set(name, { lane, limitSet, turn: 0, shutBy: null })
  }

  /** Whether jobs of the lane have keys. */
  isKeyed(lane: Lane): boolean {
    return this.#cellsByLane.in(lane.number).some(({ limitSet }) => this.#keysOf(limitSet).length > 0)
  }

  /** Whether nothing of the lane may begin: all of its cells are shut. */
  isShut(lane: Lane): boolean {
    const cells = this.#cellsByLane.in(lane.number)
    return cells.length > 0 && cells.every(({ shutBy }) => shutBy !== null)
  }

  isCellShut(lane: Lane, limitSet: number): boolean {
    return this.#cells.get(keyOf(lane.number, limitSet))?.shutBy != null
  }

  /** All cells of a lane that was cut are open: nothing waits in them. */
  openAll(lane: Lane): void {
    for (const cell of this.#cellsByLane.in(lane.number).slice())
      if (cell.shutBy !== null) this.#put({ ...cell, shutBy: null })
  }

  #put(cell: CellRow): void {
    this.#cells.set(keyOf(cell.lane.number, cell.limitSet), cell)
  }

  /** Begins one job of the cell, or shuts the cell because a key has no room. */
  mayBegin(lane: Lane, limitSet: number, now: number, turn: () => number): boolean {
    const cell = this.#cells.get(keyOf(lane.number, limitSet))
    const set = this.sets.get(limitSet)
    if (!cell || !set) throw new Error(`Lane ${lane.number} has no jobs of set ${limitSet}`)
    if (cell.shutBy !== null) return false
    const rows = set.keys.map((key) => this.demand(key))
    const without = rows
      .toSorted((a, b) => byText(a.key, b.key))
      .find(({ settings, state }) => roomOf(settings, state, now, set.units) < 1)
    this.#put({ ...cell, ...(without ? { shutBy: without.key } : { turn: turn() }) })
    if (without) return false
    for (const { key, settings, state } of rows)
      this.#use(key, now, spend(settings, state, now, 1, unitsOf(settings, set.units)))
    return true
  }

  /** Cells of the window that were served stand behind those that wait for the same key, where that has no more room. */
  queue(served: Iterable<{ readonly lane: Lane; readonly limitSet: number | null }>, now: number): void {
    const waitedFor = new Set(this.#shutCells.in(ALL).map(({ shutBy }) => shutBy))
    if (waitedFor.size === 0) return
    for (const { lane, limitSet } of served) {
      const cell = limitSet === null ? undefined : this.#cells.get(keyOf(lane.number, limitSet))
      const set = limitSet === null ? undefined : this.sets.get(limitSet)
      if (!cell || !set || cell.shutBy !== null) continue
      const without = set.keys.find((key) => {
        const { settings, state } = this.demand(key)
        return waitedFor.has(key) && roomOf(settings, state, now, set.units) < 1
      })
      if (without !== undefined) this.#put({ ...cell, shutBy: without })
    }
  }

  /** Of each key that has room and for which cells wait, as many come back, those served longest ago first. */
  open(limit: number, now: number): void {
    const shut = Map.groupBy(this.#shutCells.in(ALL), ({ shutBy }) => shutBy ?? '')
    for (const [key, cells] of shut) {
      const { settings, state } = this.demand(key)
      const room = Math.min(limit, roomOf(settings, state, now, 0))
      const byTurn = (a: CellRow, b: CellRow): number =>
        b.lane.priority - a.lane.priority || a.turn - b.turn || a.lane.number - b.lane.number
      for (const cell of cells.toSorted(byTurn).slice(0, room)) this.#put({ ...cell, shutBy: null })
    }
  }

  /** The worker holds this from now on, and no more. */
  report(workerId: WorkerId, { number, held, settled = [] }: HoldReport, now: number): void {
    const before = this.#holds.get(workerId)
    const byKey: Record<string, number> = {}
    for (const { limitSet, jobs } of held)
      for (const key of this.sets.get(limitSet)?.keys ?? []) byKey[key] = (byKey[key] ?? 0) + jobs
    for (const key of new Set([...Object.keys(before?.byKey ?? {}), ...Object.keys(byKey)])) {
      const moved = (byKey[key] ?? 0) - (before?.byKey[key] ?? 0)
      const { state } = this.demand(key)
      if (moved !== 0) this.#use(key, now, { ...state, inUse: state.inUse + moved })
    }
    if (number > (before?.report ?? 0)) {
      for (const { limitSet, jobs, units } of settled) {
        const set = this.sets.get(limitSet)
        for (const key of set?.keys ?? []) {
          const { settings, state } = this.demand(key)
          const by = units - jobs * unitsOf(settings, set?.units ?? 0)
          this.#use(key, now, settleUnits(settings, state, by))
        }
      }
    }
    this.#holds.set(workerId, { byKey, report: Math.max(number, before?.report ?? 0) })
  }

  /** The worker keeps no count of what it holds: it is that which is active with it. */
  recount(
    workerId: WorkerId,
    held: HoldReport['held'],
    settled: NonNullable<HoldReport['settled']>,
    now: number,
  ): void {
    const number = (this.#holds.get(workerId)?.report ?? 0) + 1
    this.report(workerId, { number, held, settled }, now)
  }

  /** The worker holds one more job of the set. */
  hold(workerId: WorkerId, limitSet: number): void {
    const { byKey, report } = this.#holds.get(workerId) ?? { byKey: {}, report: 0 }
    const more = { ...byKey }
    for (const key of this.sets.get(limitSet)?.keys ?? []) more[key] = (more[key] ?? 0) + 1
    this.#holds.set(workerId, { byKey: more, report })
  }

  /** The holds of the worker end with it. */
  bury(workerId: WorkerId, now: number): void {
    for (const [key, jobs] of Object.entries(this.#holds.get(workerId)?.byKey ?? {})) {
      const { state } = this.demand(key)
      this.#use(key, now, { ...state, inUse: state.inUse - jobs })
    }
    this.#holds.delete(workerId)
  }

  /** Whether keys hold jobs back, and when the first of these may open. */
  waits(now: number): Pick<Taken, 'waits' | 'opensAt'> {
    const keys = new Set(this.#shutCells.in(ALL).map(({ shutBy }) => shutBy ?? ''))
    const times = [...keys].flatMap((key) => {
      const { settings, state } = this.demand(key)
      return opensAt(settings, state, now, 0) ?? []
    })
    return {
      waits: keys.size > 0,
      opensAt: times.length === 0 ? null : new Date(Math.ceil(Math.min(...times))),
    }
  }

  /** The keys that jobs of the projects have or had. */
  carriedBy(projects: ReadonlySet<ProjectId>): Set<string> {
    const keys = new Set<string>()
    for (const { lane, limitSet } of this.#cells.values())
      if (projects.has(lane.projectId)) for (const key of this.sets.get(limitSet)?.keys ?? []) keys.add(key)
    return keys
  }

  /** The cells that a key shuts. */
  shutBy(key: string): readonly CellRow[] {
    return this.#shutCells.in(ALL).filter(({ shutBy }) => shutBy === key)
  }

  demand(key: string): KeyRow {
    const row = this.keys.get(key)
    if (!row) throw new Error(`There is no key ${key}`)
    return row
  }

  cool(key: string, until: number, now: number): void {
    const row = this.keys.get(key)
    if (row) this.#use(key, now, { ...row.state, coolUntil: until })
  }

  /** The other side has asked a job of the set to wait. */
  cooled({ limitSet, startedAt }: JobRow, coolDown: CoolDown, now: number): void {
    const [first, ...others] = this.#keysOf(limitSet)
    if (first === undefined) return
    const key = others.find((other) => other === coolDown.key) ?? first
    const { settings, state } = this.demand(key)
    this.#use(key, now, cooled(settings, state, now, coolDown, startedAt ?? now))
  }

  /** These jobs have completed. */
  warmed(rows: readonly JobRow[], now: number): void {
    const all = rows.flatMap(({ limitSet }) => this.#keysOf(limitSet))
    for (const [key, { length }] of Map.groupBy(all, (one) => one)) {
      const { settings, state } = this.demand(key)
      const after = warmed(settings, state, length)
      if (after.coolDowns !== state.coolDowns || after.window !== state.window) this.#use(key, now, after)
    }
  }

  #keysOf(limitSet: number | null): readonly string[] {
    return (limitSet === null ? undefined : this.sets.get(limitSet)?.keys) ?? []
  }

  #use(key: string, now: number, state: KeyState): void {
    const row = this.demand(key)
    const { starts, units } = state
    const step = Math.floor(now / STEP_MS)
    const others = row.past.filter(({ at }) => Math.floor(at / STEP_MS) !== step)
    const past = [...others, { at: now, starts, units }]
    const first = past.findLastIndex(({ at }) => at <= now - KEPT_MS)
    this.keys.set(key, { ...row, state, past: first > 0 ? past.slice(first) : past })
  }

  /** Starts and units of the last minute. */
  lastMinute({ past, state }: KeyRow, now: number): { readonly starts: number; readonly units: number } {
    const before = past.findLast(({ at }) => at <= now - KEPT_MS)
    return { starts: state.starts - (before?.starts ?? 0), units: state.units - (before?.units ?? 0) }
  }
}

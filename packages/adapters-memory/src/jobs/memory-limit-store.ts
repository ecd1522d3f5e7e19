import type { JobId, ProjectId, RunId } from '@muster/core'
import {
  burstOf,
  defaultOf,
  type FirstOfSet,
  type JobKeys,
  type KeptLimit,
  type LimitDefault,
  type LimitSettings,
  type LimitStore,
  MOST_AHEAD,
  OPEN,
  projectOfKey,
  UNUSED,
  type UsedLimit,
} from '@muster/core/limits'
import type { Clock } from '@muster/core/ports'
import type { MemoryContext } from '../tables/tables.ts'
import type { JobTables } from './job-tables.ts'
import type { KeyRow } from './limit-tables.ts'
import { byText } from './order.ts'

/** Keys and their use in memory. */
export class MemoryLimitStore implements LimitStore {
  readonly #tables: JobTables
  readonly #clock: Clock

  constructor({ tables, clock }: MemoryContext) {
    this.#tables = tables.jobs
    this.#clock = clock
  }

  async declare(defaults: readonly LimitDefault[]): Promise<void> {
    const { limits } = this.#tables
    for (const pattern of limits.defaults.keys()) limits.defaults.delete(pattern)
    for (const { pattern, settings } of defaults)
      limits.defaults.set(pattern, { pattern, settings: whole(settings) })
    for (const { key, origin } of limits.keys.values()) if (origin === 'code') await this.remove(key)
  }

  async find(key: string, now: Date): Promise<KeptLimit | undefined> {
    const row = this.#tables.limits.keys.get(key)
    return row && this.#told(row, now.getTime())
  }

  async list(
    prefix: string,
    { limit, after }: Parameters<LimitStore['list']>[1],
    now: Date,
    projects: readonly ProjectId[] | null = null,
  ): Promise<KeptLimit[]> {
    const carried = projects && this.#tables.limits.carriedBy(new Set(projects))
    const isOf = (key: string): boolean =>
      !carried || carried.has(key) || projects.some((projectId) => projectOfKey(key) === projectId)
    const rows = [...this.#tables.limits.keys.values()]
      .filter(({ key }) => key.startsWith(prefix) && (after === undefined || byText(key, after) > 0))
      .filter(({ key }) => isOf(key))
      .sort((a, b) => byText(a.key, b.key))
    return rows.slice(0, limit).map((row) => this.#told(row, now.getTime()))
  }

  async isCarried(key: string, projects: readonly ProjectId[]): Promise<boolean> {
    return this.#tables.limits.carriedBy(new Set(projects)).has(key)
  }

  async findJobKeys(jobId: JobId): Promise<JobKeys | undefined> {
    const row = this.#tables.find(jobId)
    const set = row?.limitSet == null ? undefined : this.#tables.limits.sets.get(row.limitSet)
    if (!row || !set || set.keys.length === 0) return undefined
    let ahead = 0
    for (const seq of row.lane.line()) {
      if (seq >= row.seq || ahead > MOST_AHEAD) break
      if (this.#tables.jobIn(row.lane, seq).limitSet === row.limitSet) ahead++
    }
    return { ...set, ahead }
  }

  async findInLine(runId: RunId, now: Date): Promise<FirstOfSet[]> {
    const { lanes, limits, budgets } = this.#tables
    budgets.turn(now.getTime())
    const first = new Map<number, FirstOfSet>()
    for (const lane of lanes) {
      if (lane.runId !== runId) continue
      const costs = budgets.hardOf(lane).length > 0
      for (const seq of lane.line()) {
        const row = this.#tables.jobIn(lane, seq)
        if (first.has(row.limitSet ?? 0)) continue
        const set = row.limitSet === null ? undefined : limits.sets.get(row.limitSet)
        first.set(row.limitSet ?? 0, {
          keys: set?.keys ?? [],
          units: set?.units ?? 0,
          jobId: row.jobId,
          estimateMicros: costs ? budgets.estimate(row, set, now.getTime()) : null,
        })
      }
    }
    return [...first.values()]
  }

  async findUse(keys: readonly string[], now: Date): Promise<UsedLimit[]> {
    return keys.flatMap((key) => {
      const row = this.#tables.limits.keys.get(key)
      return row ? this.#used(row, now.getTime()) : []
    })
  }

  async put(key: string, settings: LimitSettings, version?: number): Promise<boolean> {
    const { keys } = this.#tables.limits
    const before = keys.get(key)
    if (version !== undefined && before?.version !== version) return false
    const { state, past } = before ?? { state: UNUSED, past: [] }
    keys.set(key, {
      key,
      origin: 'api',
      settings: whole(settings),
      version: (before?.version ?? 0) + 1,
      state,
      past,
    })
    return true
  }

  async remove(key: string): Promise<void> {
    const { keys, defaults } = this.#tables.limits
    const before = keys.get(key)
    const settings = defaultOf(key, defaults.values())
    if (!before || (before.origin === 'code' && isSame(before.settings, settings))) return
    keys.set(key, { ...before, origin: 'code', settings, version: before.version + 1 })
  }

  async cool(key: string, until: Date): Promise<void> {
    this.#tables.limits.cool(key, until.getTime(), this.#clock.now().getTime())
  }

  #told(row: KeyRow, now: number): KeptLimit {
    return { ...this.#used(row, now), waiting: this.#waiting(row.key) }
  }

  #used(row: KeyRow, now: number): UsedLimit {
    const { key, origin, settings, version, state } = row
    const { starts, units } = this.#tables.limits.lastMinute(row, now)
    const told = { key, origin, settings, version, state }
    return { ...told, startsLastMinute: starts, unitsLastMinute: units }
  }

  /** Jobs of cells that the key shuts. */
  #waiting(key: string): number {
    let waiting = 0
    for (const [lane, cells] of Map.groupBy(this.#tables.limits.shutBy(key), (cell) => cell.lane)) {
      const sets = new Set<number | null>(cells.map(({ limitSet }) => limitSet))
      for (const seq of lane.line()) if (sets.has(this.#tables.jobIn(lane, seq).limitSet)) waiting++
    }
    return waiting
  }
}

/** The settings with the burst that they mean. */
function whole(settings: LimitSettings): LimitSettings {
  return { ...settings, burst: settings.perMinute === null ? null : burstOf(settings) }
}

function isSame(one: LimitSettings, other: LimitSettings): boolean {
  const [a, b] = [whole(one), whole(other)]
  const members = Object.keys(OPEN) as (keyof LimitSettings)[]
  return members.every((member) => JSON.stringify(a[member]) === JSON.stringify(b[member]))
}

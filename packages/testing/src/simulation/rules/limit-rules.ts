import type { JobId, Json } from '@muster/core'
import type { KeptLimit } from '@muster/core/limits'
import type { ActiveJob, JobWithResult, Stores } from '@muster/core/ports'
import { must } from './violation.ts'

const MINUTE_MS = 60_000

/** Keys of one history are fewer. */
const MOST = 20

/** The rules about keys that jobs need, which hold whichever process begins them. */
export class LimitRules {
  /** When jobs began under each key, since its settings were changed last. */
  readonly #starts = new Map<string, { readonly version: number; at: number[] }>()

  /** @throws ViolationError if one of `begun` was to wait for a key */
  async look(
    { limits }: Stores,
    begun: readonly ActiveJob[],
    jobs: ReadonlyMap<JobId, JobWithResult>,
    now: number,
  ): Promise<void> {
    const keyed = begun.filter(({ payload }) => keysOf(payload).length > 0)
    if (keyed.length === 0) return
    for (const limit of await limits.list('', { limit: MOST }, new Date(now))) {
      const count = keyed.filter(({ payload }) => keysOf(payload).includes(limit.key)).length
      if (count > 0) this.#check(limit, count, jobs, now)
    }
  }

  #check(
    { key, version, settings, state }: KeptLimit,
    count: number,
    jobs: ReadonlyMap<JobId, JobWithResult>,
    now: number,
  ): void {
    const { paused, concurrency, perMinute, burst } = settings
    must('Nothing begins under a paused key', !paused, () => key)
    must('Nothing begins under a key that cools', state.coolUntil <= now, () => key)
    const active = [...jobs.values()].filter(
      (job) => job.state === 'active' && !job.asleep && keysOf(job.payload).includes(key),
    ).length
    must('A key is not passed', concurrency === null || active <= concurrency, () => `${key}: ${active}`)
    const known = this.#starts.get(key)
    const before = known?.version === version ? known.at.filter((at) => at > now - MINUTE_MS) : []
    const at = [...before, ...Array.from({ length: count }, () => now)]
    this.#starts.set(key, { version, at })
    const most = perMinute === null ? null : Math.ceil(perMinute) + (burst ?? 1) - 1
    must('A minute has its starts', most === null || at.length <= most, () => `${key}: ${at.length}`)
  }
}

/** The keys of a job of a simulation. */
export function keysOf(payload: Json): readonly string[] {
  return (payload as { readonly keys?: readonly string[] } | null)?.keys ?? []
}

import { type KeyWait, mostAtOnce, opensAt, shutBy } from './keys.ts'
import type { UsedLimit } from './limit.ts'

/** A key that holds jobs back. */
export interface KeyHold {
  readonly kind: KeyWait
  readonly by: 'limit'
  readonly key: string
  /** Of so many: jobs at once, starts or units of the last minute; null: it is paused, or cools. */
  readonly used: number | null
  readonly of: number | null
  /** null: an end or a person opens it. */
  readonly opensAt: Date | null
}

/** How the key holds back a start of so many units; null: it has room. */
export function keyHold(limit: UsedLimit, units: number, now: Date): KeyHold | null {
  const { key, settings, state, startsLastMinute, unitsLastMinute } = limit
  const kind = shutBy(settings, state, now.getTime(), units)
  if (kind === null) return null
  const opens = opensAt(settings, state, now.getTime(), units)
  const figures = {
    concurrency: [state.inUse, mostAtOnce(settings, state)],
    perMinute: [startsLastMinute, settings.perMinute],
    unitsPerMinute: [unitsLastMinute, settings.unitsPerMinute],
    paused: [null, null],
    coolDown: [null, null],
  } as const
  const [used, of] = figures[kind]
  return { kind, by: 'limit', key, used, of, opensAt: opens === null ? null : new Date(Math.ceil(opens)) }
}

import type { Clock } from '../environment.ts'
import { NotFoundError, ValidationError, VersionConflictError } from '../errors.ts'
import type { ProjectId } from '../ids.ts'
import { parse } from '../input/parse.ts'
import { page } from '../paging.ts'
import type { Transactions } from '../transactions.ts'
import { projectOfKey } from './key.ts'
import { opensAt, roomOf, windowOf } from './keys.ts'
import type { KeptLimit } from './limit.ts'
import { checkKey, coolRequest, newLimit, readPrefix, settingsOf } from './limit-input.ts'
import type { LimitStore } from './limit-store.ts'
import type { Limit, LimitUseCases } from './limits.ts'

/** A job type, as far as it matters here. */
interface LimitedType {
  readonly name: string
  readonly limits?: unknown
  readonly estimate?: unknown
}

/** Dependencies of the use cases of limits. */
export interface LimitDeps {
  readonly transactions: Transactions<{ readonly limits: LimitStore }>
  readonly jobTypes: ReadonlyMap<string, LimitedType>
  readonly clock: Clock
  /** Called after a change that may let jobs begin. */
  readonly nudge: () => void
}

/** The use cases of limits by key. */
export function limitUseCases({ transactions, jobTypes, clock, nudge }: LimitDeps): LimitUseCases {
  const { limits } = transactions.stores

  const get: LimitUseCases['get'] = async (key, { projects = null } = {}) => {
    checkKey(key)
    const now = clock.now()
    const kept = await limits.find(key, now)
    if (!kept || (projects !== null && !(await isOf(key, projects)))) throw new NotFoundError('limit', key)
    return limitOf(kept, now.getTime())
  }

  const isOf = async (key: string, projects: readonly ProjectId[]): Promise<boolean> => {
    const projectId = projectOfKey(key)
    if (projectId !== undefined && projects.includes(projectId)) return true
    return limits.isCarried(key, projects)
  }

  const coolUntil = async (key: string, until: Date): Promise<Limit> => {
    await get(key)
    await limits.cool(key, until)
    nudge()
    return get(key)
  }

  return {
    get,

    async list({ prefix: given, projects = null, ...request } = {}) {
      const prefix = readPrefix(given)
      const now = clock.now()
      return page(
        request,
        ['limits', prefix, projects],
        ({ key }) => ({ key }),
        async ({ limit, after }) => {
          const kept = await limits.list(prefix, { limit, after: after?.key }, now, projects)
          return kept.map((one) => limitOf(one, now.getTime()))
        },
      )
    },

    async put(key, given, { ifVersion } = {}) {
      checkKey(key)
      if (key.endsWith('*')) throw new ValidationError([{ path: 'key', message: PATTERN }])
      const settings = settingsOf(parse(newLimit, given))
      if (settings.unitsPerMinute !== null && settings.estimate === null) demandEstimates(jobTypes)
      const before = await limits.find(key, clock.now())
      if (!(await limits.put(key, settings, ifVersion))) {
        const version = (await limits.find(key, clock.now()))?.version
        const is = version === undefined ? 'is not there' : `is at version ${version}, not ${ifVersion}`
        throw new VersionConflictError(`The limit ${is}`, version === undefined ? {} : { version })
      }
      nudge()
      return { limit: await get(key), created: before === undefined }
    },

    async remove(key) {
      checkKey(key)
      await limits.remove(key)
      nudge()
    },

    cool(key, seconds) {
      const asked = parse(coolRequest, { seconds })
      return coolUntil(key, new Date(clock.now().getTime() + asked.seconds * 1_000))
    },

    warm: (key) => coolUntil(key, clock.now()),
  }
}

const PATTERN = 'must not end in *: a pattern is a default that createMuster is given'

/** Units are spent by estimates, which the key gives, or each type that has keys. */
function demandEstimates(jobTypes: ReadonlyMap<string, LimitedType>): void {
  const without = [...jobTypes.values()].filter(({ limits, estimate }) => limits && !estimate)
  if (without.length === 0) return
  const names = without.map(({ name }) => name).join(', ')
  const message = `is needed with unitsPerMinute: the job types ${names} have keys and estimate no units`
  throw new ValidationError([{ path: 'estimate', message }])
}

/** The key as it is told. */
export function limitOf(kept: KeptLimit, now: number): Limit {
  const { key, origin, version, settings, state, startsLastMinute, unitsLastMinute, waiting } = kept
  const { concurrency, perMinute, burst, unitsPerMinute, estimate, adaptive, paused } = settings
  const opens = roomOf(settings, state, now, 0) > 0 ? null : opensAt(settings, state, now, 0)
  return {
    key,
    origin,
    concurrency,
    perMinute,
    burst,
    unitsPerMinute,
    estimate,
    adaptive,
    paused,
    version,
    inUse: state.inUse,
    startsLastMinute,
    unitsLastMinute,
    waiting,
    window: windowOf(settings, state),
    opensAt: opens === null ? null : new Date(Math.ceil(opens)),
    coolUntil: state.coolUntil > now ? new Date(state.coolUntil) : null,
    coolDowns: state.allCoolDowns,
  }
}

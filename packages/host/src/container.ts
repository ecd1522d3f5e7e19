import { MemoryBroadcast, MemoryPersistence, MemoryPresenceStore } from '@muster/adapters-memory'
import type { AssignmentStrategy, JobType } from '@muster/core'
import { isMisconfiguration, UnavailableError } from '@muster/core'
import type { ScoreFunction } from '@muster/core/evaluation'
import type { ExportParts, FileReader } from '@muster/core/exchange'
import { type LimitDefault, limitDefaults, type NewLimit } from '@muster/core/limits'
import { MAX_PAYLOAD_BYTES, MOST_PAYLOAD_BYTES } from '@muster/core/making'
import type {
  Authenticator,
  Broadcast,
  Clock,
  Ids,
  JobQueue,
  Logger,
  Metrics,
  Persistence,
  PresenceStore,
  Random,
  Tracing,
} from '@muster/core/ports'
import { builtInStrategies } from '@muster/core/rules'
import { assertOptions, type OptionRules, Outages, option, plainError } from '@muster/core/support'
import { assertJobTypes, elapsedMs, loggingPlainErrors, StoreClock } from '@muster/core/use-cases'
import type { WebhookSender } from '@muster/core/webhooks'
import { Container, ContainerModule, type ServiceIdentifier } from 'inversify'
import { compose } from './compose.ts'
import type { Muster } from './muster.ts'
import { consoleLogger } from './system/console-logger.ts'
import { noMetrics, systemClock, systemRandom, uuidIds } from './system/index.ts'

export const PERSISTENCE = Symbol.for('muster.Persistence') as ServiceIdentifier<Persistence>
/** A broker. Where none is bound, workers take jobs from the store. */
export const JOB_QUEUE = Symbol.for('muster.JobQueue') as ServiceIdentifier<JobQueue | undefined>
export const BROADCAST = Symbol.for('muster.Broadcast') as ServiceIdentifier<Broadcast>
export const PRESENCE_STORE = Symbol.for('muster.PresenceStore') as ServiceIdentifier<PresenceStore>
export const AUTHENTICATOR = Symbol.for('muster.Authenticator') as ServiceIdentifier<Authenticator>
export const CLOCK = Symbol.for('muster.Clock') as ServiceIdentifier<Clock>
export const IDS = Symbol.for('muster.Ids') as ServiceIdentifier<Ids>
export const RANDOM = Symbol.for('muster.Random') as ServiceIdentifier<Random>
export const LOGGER = Symbol.for('muster.Logger') as ServiceIdentifier<Logger>
/** The backends that are away, as all parts of the process report them; made from `LOGGER` and `CLOCK` unless the host gives one. */
export const OUTAGES = Symbol.for('muster.Outages') as ServiceIdentifier<Outages>
export const METRICS = Symbol.for('muster.Metrics') as ServiceIdentifier<Metrics>
/** Follows jobs across processes. None by default. */
export const TRACING = Symbol.for('muster.Tracing') as ServiceIdentifier<Tracing | undefined>
/** The registered job types, by name. */
export const JOB_TYPES = Symbol.for('muster.JobTypes') as ServiceIdentifier<ReadonlyMap<string, JobType>>
/** The registered strategies, by name. */
export const STRATEGIES = Symbol.for('muster.Strategies') as ServiceIdentifier<
  ReadonlyMap<string, AssignmentStrategy>
>
/** The registered scorers, by name. */
export const SCORERS = Symbol.for('muster.Scorers') as ServiceIdentifier<
  Readonly<Record<string, ScoreFunction>>
>
export const MUSTER = Symbol.for('muster.Muster') as ServiceIdentifier<Muster>

/**
 * A thing that a module opens for a container: once, and anew after a failure. inversify itself keeps the rejected promise of a singleton for good, and can
 * then neither resolve nor unbind it.
 */
export class Opening<Thing> {
  #opened: Thing | Promise<Thing> | undefined

  /** The thing, opened by `open` if it is not. */
  get(open: () => Thing | Promise<Thing>): Thing | Promise<Thing> {
    if (this.#opened !== undefined) return this.#opened
    const opening = open()
    this.#opened = opening
    if (opening instanceof Promise) {
      opening.then(
        (thing) => {
          if (this.#opened === opening) this.#opened = thing
        },
        () => {
          if (this.#opened === opening) this.#opened = undefined
        },
      )
    }
    return opening
  }

  /** Closes the thing, if it was opened. */
  async end(close: (thing: Thing) => Promise<void>): Promise<void> {
    const opened = await Promise.resolve(this.#opened).catch(() => undefined)
    this.#opened = undefined
    if (opened !== undefined) await close(opened)
  }
}

const OPENING_MUSTER = Symbol.for('muster.OpeningMuster') as ServiceIdentifier<Opening<Muster>>

export interface CoreOptions {
  /** The types of jobs that can be done here, or at least made here. */
  readonly jobTypes?: readonly JobType[]
  /** Strategies beside the built-in four, by name; one of the same name replaces it. */
  readonly strategies?: Readonly<Record<string, AssignmentStrategy>>
  /** Scorers of metrics by name: the value of a completed job, or null if it has none. */
  readonly scorers?: Readonly<Record<string, ScoreFunction>>
  /** A pino logger fits. Default: {@link consoleLogger}, which writes warnings and errors to standard error; {@link silentLogger} says nothing. */
  readonly logger?: Logger
  /** Shared with what the host opens before Muster, so that all of the process tells an outage once. Default: ones of this Muster. */
  readonly outages?: Outages
  readonly metrics?: Metrics
  /**
   * Limits of keys that job types name, by key or, with a `*` at the end, by the beginning of keys. Defaults: what somebody sets by `muster.limits` stays. All applications on one database say the
   * same, or nothing.
   */
  readonly limits?: Readonly<Record<string, NewLimit>>
  /**
   * Takes of jobs with keys, and of those under hard budgets, are on the database's disk before a handler begins; else a crash of the database may forget the last ones, with their
   * starts. A store without a disk ignores it. Default: false.
   */
  readonly durableLimits?: boolean
  /** `openTelemetry()` of `@muster/adapters-otel`, or your own. Default: none. */
  readonly tracing?: Tracing
  /** This machine's clock. Where the store has one of its own, Muster goes by the store's. Default: {@link systemClock}. */
  readonly clock?: Clock
  readonly ids?: Ids
  readonly random?: Random
  /** Sends webhooks: `webhookSender()` of `@muster/webhooks`, or your own. Default: none, and nobody can make any. */
  readonly webhooks?: WebhookSender
  /** Reads files that people bring: `fileReader` of `@muster/formats`, or your own. Default: none, and nobody can import any. */
  readonly files?: FileReader
  /**
   * Writes results and answers as files: `writer` is `fileWriter` of `@muster/formats`, or your own, and `blobs` {@link folderBlobs}, or your own. Default: none, and nobody can
   * export any.
   */
  readonly exports?: ExportParts
  /** How long facts are kept for those who come back; default 72 hours. */
  readonly keepEventsHours?: number
  /** How long those are kept that a webhook has still to be told of; default 168 hours. */
  readonly holdEventsHours?: number
  /** How long drafts are kept after the hold has ended; default 30 days. */
  readonly keepDraftsDays?: number
  /** The largest payload of a job that is added to a queue, in bytes as JSON: at most 1 MiB, default 256 KiB. */
  readonly maxPayloadBytes?: number
}

const KEEP_EVENTS_HOURS = Symbol.for('muster.KeepEventsHours') as ServiceIdentifier<number>
const HOLD_EVENTS_HOURS = Symbol.for('muster.HoldEventsHours') as ServiceIdentifier<number>
const WEBHOOK_SENDER = Symbol.for('muster.WebhookSender') as ServiceIdentifier<WebhookSender | undefined>
const FILE_READER = Symbol.for('muster.FileReader') as ServiceIdentifier<FileReader | undefined>
const EXPORTING = Symbol.for('muster.Exporting') as ServiceIdentifier<ExportParts | undefined>
const MAX_PAYLOAD = Symbol.for('muster.MaxPayloadBytes') as ServiceIdentifier<number>
const LIMIT_DEFAULTS = Symbol.for('muster.LimitDefaults') as ServiceIdentifier<
  readonly LimitDefault[] | undefined
>
const DURABLE_LIMITS = Symbol.for('muster.DurableLimits') as ServiceIdentifier<boolean>
const KEEP_DRAFTS_DAYS = Symbol.for('muster.KeepDraftsDays') as ServiceIdentifier<number>

/** A hundred years: beyond it, what is older than that has no date that a database can hold. */
const MOST_HOURS = 876_000
const MOST_DAYS = MOST_HOURS / 24

const HOURS = {
  rule: `a number of hours greater than 0 and at most ${MOST_HOURS}`,
  holds: (value: unknown) => typeof value === 'number' && value > 0 && value <= MOST_HOURS,
}

const CORE_RULES: OptionRules<CoreOptions> = {
  jobTypes: option.list(),
  strategies: option.having(),
  scorers: {
    rule: 'functions by their names',
    holds: (value) =>
      typeof value === 'object' &&
      value !== null &&
      Object.values(value).every((score) => typeof score === 'function'),
  },
  logger: option.having('debug', 'info', 'warn', 'error'),
  outages: option.having('failed', 'worked'),
  metrics: option.having('count', 'gauge', 'observe'),
  limits: option.having(),
  durableLimits: option.flag,
  tracing: option.having('enqueued', 'began'),
  clock: option.having('now', 'wait'),
  ids: option.having('next'),
  random: option.having('next'),
  webhooks: option.having('newSecret', 'refusal', 'send'),
  files: option.having('faults', 'read', 'contentId'),
  exports: {
    rule: 'a writer that has files, faults and pseudonym, and blobs that have write, read and remove',
    holds: (value) => {
      const { writer, blobs } = (value ?? {}) as Partial<ExportParts>
      return (
        option.having('files', 'faults', 'pseudonym').holds(writer) &&
        option.having('write', 'read', 'remove').holds(blobs)
      )
    },
  },
  keepEventsHours: HOURS,
  holdEventsHours: HOURS,
  keepDraftsDays: {
    rule: `a number of days greater than 0 and at most ${MOST_DAYS}`,
    holds: (value) => typeof value === 'number' && value > 0 && value <= MOST_DAYS,
  },
  maxPayloadBytes: {
    rule: `a whole number of bytes from 1 to ${MOST_PAYLOAD_BYTES}`,
    holds: (value) => Number.isInteger(value) && Number(value) > 0 && Number(value) <= MOST_PAYLOAD_BYTES,
  },
}

const CREATE_RULES: OptionRules<MusterOptions> = {
  ...CORE_RULES,
  modules: {
    rule: 'a list of ContainerModules of inversify 8',
    // Version 6 keeps what a module binds by another name.
    holds: (value) => Array.isArray(value) && value.every(option.having('load').holds),
  },
  container: {
    rule: 'a Container of inversify 8, which @muster/host composes with',
    // Version 6 has no plugins to register, and version 7 loads by another name.
    holds: option.having('loadAsync', 'getAsync', 'register').holds,
  },
}

/**
 * The use cases, with the job types and strategies of the host.
 * @throws TypeError for options that cannot be meant, by name
 */
export function coreModule(options: CoreOptions = {}): ContainerModule {
  assertOptions('coreModule', options, CORE_RULES)
  const { keepEventsHours = 72, holdEventsHours = 168, keepDraftsDays = 30, jobTypes = [] } = options
  assertJobTypes(jobTypes)
  const limits = options.limits && limitDefaults(options.limits)
  return new ContainerModule(({ bind }) => {
    bind(JOB_TYPES).toConstantValue(new Map(jobTypes.map((type) => [type.name, type])))
    bind(STRATEGIES).toConstantValue(new Map(Object.entries({ ...builtInStrategies, ...options.strategies })))
    bind(SCORERS).toConstantValue({ ...options.scorers })
    bind(LOGGER).toConstantValue(loggingPlainErrors(options.logger ?? consoleLogger))
    bind(OUTAGES)
      .toResolvedValue((logger, clock) => options.outages ?? new Outages({ logger, clock }), [LOGGER, CLOCK])
      .inSingletonScope()
    bind(METRICS).toConstantValue(options.metrics ?? noMetrics)
    bind(TRACING).toConstantValue(options.tracing)
    bind(CLOCK).toConstantValue(new StoreClock(options.clock ?? systemClock, () => elapsedMs(systemClock)))
    bind(IDS).toConstantValue(options.ids ?? uuidIds)
    bind(RANDOM).toConstantValue(options.random ?? systemRandom)
    bind(WEBHOOK_SENDER).toConstantValue(options.webhooks)
    bind(FILE_READER).toConstantValue(options.files)
    bind(EXPORTING).toConstantValue(options.exports)
    bind(KEEP_EVENTS_HOURS).toConstantValue(keepEventsHours)
    bind(HOLD_EVENTS_HOURS).toConstantValue(holdEventsHours)
    bind(LIMIT_DEFAULTS).toConstantValue(limits)
    bind(KEEP_DRAFTS_DAYS).toConstantValue(keepDraftsDays)
    bind(MAX_PAYLOAD).toConstantValue(options.maxPayloadBytes ?? MAX_PAYLOAD_BYTES)
    bind(DURABLE_LIMITS).toConstantValue(options.durableLimits ?? false)
    bind(OPENING_MUSTER).toConstantValue(new Opening())
    bind(MUSTER)
      .toResolvedValue(
        (
          opening,
          persistence,
          jobQueue,
          broadcast,
          presence,
          jobTypes,
          strategies,
          scorers,
          logger,
          outages,
          metrics,
          tracing,
          clock,
          ids,
          random,
          webhookSender,
          fileReader,
          exporting,
          keepEventsHours,
          holdEventsHours,
          keepDraftsDays,
          maxPayloadBytes,
          durableLimits,
        ) =>
          opening.get(() =>
            compose({
              persistence,
              jobQueue,
              broadcast,
              presence,
              jobTypes,
              strategies,
              scorers,
              logger,
              outages,
              metrics,
              tracing,
              clock,
              ids,
              random,
              webhookSender,
              fileReader,
              exporting,
              keepEventsHours,
              holdEventsHours,
              keepDraftsDays,
              maxPayloadBytes,
              durableLimits,
            }),
          ),
        [
          OPENING_MUSTER,
          PERSISTENCE,
          JOB_QUEUE,
          BROADCAST,
          PRESENCE_STORE,
          JOB_TYPES,
          STRATEGIES,
          SCORERS,
          LOGGER,
          OUTAGES,
          METRICS,
          TRACING,
          CLOCK,
          IDS,
          RANDOM,
          WEBHOOK_SENDER,
          FILE_READER,
          EXPORTING,
          KEEP_EVENTS_HOURS,
          HOLD_EVENTS_HOURS,
          KEEP_DRAFTS_DAYS,
          MAX_PAYLOAD,
          DURABLE_LIMITS,
        ],
      )
      .inTransientScope()
  })
}

/** In memory, all that no other module has brought: a persistence, a broadcast, presence. There is no broker then. */
function memoryModule(): ContainerModule {
  return new ContainerModule(({ bind, isBound }) => {
    if (!isBound(PERSISTENCE)) {
      bind(PERSISTENCE)
        .toResolvedValue((clock, ids) => new MemoryPersistence({ clock, ids }), [CLOCK, IDS])
        .inSingletonScope()
    }
    if (!isBound(JOB_QUEUE)) bind(JOB_QUEUE).toConstantValue(undefined)
    if (!isBound(BROADCAST)) bind(BROADCAST).toConstantValue(new MemoryBroadcast())
    if (!isBound(PRESENCE_STORE)) bind(PRESENCE_STORE).toConstantValue(new MemoryPresenceStore())
  })
}

/** A start that fails leaves a line, unless a person is told what to change, or the log says already what is away. */
function sayWhy(error: unknown, container: Container): void {
  const isBound = container.isBound(OUTAGES)
  const isTold = error instanceof UnavailableError && isBound && container.get(OUTAGES).away.length > 0
  if (isTold || isMisconfiguration(error)) return
  const logger = container.isBound(LOGGER) ? container.get(LOGGER) : consoleLogger
  const err = plainError(error)
  logger.error({ err }, `Muster did not start: ${err.message}`)
}

/** The parts of Muster. Without a module that brings an adapter, all is kept in memory. */
export interface MusterOptions<Types extends readonly JobType[] = readonly JobType[]>
  extends Omit<CoreOptions, 'jobTypes'> {
  /** The types of jobs that can be done here, or at least made here. */
  readonly jobTypes?: Types
  /** Modules that bring adapters, such as `pgModule` and `redisModule`. */
  readonly modules?: readonly ContainerModule[]
  /** The host's own: {@link MUSTER} and every port are in it afterwards. Default: one of this Muster. */
  readonly container?: Container
}

/**
 * Composes Muster. A host that composes by modules alone gives {@link coreModule} as one of them, with the options that are its.
 *
 * If it fails for a reason that is no misconfiguration, the log has one line of it. It closes what it has opened and takes its modules out again: the host's container is as it was, and may be used for another try.
 *
 * @throws UnavailableError when a backend cannot be reached; TypeError, naming it, for what cannot be meant or does not fit together
 */
export async function createMuster<const Types extends readonly JobType[] = readonly JobType[]>(
  options: MusterOptions<Types> = {},
): Promise<Muster<Types[number]>> {
  assertOptions('createMuster', options, CREATE_RULES)
  const { modules = [], container = new Container({ defaultScope: 'Singleton' }), ...core } = options
  // Refuses what cannot be meant before anything is opened.
  const own = coreModule(core)
  const loaded: ContainerModule[] = []
  const load = async (...modules: readonly ContainerModule[]): Promise<void> => {
    loaded.push(...modules)
    await container.loadAsync(...modules)
  }
  let muster: Muster | undefined
  try {
    await load(...modules)
    if (!container.isBound(MUSTER)) await load(own)
    else assertNone(core)
    assertShared(container)
    await load(memoryModule())
    muster = await container.getAsync(MUSTER)
    const clock = container.get(CLOCK)
    if (clock instanceof StoreClock) await clock.compare()
    const limits = container.get(LIMIT_DEFAULTS)
    if (limits) await muster.persistence.stores.limits.declare(limits)
    return muster as Muster<Types[number]>
  } catch (error) {
    sayWhy(error, container)
    const undone = await Promise.allSettled([
      muster?.close(),
      ...loaded.map((module) => container.unloadAsync(module)),
    ])
    const failures = undone.flatMap((end) =>
      end.status === 'rejected' && end.reason !== error ? [end.reason] : [],
    )
    if (failures.length === 0) throw error
    throw new AggregateError(
      [error, ...failures],
      'Muster did not start, and not all of it could be taken back',
    )
  }
}

/** @throws TypeError where a broker carries jobs between processes, each of which would keep its own */
function assertShared(container: Container): void {
  if (!container.isBound(JOB_QUEUE) || container.isBound(PERSISTENCE)) return
  throw new TypeError(
    'The modules bring a job queue that processes share, and no database that they share: add pgModule({ connectionString })',
  )
}

/** @throws TypeError for options that would be passed over */
function assertNone(options: CoreOptions): void {
  const [name] = Object.entries(options).flatMap(([option, value]) => (value === undefined ? [] : [option]))
  if (name === undefined) return
  throw new TypeError(
    `${name} must be given to coreModule(…), which is among the modules or in the container`,
  )
}

import { parsed } from '../api/call.ts'
import type { Schedule } from './data.ts'

/** The units in which seconds are typed, the longest first. */
export const UNITS = [
  { value: '86400', title: 'days' },
  { value: '3600', title: 'hours' },
  { value: '60', title: 'minutes' },
  { value: '1', title: 'seconds' },
] as const

/** A schedule as its fields have it. */
export interface Wish {
  readonly name: string
  readonly rule: 'cron' | 'every' | 'once'
  readonly cron: string
  readonly zone: string
  readonly every: string
  readonly unit: string
  /** Instants as a field for them has them, on the clock of this browser. */
  readonly anchor: string
  readonly at: string
  readonly starts: 'job' | 'run' | 'refit' | 'json'
  readonly jobType: string
  readonly payload: string
  readonly jobPriority: string
  /** `id:` or `name:`, then which; empty: the first there is. */
  readonly definition: string
  readonly models: string
  readonly repeats: string
  readonly sample: string
  readonly seed: string
  readonly priority: string
  readonly pace: string
  readonly stepId: string
  readonly question: string
  /** What is started, as JSON. */
  readonly json: string
  readonly missed: string
  readonly maxCatchUp: string
  readonly graceSeconds: string
  readonly overlap: string
  readonly jitterSeconds: string
  readonly startsAt: string
  readonly endsAt: string
}

/** The wish that one begins with, in the zone of whoever wishes. */
export function freshWish(zone: string): Wish {
  return {
    name: '',
    rule: 'cron',
    cron: '0 2 * * *',
    zone,
    every: '15',
    unit: '60',
    anchor: '',
    at: '',
    starts: 'run',
    jobType: '',
    payload: '{}',
    jobPriority: '',
    definition: '',
    models: '',
    repeats: '1',
    sample: '100',
    seed: '',
    priority: 'normal',
    pace: '',
    stepId: '',
    question: '',
    json: '',
    missed: 'one',
    maxCatchUp: '10',
    graceSeconds: '60',
    overlap: 'skip',
    jitterSeconds: '0',
    startsAt: '',
    endsAt: '',
  }
}

/** A schedule as fields have it. */
export function wishOf(schedule: Schedule, zone: string): Wish {
  const { name, when, missed, maxCatchUp, graceSeconds, overlap, jitterSeconds, startsAt, endsAt } = schedule
  const every = 'everySeconds' in when ? when : undefined
  const unit = UNITS.find(({ value }) => (every?.everySeconds ?? 0) % Number(value) === 0)?.value ?? '1'
  return {
    ...freshWish(zone),
    name,
    ...('cron' in when && { rule: 'cron' as const, cron: when.cron, zone: when.zone }),
    ...(every !== undefined && {
      rule: 'every' as const,
      every: String(every.everySeconds / Number(unit)),
      unit,
      anchor: localOf(every.anchor),
    }),
    ...('at' in when && { rule: 'once' as const, at: localOf(when.at) }),
    ...wishedStart(schedule.start),
    missed,
    maxCatchUp: String(maxCatchUp),
    graceSeconds: String(graceSeconds),
    overlap,
    jitterSeconds: String(jitterSeconds),
    startsAt: localOf(startsAt),
    endsAt: localOf(endsAt),
  }
}

type Members = Readonly<Record<string, unknown>>

/** The members of a run that have fields. */
const OF_RUNS: ReadonlySet<string> = new Set([
  'definition',
  'definitionId',
  'models',
  'repeats',
  'samplePercentage',
  'sampleSeed',
  'priority',
  'maxJobsPerSecond',
])

/** What is started, as fields have it; as JSON if they cannot. */
function wishedStart(start: unknown): Partial<Wish> {
  const { job, run, refit } = start as {
    readonly job?: Members
    readonly run?: Members
    readonly refit?: Members
  }
  const text = (value: unknown): string =>
    typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  if (job !== undefined)
    return {
      starts: 'job',
      jobType: text(job['type']),
      payload: JSON.stringify(job['payload'], null, 2),
      jobPriority: text(job['priority']),
    }
  if (refit !== undefined)
    return { starts: 'refit', stepId: text(refit['stepId']), question: text(refit['question']) }
  if (run === undefined || !Object.keys(run).every((name) => OF_RUNS.has(name)))
    return { starts: 'json', json: JSON.stringify(start, null, 2) }
  const { definition, definitionId, models } = run
  return {
    starts: 'run',
    definition: definition === undefined ? `id:${text(definitionId)}` : `name:${text(definition)}`,
    models: (models as readonly string[]).join(', '),
    repeats: text(run['repeats'] ?? 1),
    sample: text(run['samplePercentage'] ?? 100),
    seed: text(run['sampleSeed']),
    priority: text(run['priority'] ?? 'normal'),
    pace: text(run['maxJobsPerSecond']),
  }
}

/** A number as typed. What is none goes as text, and the answer says what is wrong with it. */
const numberIn = (text: string): number =>
  text.trim() === '' || Number.isNaN(Number(text)) ? (text as never) : Number(text)

/** The rule in time of a wish. */
export function whenOf({ rule, cron, zone, every, unit, anchor, at }: Wish): object {
  if (rule === 'cron') return { cron: cron.trim(), zone }
  if (rule === 'once') return { at: instantOf(at) }
  const count = numberIn(every)
  return {
    everySeconds: typeof count === 'number' ? Math.round(count * Number(unit) * 1_000) / 1_000 : count,
    ...(anchor !== '' && { anchor: instantOf(anchor) }),
  }
}

/** What is wrong with a request, and at which place of it. */
export interface Fault {
  readonly path: string
  readonly message: string
}

/** The places that are seldom changed, behind a fold. */
export const POLICIES = [
  'missed',
  'maxCatchUp',
  'graceSeconds',
  'overlap',
  'jitterSeconds',
  'startsAt',
  'endsAt',
] as const

/** The places of the request that a wish has fields for. */
export function pathsOf({ rule, starts }: Wish): readonly string[] {
  const ofRules = { cron: ['cron', 'zone'], every: ['everySeconds', 'anchor'], once: ['at'] }[rule]
  const ofStarts = {
    json: ['start'],
    job: ['type', 'payload', 'priority'].map((name) => `start.job.${name}`),
    refit: ['stepId', 'question'].map((name) => `start.refit.${name}`),
    run: Array.from(OF_RUNS, (name) => `start.run.${name}`),
  }[starts]
  return ['name', ...ofRules.map((name) => `when.${name}`), ...ofStarts, ...POLICIES]
}

/** Tells what is wrong at each of these places; below one, with the rest of the place. A definition has one field, however it is named. */
export function faultsAt(
  paths: readonly string[],
): (faults: readonly Fault[]) => ReadonlyMap<string, string> {
  return (faults) =>
    new Map(
      faults.flatMap(({ path, message }) => {
        const at = paths.find(
          (one) => path === one || path.startsWith(`${one}.`) || path.startsWith(`${one}[`),
        )
        if (at === undefined) return []
        const rest = path.slice(at.length).replace(/^\./, '')
        const place = at === 'start.run.definitionId' ? 'start.run.definition' : at
        return [[place, rest === '' ? message : `${rest}: ${message}`] as const]
      }),
    )
}

/** The request of a wish, or why there is none. */
export function bodyOf(wish: Wish): { readonly body?: object; readonly fault?: Fault } {
  const { missed, overlap, startsAt, endsAt } = wish
  const { start, fault } = startOf(wish)
  if (fault !== undefined) return { fault }
  return {
    body: {
      name: wish.name.trim(),
      when: whenOf(wish),
      start,
      missed,
      maxCatchUp: numberIn(wish.maxCatchUp),
      graceSeconds: numberIn(wish.graceSeconds),
      overlap,
      jitterSeconds: numberIn(wish.jitterSeconds),
      startsAt: startsAt === '' ? null : instantOf(startsAt),
      endsAt: endsAt === '' ? null : instantOf(endsAt),
    },
  }
}

function startOf(wish: Wish): { readonly start?: unknown; readonly fault?: Fault } {
  const { starts } = wish
  if (starts === 'json') {
    const { value, fault } = jsonIn(wish.json, 'start')
    return fault ? { fault } : { start: value }
  }
  if (starts === 'job') {
    const { value, fault } = jsonIn(wish.payload, 'start.job.payload')
    if (fault) return { fault }
    const priority = wish.jobPriority.trim()
    return {
      start: {
        job: {
          type: wish.jobType.trim(),
          payload: value,
          ...(priority !== '' && { priority: numberIn(priority) }),
        },
      },
    }
  }
  if (starts === 'refit') {
    const [stepId, question] = [wish.stepId.trim(), wish.question.trim()]
    return { start: { refit: { ...(stepId && { stepId }), ...(question && { question }) } } }
  }
  const [kind, ...rest] = wish.definition.split(':')
  const which = rest.join(':')
  return {
    start: {
      run: {
        ...(kind === 'name' ? { definition: which } : { definitionId: which }),
        models: wish.models
          .split(',')
          .map((model) => model.trim())
          .filter((model) => model !== ''),
        repeats: numberIn(wish.repeats),
        samplePercentage: numberIn(wish.sample),
        ...(wish.seed.trim() !== '' && { sampleSeed: numberIn(wish.seed) }),
        priority: wish.priority,
        maxJobsPerSecond: wish.pace.trim() === '' ? null : numberIn(wish.pace),
      },
    },
  }
}

function jsonIn(text: string, path: string): { readonly value?: unknown; readonly fault?: Fault } {
  try {
    return { value: parsed(text) }
  } catch (error) {
    return {
      fault: { path, message: `is no JSON: ${error instanceof Error ? error.message : String(error)}` },
    }
  }
}

/** What a wish changes of another: members that are the same are left out. */
export function changesOf(body: object, before: object): object {
  const was = before as Members
  return Object.fromEntries(
    Object.entries(body).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(was[name])),
  )
}

/** What was typed, on top of what somebody else saved meanwhile. */
export function merged(typed: Wish, before: Wish, fresh: Wish): Wish {
  const own = Object.entries(typed).filter(([name, text]) => text !== before[name as keyof Wish])
  return { ...fresh, ...Object.fromEntries(own) }
}

/** An instant as a field has it, on the clock of this browser: without what is zero behind the minutes. */
export function localOf(instant: string | null): string {
  if (instant === null) return ''
  const then = new Date(instant)
  const local = new Date(then.getTime() - then.getTimezoneOffset() * 60_000).toISOString()
  return local.replace(/(?::00)?(?:\.000)?Z$/, '')
}

/** The instant that a field means; what is none goes as it is, and the answer says so. */
function instantOf(local: string): string {
  const then = new Date(local)
  return Number.isNaN(then.getTime()) ? local : then.toISOString()
}

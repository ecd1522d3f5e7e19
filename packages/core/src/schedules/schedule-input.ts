import { z } from 'zod'
import { byMember, instant, name, priority, severalOf, text, uuid } from '../input/parse.ts'
import type { Json } from '../json/json.ts'
import { withReferences } from '../runs/escalation/policy-input.ts'
import { runFields } from '../runs/run-input.ts'
import {
  MISSED_POLICIES,
  OVERLAP_POLICIES,
  type ScheduledRun,
  type ScheduleStart,
  TICK_OUTCOMES,
} from './schedule.ts'
import type { TicksWhere } from './schedule-store.ts'
import type { NewSchedule, NewWhen, ScheduleChange } from './schedules.ts'

const LONGEST_GRACE_SECONDS = 86_400
const LONGEST_JITTER_SECONDS = 3_600
/** Five years. */
const LONGEST_STEP_SECONDS = 157_680_000

/** Ticks that are listed ahead unless said, and at most. */
export const DEFAULT_UPCOMING = 10
const MOST_UPCOMING = 100

const cronWhen = z.strictObject({
  cron: text(1, 200).meta({ description: 'Five fields: minute, hour, day, month, weekday' }),
  zone: text(1, 100).meta({ description: 'A name of the zone database, such as Europe/Berlin' }),
})
const everyWhen = z.strictObject({
  everySeconds: z.int().min(1).max(LONGEST_STEP_SECONDS),
  anchor: instant.optional(),
})
const onceWhen = z.strictObject({ at: instant })

/** A rule in time: `{ cron, zone }`, `{ everySeconds, anchor? }` or `{ at }`. */
export const newWhen: z.ZodType<NewWhen, unknown> = byMember<NewWhen>({
  cron: cronWhen,
  everySeconds: everyWhen,
  at: onceWhen,
})

/** The pointers of a template. */
const POINTERS = ['/tick', '/scheduleId', '/previous'] as const

const reference = z.strictObject({ $: z.enum(POINTERS) })
const { experimentId: _experimentId, ...settings } = runFields
const scheduled = { ...settings, experimentId: z.union([name, reference]).nullable().optional() }
const ofId = z.strictObject({ definitionId: uuid, ...scheduled })
const ofName = z.strictObject({ definition: name, ...scheduled })
const run = byMember<ScheduledRun>({ definitionId: ofId, definition: ofName })

const payload: z.ZodType<Json, unknown> = withReferences
  .check((context) => {
    for (const { path, pointer } of pointersIn(context.value, [])) {
      if ((POINTERS as readonly string[]).includes(pointer)) continue
      const message = `names nothing that a tick has: there are ${POINTERS.join(', ')}`
      context.issues.push({ code: 'custom', message, path, input: context.value })
    }
  })
  .meta({
    description:
      'JSON in which `{ "$": "/tick" }` stands for the planned instant, `/scheduleId` for the schedule, and `/previous` for the tick that started something last, or null.',
  })

const jobStart = z.strictObject({
  job: z.strictObject({ type: name, payload, priority: priority.optional() }),
})
const runStart = z.strictObject({ run })
const refitStart = z.strictObject({
  refit: z.strictObject({ stepId: name.optional(), question: name.optional() }),
})

const start = byMember<ScheduleStart>({ job: jobStart, run: runStart, refit: refitStart })

const fields = {
  name,
  when: newWhen,
  start,
  missed: z.enum(MISSED_POLICIES).optional(),
  maxCatchUp: z.int().min(1).max(100).optional(),
  graceSeconds: z.int().min(0).max(LONGEST_GRACE_SECONDS).optional(),
  overlap: z.enum(OVERLAP_POLICIES).optional(),
  jitterSeconds: z.int().min(0).max(LONGEST_JITTER_SECONDS).optional(),
  startsAt: instant.nullable().optional(),
  endsAt: instant.nullable().optional(),
}

/** A {@link NewSchedule}. */
export const newSchedule: z.ZodType<NewSchedule, unknown> = z.strictObject(fields)

/** A {@link ScheduleChange}. */
export const scheduleChange: z.ZodType<ScheduleChange, unknown> = z.strictObject({
  ...fields,
  name: name.optional(),
  when: newWhen.optional(),
  start: start.optional(),
})

/** Which instant is fired by hand. */
export const fireRequest: z.ZodType<{ readonly at?: Date | undefined }, unknown> = z.strictObject({
  at: instant.optional(),
})

/** How many ticks ahead, and from when on; as in a query the number may be text. */
export const upcomingFilter: z.ZodType<
  { readonly n?: number | undefined; readonly after?: Date | undefined },
  unknown
> = z.strictObject({
  n: z
    .preprocess(
      (value) => (typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value),
      z.int().min(1).max(MOST_UPCOMING),
    )
    .optional(),
  after: instant.optional(),
})

/** Which ticks are listed, as {@link TicksWhere}; as in a query, all may be text. */
export const ticksFilter: {
  readonly outcome: z.ZodType<TicksWhere['outcome'], unknown>
  readonly from: z.ZodType<Date | undefined, unknown>
  readonly to: z.ZodType<Date | undefined, unknown>
} = {
  outcome: severalOf(TICK_OUTCOMES).optional(),
  from: instant.optional(),
  to: instant.optional(),
}

interface Pointed {
  readonly path: PropertyKey[]
  readonly pointer: string
}

/** The pointers of a template that was read as one. */
function pointersIn(value: Json, at: readonly PropertyKey[]): Pointed[] {
  if (typeof value !== 'object' || value === null) return []
  const { $: pointer } = value as { readonly $?: Json }
  if (!Array.isArray(value) && typeof pointer === 'string') return [{ path: [...at, '$'], pointer }]
  return Object.entries(value).flatMap(([name, member]: [string, Json]) => pointersIn(member, [...at, name]))
}

import { batch, useSignal } from '@preact/signals'
import type { ComponentProps, VNode } from 'preact'
import { useEffect, useMemo } from 'preact/hooks'
import { CallError, call, type Problem } from '../api/call.ts'
import { useOnce } from '../api/once.ts'
import { Button } from '../design/button.tsx'
import { Dialog } from '../design/dialog.tsx'
import { Field } from '../design/field.tsx'
import { Trouble } from '../design/trouble.tsx'
import { usePlan } from '../feed/plan.ts'
import { useReading } from '../feed/reading.ts'
import { ComingTicks } from './coming-ticks.tsx'
import { findSchedule, type Schedule } from './data.ts'
import {
  bodyOf,
  changesOf,
  type Fault,
  faultsAt,
  freshWish,
  merged,
  POLICIES,
  pathsOf,
  UNITS,
  type Wish,
  whenOf,
  wishOf,
} from './wish.ts'
import { MISSED, OVERLAPS, RULES, STARTS, WORDS } from './words.ts'

/** Ticks that are shown of a rule while it is typed. */
const SHOWN = 5

interface SettingsProps {
  readonly projectId: string
  /** The schedule that is changed; without it one is made. */
  readonly schedule?: Schedule | undefined
  /** It is saved: the dialog is over. */
  readonly onSaved: (schedule: Schedule) => unknown
  readonly onClose: () => void
}

/** When a schedule starts what; the rule is read back, with its next ticks, as it is typed. */
export function ScheduleSettings({ projectId, schedule, onSaved, onClose }: SettingsProps): VNode {
  const zone = useMemo(() => Intl.DateTimeFormat().resolvedOptions().timeZone, [])
  const wishFrom = (from: Schedule | undefined): Wish =>
    from === undefined ? freshWish(zone) : wishOf(from, zone)
  /** The schedule that the fields are changes of. */
  const base = useSignal(schedule)
  const wish = useSignal(wishFrom(schedule))
  const notice = useSignal<string | undefined>(undefined)
  const problem = useSignal<Problem | undefined>(undefined)
  const faults = useSignal<readonly Fault[]>([])
  const isBusy = useSignal(false)
  const once = useOnce()
  const definitions = useReading(() => choicesOf(projectId))
  useEffect(() => void definitions.again(), [])
  const found = definitions.value.value ?? []
  const chosen = wish.value.definition
  const known =
    chosen === '' || found.some(({ value }) => value === chosen)
      ? found
      : [...found, { value: chosen, title: chosen.slice(chosen.indexOf(':') + 1) }]
  const typed: Wish = { ...wish.value, definition: chosen === '' ? (known[0]?.value ?? '') : chosen }
  const when = whenOf(typed)
  const plan = usePlan(isAsked(typed) ? when : undefined, () =>
    call('POST /projects/{projectId}/schedules/preview', {
      params: { projectId },
      body: { when: when as never },
    }),
  )
  const set = (change: Partial<Wish>): void =>
    batch(() => {
      wish.value = { ...wish.peek(), ...change }
      faults.value = []
      problem.value = undefined
    })
  const own = faultsAt(pathsOf(typed))
  const all = [...(plan.problem.value?.errors ?? []), ...faults.value]
  const faultOf = (path: string): string | undefined => own(all).get(path)
  const send = async (): Promise<void> => {
    const { body, fault } = bodyOf(typed)
    if (body === undefined) {
      faults.value = fault === undefined ? [] : [fault]
      return
    }
    const before = base.peek()
    if (before === undefined) {
      const input = { params: { projectId }, body } as never
      const add = 'POST /projects/{projectId}/schedules'
      await onSaved(await once(body, (key) => call(add, input, { key })))
      return
    }
    const changes = changesOf(body, bodyOf(wishFrom(before)).body ?? {})
    const input = { params: { id: before.scheduleId }, body: changes } as never
    await onSaved(await call('PATCH /schedules/{id}', input, { version: before.version }))
  }
  const refused = async (now: Problem): Promise<void> => {
    const before = base.peek()
    const fresh =
      now.code === 'version_conflict' && before !== undefined
        ? await findSchedule(before.scheduleId)
        : undefined
    batch(() => {
      if (fresh === undefined) {
        problem.value = now
        faults.value = now.errors ?? []
      } else {
        wish.value = merged(wish.peek(), wishFrom(before), wishFrom(fresh))
        base.value = fresh
        notice.value = WORDS.stale
      }
    })
  }
  const save = async (): Promise<void> => {
    batch(() => {
      problem.value = undefined
      faults.value = []
      notice.value = undefined
      isBusy.value = true
    })
    try {
      await send()
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      await refused(error.problem)
    } finally {
      isBusy.value = false
    }
  }
  const field: PartProps['field'] = (name, label, path, more) => (
    <Field
      label={label}
      value={typed[name]}
      onInput={(value) => set({ [name]: value })}
      fault={faultOf(path)}
      {...more}
    />
  )
  const parts: PartProps = { typed, field }
  const isAllSaid = problem.value?.errors?.every((fault) => own([fault]).size > 0) ?? false
  return (
    <Dialog title={schedule === undefined ? WORDS.addTitle : WORDS.changeTitle} onClose={onClose}>
      {field('name', WORDS.name, 'name', { help: WORDS.nameHelp })}
      <RuleFields {...parts} />
      <div class="schedule-preview" role="status">
        {plan.value.value !== undefined && (
          <>
            <p>
              <b>{plan.value.value.says}</b>
            </p>
            <ComingTicks items={plan.value.value.items.slice(0, SHOWN)} />
          </>
        )}
        {plan.problem.value !== undefined && plan.problem.value.errors === undefined && (
          <Trouble problem={plan.problem.value} isInline />
        )}
      </div>
      {field('starts', WORDS.starts, '', { choices: STARTS })}
      {definitions.problem.value !== undefined && typed.starts === 'run' && (
        <Trouble problem={definitions.problem.value} onAgain={() => void definitions.again()} isInline />
      )}
      <StartFields {...parts} definitions={known} isRead={definitions.value.value !== undefined} />
      <details class="schedule-more" open={POLICIES.some((path) => faultOf(path) !== undefined)}>
        <summary>{WORDS.rules}</summary>
        <PolicyFields {...parts} />
      </details>
      {notice.value !== undefined && (
        <div class="trouble inline" role="alert">
          <p>{notice.value}</p>
        </div>
      )}
      {problem.value !== undefined && !isAllSaid && <Trouble problem={problem.value} isInline />}
      <div class="deeds">
        <Button
          kind="primary"
          disabled={isBusy.value || typed.name.trim() === ''}
          onClick={() => void save()}
        >
          {WORDS.save}
        </Button>
        <Button kind="quiet" onClick={onClose}>
          Not now
        </Button>
      </div>
    </Dialog>
  )
}

type FieldProps = ComponentProps<typeof Field>

interface PartProps {
  readonly typed: Wish
  /** A field of the wish: its name there, and the place of the request that it is for. */
  readonly field: (
    name: keyof Wish,
    label: string,
    path: string,
    more?: Partial<Pick<FieldProps, 'help' | 'unit' | 'type' | 'choices' | 'isTall'>>,
  ) => VNode
}

function RuleFields({ typed, field }: PartProps): VNode {
  const zones = useMemo(zonesKnown, [])
  const zone = zones.includes(typed.zone) ? zones : [typed.zone, ...zones]
  return (
    <div class="fields">
      {field('rule', WORDS.rule, 'when', { choices: RULES })}
      {typed.rule === 'cron' && (
        <>
          {field('cron', WORDS.cron, 'when.cron', { help: WORDS.cronHelp })}
          {field('zone', WORDS.zone, 'when.zone', {
            choices: zone.map((value) => ({ value, title: value.replaceAll('_', ' ') })),
          })}
        </>
      )}
      {typed.rule === 'every' && (
        <>
          {field('every', WORDS.every, 'when.everySeconds')}
          {field('unit', WORDS.unit, '', { choices: UNITS })}
          {field('anchor', WORDS.anchor, 'when.anchor', { type: 'datetime-local', help: WORDS.anchorHelp })}
        </>
      )}
      {typed.rule === 'once' &&
        field('at', WORDS.at, 'when.at', { type: 'datetime-local', help: WORDS.here })}
    </div>
  )
}

/** The zones that this browser knows. */
function zonesKnown(): readonly string[] {
  const zones = Intl.supportedValuesOf('timeZone')
  return zones.includes('UTC') ? zones : ['UTC', ...zones]
}

interface StartProps extends PartProps {
  readonly definitions: readonly Choice[]
  readonly isRead: boolean
}

function StartFields({ typed, field, definitions, isRead }: StartProps): VNode {
  if (typed.starts === 'json')
    return field('json', WORDS.json, 'start', { isTall: true, help: WORDS.jsonHelp })
  if (typed.starts === 'refit')
    return (
      <div class="fields">
        {field('stepId', WORDS.step, 'start.refit.stepId', { help: WORDS.refitHelp })}
        {field('question', WORDS.question, 'start.refit.question', { help: WORDS.refitHelp })}
      </div>
    )
  if (typed.starts === 'job')
    return (
      <>
        <div class="fields">
          {field('jobType', WORDS.jobType, 'start.job.type')}
          {field('jobPriority', 'Priority', 'start.job.priority', { help: WORDS.priorityHelp })}
        </div>
        {field('payload', WORDS.payload, 'start.job.payload', { isTall: true, help: WORDS.payloadHelp })}
      </>
    )
  if (isRead && definitions.length === 0) return <p class="note">{WORDS.noDefinition}</p>
  return (
    <div class="fields">
      {field('definition', WORDS.definition, 'start.run.definition', { choices: definitions })}
      {field('models', WORDS.models, 'start.run.models', { help: WORDS.modelsHelp })}
      {field('repeats', 'Repeats', 'start.run.repeats')}
      {field('sample', 'Sample', 'start.run.samplePercentage', { unit: '%' })}
      {field('seed', 'Seed', 'start.run.sampleSeed', { help: 'Empty: 0' })}
      {field('priority', 'Priority', 'start.run.priority', {
        choices: ['low', 'normal', 'high'].map((value) => ({ value, title: value })),
      })}
      {field('pace', 'Pace', 'start.run.maxJobsPerSecond', {
        unit: 'jobs/s at most',
        help: 'Empty: as fast as it goes',
      })}
    </div>
  )
}

function PolicyFields({ typed, field }: PartProps): VNode {
  return (
    <div class="fields">
      {field('missed', WORDS.missed, 'missed', { choices: MISSED })}
      {typed.missed === 'all' && field('maxCatchUp', WORDS.maxCatchUp, 'maxCatchUp', { unit: 'ticks' })}
      {field('overlap', WORDS.overlap, 'overlap', { choices: OVERLAPS })}
      {field('graceSeconds', WORDS.grace, 'graceSeconds', { unit: 'seconds', help: WORDS.graceHelp })}
      {field('jitterSeconds', WORDS.jitter, 'jitterSeconds', { unit: 'seconds', help: WORDS.jitterHelp })}
      {field('startsAt', WORDS.startsAt, 'startsAt', { type: 'datetime-local', help: WORDS.here })}
      {field('endsAt', WORDS.endsAt, 'endsAt', { type: 'datetime-local', help: WORDS.here })}
    </div>
  )
}

interface Choice {
  readonly value: string
  readonly title: string
}

/** The definitions of a project to choose from: the newest version of each name, or one version for ever. */
async function choicesOf(projectId: string): Promise<readonly Choice[]> {
  const params = { projectId }
  const { items } = await call('GET /projects/{projectId}/definitions', { params, query: { limit: 200 } })
  return [
    ...Array.from(new Set(items.map(({ name }) => name))).map((name) => ({
      value: `name:${name}`,
      title: `${name}, its newest version`,
    })),
    ...items.map(({ definitionId, name, version }) => ({
      value: `id:${definitionId}`,
      title: `${name} v${version}`,
    })),
  ]
}

/** Whether there is enough of a rule to be read back. */
function isAsked({ rule, cron, every, at }: Wish): boolean {
  return { cron, every, once: at }[rule].trim() !== ''
}

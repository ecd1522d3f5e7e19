import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import { CallError, call, type Problem } from '../api/call.ts'
import { useOnce } from '../api/once.ts'
import { Ago } from '../design/ago.tsx'
import { Button } from '../design/button.tsx'
import { useNow } from '../design/clock.ts'
import { Confirm } from '../design/confirm.tsx'
import { Drawer } from '../design/drawer.tsx'
import { JsonView } from '../design/json-view.tsx'
import { Loading } from '../design/loading.tsx'
import { Panel } from '../design/panel.tsx'
import { State } from '../design/state.tsx'
import { duration, figure, fullTime } from '../design/time.ts'
import { Trouble } from '../design/trouble.tsx'
import { type Reading, useReading } from '../feed/reading.ts'
import { keyOf } from '../keys/bindings.ts'
import { useDeeds } from '../keys/page-keys.ts'
import { become, changed, hrefOf } from '../route/route.ts'
import { ComingTicks } from './coming-ticks.tsx'
import {
  findSchedule,
  lookOfSchedule,
  mayManage,
  type Schedule,
  startSaid,
  TICK_LOOKS,
  type Tick,
  type Upcoming,
} from './data.ts'
import { ScheduleSettings } from './settings.tsx'
import { MISSED, OVERLAPS, WORDS } from './words.ts'

/** Ticks to come that are read, and shown. */
const NEXT = { read: 10, shown: 5 } as const
/** Ticks that are shown at first, and once older ones are asked for. */
const TICKS = [10, 200] as const

interface ScheduleDrawerProps {
  readonly scheduleId: string
  /** As the list has it, which follows what happens; undefined if it does not hold it. */
  readonly row: Schedule | undefined
  readonly onMoved: (schedule: Schedule) => unknown
  readonly onRemoved: () => unknown
}

/** All of one schedule: its next ticks and its last ones, what it starts, and what can be done. */
export function ScheduleDrawer({ scheduleId, row, onMoved, onRemoved }: ScheduleDrawerProps): VNode {
  const params = { id: scheduleId }
  const isManager = mayManage()
  const reading = useReading(() => findSchedule(scheduleId))
  const most = useSignal<number>(TICKS[0])
  const next = useReading(
    async () => (await call('GET /schedules/{id}/next', { params, query: { n: NEXT.read } })).items,
  )
  const ticks = useReading(async () =>
    isManager
      ? call('GET /schedules/{id}/ticks', { params, query: { limit: most.peek() } })
      : { items: [], nextCursor: null },
  )
  const asking = useSignal<'change' | 'fire' | 'remove' | Tick | undefined>(undefined)
  const isBusy = useSignal(false)
  const refused = useSignal<Problem | undefined>(undefined)
  const isRead = useSignal(false)
  const once = useOnce()
  const schedule = row ?? reading.value.value
  useEffect(() => {
    // The list may hold it already, and then it follows.
    if (row === undefined) void reading.again().then(() => (isRead.value = true))
  }, [row === undefined])
  useEffect(() => {
    void next.again()
    void ticks.again()
  }, [schedule?.version, schedule?.nextAt, schedule?.lastTick?.firedAt, most.value])
  const put = (moved: Schedule): void => {
    reading.put(moved)
    onMoved(moved)
  }
  const read = async (): Promise<void> => {
    const now = await findSchedule(scheduleId)
    if (now !== undefined) put(now)
  }
  const toggle = async (): Promise<void> => {
    if (schedule === undefined || isBusy.peek()) return
    refused.value = undefined
    isBusy.value = true
    try {
      const name = schedule.paused ? 'POST /schedules/{id}/resume' : 'POST /schedules/{id}/pause'
      put(await call(name, { params, body: {} }, { version: schedule.version }))
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      refused.value = error.problem
      if (error.problem.code === 'version_conflict') await read()
    } finally {
      isBusy.value = false
    }
  }
  useDeeds(['schedules'], {
    pauseSchedule: () => {
      if (!isManager || schedule === undefined) return false
      void toggle()
      return true
    },
  })
  const close = (): void => {
    asking.value = undefined
  }
  const leave = (): void => become(changed({ item: undefined }))
  const fire = async (at?: string): Promise<void> => {
    const body = at === undefined ? {} : { at }
    await once(body, (key) => call('POST /schedules/{id}/fire', { params, body }, { key }))
    await read()
  }
  const isGone = schedule === undefined && isRead.value && reading.problem.value === undefined
  return (
    <>
      <Drawer
        of={scheduleId}
        title={<bdi>{schedule?.name ?? WORDS.title}</bdi>}
        onClose={leave}
        {...(isManager &&
          schedule !== undefined && {
            foot: (
              <>
                <Button onClick={() => (asking.value = 'fire')}>{WORDS.fire}</Button>
                <Button
                  disabled={isBusy.value}
                  keyName={keyOf('pauseSchedule')}
                  onClick={() => void toggle()}
                >
                  {schedule.paused ? WORDS.resume : WORDS.pause}
                </Button>
                <Button onClick={() => (asking.value = 'change')}>{WORDS.change}</Button>
                <Button kind="quiet" onClick={() => (asking.value = 'remove')}>
                  {WORDS.remove}
                </Button>
                {refused.value !== undefined && <Trouble problem={refused.value} isInline />}
              </>
            ),
          })}
      >
        {reading.problem.value !== undefined && (
          <Trouble problem={reading.problem.value} onAgain={() => void reading.again()} />
        )}
        {isGone && <p>{WORDS.gone}</p>}
        {schedule === undefined && !isGone && reading.problem.value === undefined && <Loading rows={6} />}
        {schedule !== undefined && (
          <>
            <Head schedule={schedule} />
            <NextTicks schedule={schedule} next={next} />
            {isManager && (
              <>
                <Ticks
                  ticks={ticks}
                  isAll={most.value !== TICKS[0]}
                  onMore={() => (most.value = TICKS[1])}
                  onFire={(tick) => (asking.value = tick)}
                />
                <Started start={schedule.start} />
                <Rules schedule={schedule} />
              </>
            )}
          </>
        )}
      </Drawer>
      {schedule !== undefined && asking.value === 'change' && (
        <ScheduleSettings
          projectId={schedule.projectId}
          schedule={schedule}
          onSaved={(saved) => {
            put(saved)
            close()
          }}
          onClose={close}
        />
      )}
      {schedule !== undefined && asking.value === 'fire' && (
        <Confirm title={WORDS.fireTitle} deed={WORDS.fireDeed} act={() => fire()} onClose={close}>
          <p>
            <bdi>{startSaid(schedule.start)}</bdi>. {WORDS.fireSays}
          </p>
        </Confirm>
      )}
      {typeof asking.value === 'object' && <Again tick={asking.value} act={fire} onClose={close} />}
      {schedule !== undefined && asking.value === 'remove' && (
        <Confirm
          title={WORDS.removeTitle}
          deed={WORDS.removeDeed}
          isDanger
          act={async () => {
            await call('DELETE /schedules/{id}', { params })
            leave()
            await onRemoved()
          }}
          onClose={close}
        >
          <p>
            <bdi>{schedule.name}</bdi>, {schedule.says}. {WORDS.removeSays}
          </p>
        </Confirm>
      )}
    </>
  )
}

interface AgainProps {
  readonly tick: Tick
  readonly act: (at: string) => Promise<void>
  readonly onClose: () => void
}

/** Asks before the work of a tick that started nothing is started. */
function Again({ tick: { plannedAt }, act, onClose }: AgainProps): VNode {
  return (
    <Confirm title={WORDS.fireAtTitle} deed={WORDS.fireDeed} act={() => act(plannedAt)} onClose={onClose}>
      <p>
        {WORDS.fireAtSays} {fullTime(new Date(plannedAt))}.
      </p>
    </Confirm>
  )
}

function Head({ schedule }: { readonly schedule: Schedule }): VNode {
  const { says, when } = schedule
  const look = lookOfSchedule(schedule, useNow())
  return (
    <section>
      <p class="schedule-line">
        <State look={look} isPill />
        <span class="schedule-says">{says}</span>
      </p>
      {'cron' in when && (
        <p class="quiet">
          <code>{when.cron}</code> · {when.zone}
        </p>
      )}
      {look.tone === 'failed' && <p class="note">{WORDS.late}</p>}
    </section>
  )
}

interface NextTicksProps {
  readonly schedule: Schedule
  readonly next: Pick<Reading<readonly Upcoming[]>, 'again' | 'problem' | 'value'>
}

function NextTicks({ schedule: { paused }, next }: NextTicksProps): VNode {
  const now = useNow()
  const items = next.value.value
  // Those of a paused schedule pass by without a trace.
  const coming = items?.filter(({ at }) => Date.parse(at) > now).slice(0, NEXT.shown)
  const isOld = items?.length === NEXT.read && (coming?.length ?? 0) < NEXT.shown
  useEffect(() => {
    if (isOld) void next.again()
  }, [isOld])
  return (
    <Panel title={WORDS.next}>
      {next.problem.value !== undefined && (
        <Trouble problem={next.problem.value} onAgain={() => void next.again()} isInline />
      )}
      {coming === undefined ? (
        next.problem.value === undefined && <Loading rows={3} />
      ) : coming.length === 0 && !isOld ? (
        <p class="quiet panel-body">{WORDS.nextNone}</p>
      ) : (
        <>
          {paused && <p class="quiet panel-body">{WORDS.nextPaused}</p>}
          <ComingTicks items={coming} />
        </>
      )}
    </Panel>
  )
}

interface TicksProps {
  readonly ticks: Pick<
    Reading<{ readonly items: readonly Tick[]; readonly nextCursor: string | null }>,
    'again' | 'problem' | 'value'
  >
  readonly isAll: boolean
  readonly onMore: () => void
  readonly onFire: (tick: Tick) => void
}

/** Ticks that have come, the latest first. */
function Ticks({ ticks, isAll, onMore, onFire }: TicksProps): VNode {
  const read = ticks.value.value
  return (
    <Panel title={WORDS.ticks} more={WORDS.ticksMore}>
      {ticks.problem.value !== undefined && (
        <Trouble problem={ticks.problem.value} onAgain={() => void ticks.again()} isInline />
      )}
      {read === undefined ? (
        ticks.problem.value === undefined && <Loading rows={3} />
      ) : read.items.length === 0 ? (
        <p class="quiet panel-body">{WORDS.ticksNone}</p>
      ) : (
        <ul class="schedule-ticks">
          {read.items.map((tick) => (
            <li key={`${tick.plannedAt} ${tick.again}`}>
              <span class="schedule-line">
                <State look={TICK_LOOKS[tick.outcome]}>{outcomeSaid(tick)}</State>
                <span class="quiet">{tookSaid(tick)}</span>
                <Ago at={tick.plannedAt} />
              </span>
              {tick.error !== null && <span class="schedule-error">{tick.error.message}</span>}
              <Came tick={tick} onFire={onFire} />
            </li>
          ))}
        </ul>
      )}
      {read?.nextCursor != null && !isAll && (
        <div class="deeds panel-body">
          <Button kind="quiet" onClick={onMore}>
            {WORDS.older}
          </Button>
        </div>
      )}
    </Panel>
  )
}

const outcomeSaid = ({ count, outcome }: Tick): string =>
  count === 1 ? outcome : `${figure(count)} ${outcome}`

/** How a tick came: by hand, or so much after its moment. */
function tookSaid({ again, firedAt, outcome, plannedAt }: Tick): string {
  if (again > 0) return 'by hand'
  const lateMs = Date.parse(firedAt) - Date.parse(plannedAt)
  return outcome === 'started' && lateMs >= 1_000 ? `${duration(lateMs)} later` : ''
}

/** What came of a tick: a link to it, or the deed that makes up for it. */
function Came({
  tick,
  onFire,
}: {
  readonly tick: Tick
  readonly onFire: (tick: Tick) => void
}): VNode | null {
  const { jobId, runId, outcome, count } = tick
  if (runId !== null) return <a href={hrefOf({ page: 'run', item: runId })}>{WORDS.run}</a>
  if (jobId !== null) return <a href={hrefOf({ page: 'jobs', item: jobId })}>{WORDS.job}</a>
  if (outcome === 'started' || count > 1) return null
  return (
    <span>
      <Button kind="quiet" onClick={() => onFire(tick)}>
        {WORDS.fireAt}…
      </Button>
    </span>
  )
}

function Started({ start }: { readonly start: unknown }): VNode {
  return (
    <Panel title={WORDS.starts} more={<bdi>{startSaid(start)}</bdi>}>
      <div class="panel-body">
        <JsonView value={start} />
      </div>
    </Panel>
  )
}

function Rules({ schedule }: { readonly schedule: Schedule }): VNode {
  const { missed, maxCatchUp, graceSeconds, overlap, jitterSeconds, startsAt, endsAt } = schedule
  const titleIn = (choices: readonly { readonly value: string; readonly title: string }[], value: string) =>
    choices.find((choice) => choice.value === value)?.title ?? value
  const rows: readonly (readonly [string, string | undefined])[] = [
    [WORDS.missed, missed === 'all' ? `The latest ${maxCatchUp} are made up` : titleIn(MISSED, missed)],
    [WORDS.grace, duration(graceSeconds * 1_000)],
    [WORDS.overlap, titleIn(OVERLAPS, overlap)],
    [WORDS.jitter, jitterSeconds === 0 ? undefined : duration(jitterSeconds * 1_000)],
    [WORDS.startsAt, startsAt === null ? undefined : fullTime(new Date(startsAt))],
    [WORDS.endsAt, endsAt === null ? undefined : fullTime(new Date(endsAt))],
  ]
  return (
    <Panel title={WORDS.rules}>
      <dl class="schedule-facts">
        {rows.flatMap(([title, words]) =>
          words === undefined ? (
            []
          ) : (
            <div key={title}>
              <dt>{title}</dt>
              <dd>{words}</dd>
            </div>
          ),
        )}
      </dl>
    </Panel>
  )
}

import type { VNode } from 'preact'
import { call } from '../api/call.ts'
import { Ago } from '../design/ago.tsx'
import { useNow } from '../design/clock.ts'
import { Empty } from '../design/empty.tsx'
import { NewButton } from '../design/new-button.tsx'
import { PageHead } from '../design/page-head.tsx'
import { State } from '../design/state.tsx'
import type { Column } from '../design/table.tsx'
import type { ListWindow } from '../feed/list-window.ts'
import { Listed, useListWindow } from '../feed/listed.tsx'
import { useLive } from '../feed/live.ts'
import { usePolled } from '../feed/polled.ts'
import { projectInSight } from '../feed/projects.ts'
import { useDeeds } from '../keys/page-keys.ts'
import { become, changed, route } from '../route/route.ts'
import {
  AGAIN_MS,
  findSchedule,
  isDue,
  lookOfSchedule,
  mayManage,
  type Schedule,
  startSaid,
  TICK_LOOKS,
} from './data.ts'
import { ScheduleDrawer } from './schedule-drawer.tsx'
import { ScheduleSettings } from './settings.tsx'
import './schedules.css'
import { WORDS } from './words.ts'

/** What starts by the clock in a project. */
export function Page(): VNode {
  const projectId = projectInSight.value
  if (projectId === undefined) return <main class="page-list schedules" tabIndex={-1} />
  return <Schedules key={projectId} projectId={projectId} />
}

const idOf = ({ scheduleId }: Schedule): string => scheduleId

function Schedules({ projectId }: { readonly projectId: string }): VNode {
  const { item, new: isNew } = route.value
  const isManager = mayManage()
  const list = useListWindow<Schedule>(
    (cursor, limit) =>
      call('GET /projects/{projectId}/schedules', {
        params: { projectId },
        query: { limit, ...(cursor !== undefined && { cursor }) },
      }),
    idOf,
  )
  const readOne = async (id: string): Promise<void> => {
    const now = await findSchedule(id).catch(() => null)
    if (now === undefined) list.leave(id)
    else if (now !== null) list.change(now)
  }
  useLive(`schedules ${projectId}`, {
    channels: [`project:${projectId}`],
    read: () => list.open(),
    apply: (batch) => {
      const changed = new Set<string>()
      for (const { type, data } of batch) {
        if (type !== 'schedule_changed' && type !== 'schedule_refused') continue
        const id = String(data['scheduleId'])
        if (data['change'] === 'removed') list.leave(id)
        else if (list.has(id)) changed.add(id)
        else if (data['change'] === 'added') list.arrive(id)
      }
      for (const id of changed) void readOne(id)
    },
  })
  useDeeds(['schedules'], {
    newSchedule: () => {
      if (!isManager) return false
      become(changed({ new: '1' }))
      return true
    },
  })
  const now = useNow()
  const due = list.rows.value.filter((row) => isDue(row, now)).map(idOf)
  return (
    <main class="page-list schedules" tabIndex={-1}>
      <PageHead title={WORDS.title}>
        {isManager && <NewButton words={WORDS.add} deed="newSchedule" kind="primary" />}
      </PageHead>
      {due.length > 0 && <Due read={() => Promise.all(due.map(readOne))} />}
      <div class={`beside${item === undefined ? '' : ' open'}`}>
        <div class="schedules-list">
          <Listed<Schedule>
            list={list}
            fresh={WORDS.fresh}
            empty={
              <Empty title={WORDS.none}>
                <p>
                  {WORDS.noneMore} {!isManager && WORDS.noneOthers}
                </p>
              </Empty>
            }
            label={WORDS.title}
            columns={isManager ? [...COLUMNS, ...OF_MANAGERS] : COLUMNS}
            leastWidth={isManager ? 920 : 560}
            rows={list.rows.value}
            keyOf={idOf}
            onOpen={({ scheduleId }) => become(changed({ item: scheduleId }))}
            narrow={(schedule) => (
              <>
                <span class="schedule-line">
                  <b dir="auto">{schedule.name}</b>
                  <StateOf schedule={schedule} />
                </span>
                <small class="quiet">
                  <Next schedule={schedule} /> · {schedule.says}
                </small>
              </>
            )}
          />
        </div>
        {item !== undefined && (
          <ScheduleDrawer
            key={item}
            scheduleId={item}
            row={rowOf(list, item)}
            onMoved={(next) => list.change(next)}
            onRemoved={() => list.open()}
          />
        )}
      </div>
      {isManager && isNew !== undefined && (
        <ScheduleSettings
          projectId={projectId}
          onSaved={async ({ scheduleId }) => {
            await list.open()
            become(changed({ item: scheduleId, new: undefined }))
          }}
          onClose={() => become(changed({ new: undefined }))}
        />
      )}
    </main>
  )
}

const rowOf = (list: ListWindow<Schedule>, id: string): Schedule | undefined =>
  list.rows.value.find((row) => idOf(row) === id)

/** Reads what is due again until its tick has come. */
function Due({ read }: { readonly read: () => Promise<unknown> }): null {
  usePolled(read, AGAIN_MS)
  return null
}

function StateOf({ schedule }: { readonly schedule: Schedule }): VNode {
  return <State look={lookOfSchedule(schedule, useNow())} />
}

/** When the next tick comes: one that is due says so until it has come. */
function Next({ schedule: { nextAt } }: { readonly schedule: Schedule }): VNode {
  const now = useNow()
  return nextAt !== null && Date.parse(nextAt) <= now ? <span>due</span> : <Ago at={nextAt} />
}

const COLUMNS: readonly Column<Schedule>[] = [
  {
    id: 'name',
    title: 'Schedule',
    track: 'minmax(140px, 2fr)',
    draw: ({ name }) => (
      <span dir="auto" title={name}>
        {name}
      </span>
    ),
  },
  { id: 'state', title: 'State', track: '116px', draw: (schedule) => <StateOf schedule={schedule} /> },
  {
    id: 'says',
    title: 'When',
    track: 'minmax(180px, 3fr)',
    draw: ({ says, when }) => (
      <span title={'cron' in when ? `${when.cron} · ${when.zone}` : says}>{says}</span>
    ),
  },
  { id: 'next', title: 'Next tick', track: '96px', draw: (schedule) => <Next schedule={schedule} /> },
]

const OF_MANAGERS: readonly Column<Schedule>[] = [
  {
    id: 'last',
    title: 'Last tick',
    track: 'minmax(172px, 1fr)',
    draw: ({ lastTick }) =>
      lastTick === null ? (
        '–'
      ) : (
        <span class="schedule-tick">
          <State look={TICK_LOOKS[lastTick.outcome]} /> <Ago at={lastTick.firedAt} />
        </span>
      ),
  },
  {
    id: 'starts',
    title: 'Starts',
    track: 'minmax(140px, 2fr)',
    draw: ({ start }) => (
      <span dir="auto" title={startSaid(start)}>
        {startSaid(start)}
      </span>
    ),
  },
]

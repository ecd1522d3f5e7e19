import type { VNode } from 'preact'
import { call } from '../api/call.ts'
import { Ago } from '../design/ago.tsx'
import { Empty } from '../design/empty.tsx'
import { NewButton } from '../design/new-button.tsx'
import { PageHead } from '../design/page-head.tsx'
import { Progress } from '../design/progress.tsx'
import { lookOf, State } from '../design/state.tsx'
import type { Column } from '../design/table.tsx'
import { figure } from '../design/time.ts'
import { Listed, useListWindow } from '../feed/listed.tsx'
import { useLive } from '../feed/live.ts'
import { projectInSight } from '../feed/projects.ts'
import { useDeeds } from '../keys/page-keys.ts'
import { become, changed, go, hrefOf, route } from '../route/route.ts'
import './calibrate.css'
import { type Calibration, judgeSaid, readCalibration, summaryOf } from './data.ts'
import { NewCalibration } from './new-calibration.tsx'
import { OneCalibration } from './one.tsx'
import { WORDS } from './words.ts'

/** Calibrations that are read at once: each is estimated anew. */
const AT_ONCE = 25

/** Judges beside people: the calibrations of a project, or one of them. */
export function Page(): VNode {
  const projectId = projectInSight.value
  const { item, new: isNew } = route.value
  useDeeds(['calibrate'], {
    newCalibration: () => {
      if (projectId === undefined) return false
      become(changed({ new: '1' }))
      return true
    },
  })
  return (
    <>
      {item !== undefined ? (
        <OneCalibration key={item} calibrationId={item} />
      ) : projectId === undefined ? (
        <main class="page-list calibrate" tabIndex={-1} />
      ) : (
        <List key={projectId} projectId={projectId} />
      )}
      {isNew !== undefined && projectId !== undefined && (
        <NewCalibration
          projectId={projectId}
          onClose={() => become(changed({ new: undefined, run: undefined }))}
        />
      )}
    </>
  )
}

const idOf = ({ calibrationId }: Calibration): string => calibrationId

function List({ projectId }: { readonly projectId: string }): VNode {
  const list = useListWindow<Calibration>(
    (cursor, limit) =>
      call('GET /projects/{projectId}/calibrations', {
        params: { projectId },
        query: { limit: Math.min(limit, AT_ONCE), ...(cursor !== undefined && { cursor }) },
      }),
    idOf,
  )
  useLive(`calibrations ${projectId}`, {
    channels: [`project:${projectId}`],
    read: () => list.open(),
    keyOf: ({ type, data }) =>
      type === 'calibration_progress' ? `progress ${String(data['calibrationId'])}` : undefined,
    apply: (batch) => {
      for (const { type, data } of batch) {
        const id = String(data['calibrationId'])
        const row = list.rows.peek().find((each) => idOf(each) === id)
        if (type === 'calibration_drawn' && row === undefined) list.arrive(id)
        else if (type === 'calibration_progress' && row !== undefined)
          list.change({ ...row, labelled: Number(data['labelled']), waiting: Number(data['waiting']) })
        // Only then are its estimates final; until then each label would have them made anew.
        else if (type === 'calibration_completed' && row !== undefined)
          void readCalibration(id).then(
            (now) => list.change(now),
            () => undefined,
          )
      }
    },
  })
  return (
    <main class="page-list calibrate" tabIndex={-1}>
      <PageHead title={WORDS.title}>
        <NewButton words={WORDS.fresh} deed="newCalibration" kind="primary" />
      </PageHead>
      <Listed<Calibration>
        list={list}
        empty={<Empty title={WORDS.none}>{WORDS.noneMore}</Empty>}
        label={WORDS.title}
        columns={COLUMNS}
        leastWidth={760}
        rows={list.rows.value}
        keyOf={idOf}
        onOpen={({ calibrationId }) => go({ page: 'calibrate', project: projectId, item: calibrationId })}
        narrow={(calibration) => (
          <>
            <Name calibration={calibration} />
            <Labelled calibration={calibration} />
          </>
        )}
      />
    </main>
  )
}

function Name({ calibration }: { readonly calibration: Calibration }): VNode {
  const { calibrationId, projectId, truth } = calibration
  return (
    <a href={hrefOf({ page: 'calibrate', project: projectId, item: calibrationId })} tabIndex={-1} dir="auto">
      {judgeSaid(calibration)} beside {truth.question}
    </a>
  )
}

function Labelled({ calibration }: { readonly calibration: Calibration }): VNode {
  const { labelled, budget, status } = calibration
  return (
    <span class="calibrate-labelled">
      <State look={lookOf('calibration', status)} />
      {/* Those that will not come count there as well. */}
      {status !== 'cancelled' && (
        <>
          <Progress
            label={judgeSaid(calibration)}
            parts={[{ title: 'labelled', value: labelled, tone: 'done' }]}
            total={budget}
          />
          <span>
            {figure(labelled)} of {figure(budget)}
          </span>
        </>
      )}
    </span>
  )
}

const COLUMNS: readonly Column<Calibration>[] = [
  {
    id: 'name',
    title: 'Judge beside question',
    track: 'minmax(160px, 2fr)',
    draw: (calibration) => <Name calibration={calibration} />,
  },
  {
    id: 'labelled',
    title: 'Labelled',
    track: 'minmax(260px, 2fr)',
    draw: (calibration) => <Labelled calibration={calibration} />,
  },
  {
    id: 'said',
    title: 'What people would say',
    track: 'minmax(160px, 3fr)',
    draw: (calibration) => <span title={summaryOf(calibration)}>{summaryOf(calibration)}</span>,
  },
  { id: 'since', title: 'Drawn', track: '92px', draw: ({ createdAt }) => <Ago at={createdAt} /> },
]

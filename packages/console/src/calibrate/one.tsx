import { answerLine } from '@muster/core/evaluation'
import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { call } from '../api/call.ts'
import { useSaving } from '../api/saving.ts'
import { Ago } from '../design/ago.tsx'
import { Button } from '../design/button.tsx'
import { Confirm } from '../design/confirm.tsx'
import { Empty } from '../design/empty.tsx'
import { Figures } from '../design/figures.tsx'
import { Interval } from '../design/interval.tsx'
import { Loading } from '../design/loading.tsx'
import { PageHead } from '../design/page-head.tsx'
import { Panel } from '../design/panel.tsx'
import { figures, PlainTable } from '../design/plain-table.tsx'
import { Progress } from '../design/progress.tsx'
import { lookOf, State } from '../design/state.tsx'
import { Tabs } from '../design/tabs.tsx'
import { figure, signed } from '../design/time.ts'
import { Trouble } from '../design/trouble.tsx'
import { useLater, useLive } from '../feed/live.ts'
import { nameOfProject, projectInSight } from '../feed/projects.ts'
import { type Reading, useReading } from '../feed/reading.ts'
import { changed, hrefOf, route } from '../route/route.ts'
import { Beside } from './beside.tsx'
import { type Calibration, judgeSaid, readCalibration } from './data.ts'
import { Extend } from './extend.tsx'
import { Curve, Widths } from './pictures.tsx'
import { WORDS } from './words.ts'

/** One calibration: what people would say of each model, how the judge does beside them, and how far the labels are. */
export function OneCalibration({ calibrationId }: { readonly calibrationId: string }): VNode {
  const reading = useReading(() => readCalibration(calibrationId))
  const soon = useLater(reading.again)
  const now = reading.value.value
  const projectId = now?.projectId ?? projectInSight.value
  useLive(projectId ?? '', {
    channels: [projectId === undefined ? undefined : `project:${projectId}`],
    read: reading.again,
    apply: (batch) => {
      if (batch.some(({ data }) => data['calibrationId'] === calibrationId)) soon()
    },
  })
  if (now === undefined)
    return (
      <main class="page-panels calibrate" tabIndex={-1}>
        <PageHead title={WORDS.title} />
        {reading.problem.value === undefined ? (
          <Loading rows={8} />
        ) : (
          <Trouble problem={reading.problem.value} onAgain={() => void reading.again()} />
        )}
      </main>
    )
  return <Told calibration={now} reading={reading} />
}

interface ToldProps {
  readonly calibration: Calibration
  readonly reading: Reading<Calibration>
}

function Told({ calibration, reading }: ToldProps): VNode {
  const { calibrationId, projectId, runId, design, target, seed, createdAt, status } = calibration
  const { budget, units, labelled, waiting, unscored, provisional, anytime, extended, truth, models } =
    calibration
  const over = useSignal<'cancel' | 'extend' | undefined>(undefined)
  const close = (): void => {
    over.value = undefined
  }
  const name = judgeSaid(calibration)
  const isCancelled = status === 'cancelled'
  const { save, problem } = useSaving(
    `/calibrations/${calibrationId}/report.html`,
    `calibration-${name}.html`,
  )
  const { model: asked } = route.value
  const model = models.find((each) => each.model === asked) ?? models[0]
  const stale = reading.problem.value ?? problem.value
  const line = answerLine(calibration.kind, models)
  return (
    <main class="page-panels calibrate" tabIndex={-1}>
      <PageHead
        title={`${name} beside people`}
        state={
          <>
            <State look={lookOf('calibration', status)} isPill />
            <p class="quiet">
              {design} · speaks of {target === 'run' ? 'these very outputs' : 'scenarios like these'} · seed{' '}
              {seed} · <Ago at={createdAt} />
            </p>
          </>
        }
      >
        {status === 'labelling' && (
          <Button kind="danger" onClick={() => (over.value = 'cancel')}>
            {WORDS.cancel}
          </Button>
        )}
        {!isCancelled && <Button onClick={() => (over.value = 'extend')}>{WORDS.extend}</Button>}
        <Button icon="download" onClick={() => void save()}>
          {WORDS.report}
        </Button>
      </PageHead>
      <p class="calibrate-of">
        People answer <b>{truth.question}</b> in{' '}
        <bdi>{nameOfProject(truth.projectId) ?? 'another project'}</bdi>:{' '}
        <a
          href={hrefOf({
            page: 'tasks',
            project: truth.projectId,
            q: `calibration/${calibrationId}/`,
            status: waiting === 0 ? 'completed' : undefined,
          })}
        >
          see the tasks
        </a>
        . Drawn from{' '}
        <a href={hrefOf({ page: 'run', project: projectId, item: runId })}>run {runId.slice(-8)}</a>.{' '}
        <a href={hrefOf({ page: 'calibrate', project: projectId })}>All calibrations</a>
      </p>
      {stale !== undefined && <Trouble problem={stale} isInline />}
      {provisional && <Note words={WORDS.provisional} />}
      {anytime && <Note words={WORDS.anytime} />}
      {extended && <Note words={WORDS.extended} />}
      <Figures
        figures={[
          {
            title: isCancelled ? 'Labelled or given up' : 'Labelled',
            value: figure(labelled),
            more: `of ${figure(budget)} units`,
          },
          { title: 'Open tasks', value: figure(waiting) },
          { title: 'Drawn from', value: figure(units), more: 'units' },
          { title: 'Without a score', value: figure(unscored), more: 'left out' },
        ]}
      />
      <Progress
        label="Labelled"
        parts={[{ title: 'labelled', value: labelled, tone: 'done' }]}
        total={budget}
        isTall
      />
      <Beside calibration={calibration} line={line} now={model?.model} />
      {calibration.differences.length > 0 && <Differences calibration={calibration} />}
      {model !== undefined && (
        <>
          {models.length > 1 && (
            <Tabs
              label="Pictures of"
              now={model.model}
              tabs={models.map((each) => ({
                id: each.model,
                title: each.model,
                href: hrefOf(changed({ model: each.model })),
              }))}
            />
          )}
          {model.curve.length === 0 ? (
            <Empty title={WORDS.noPicture}>{model.refused?.message ?? WORDS.noPictureMore}</Empty>
          ) : (
            <div class="calibrate-pictures">
              <Widths model={model} />
              <Curve model={model} line={line} />
            </div>
          )}
        </>
      )}
      {over.value === 'extend' && <Extend calibration={calibration} onDone={reading.put} onClose={close} />}
      {over.value === 'cancel' && (
        <Confirm
          title="Cancel the calibration?"
          deed={`Cancel ${figure(waiting)} ${waiting === 1 ? 'task' : 'tasks'}`}
          isDanger
          act={async () => {
            const params = { id: calibrationId }
            reading.put(await call('POST /calibrations/{id}/cancel', { params, body: {} }))
          }}
          onClose={close}
        >
          <p>{WORDS.cancelMore}</p>
        </Confirm>
      )}
    </main>
  )
}

function Note({ words }: { readonly words: string }): VNode {
  return <p class="note">{words}</p>
}

type Difference = Calibration['differences'][number]

function Differences({ calibration: { differences } }: { readonly calibration: Calibration }): VNode {
  const most =
    Math.max(...differences.flatMap(({ low, high }) => [Math.abs(low ?? 0), Math.abs(high ?? 0)])) || 1
  return (
    <Panel title={WORDS.differences} more={WORDS.differencesMore} class="calibrate-differences">
      <PlainTable<Difference>
        label={WORDS.differences}
        rows={differences}
        keyOf={({ a, b }) => `${a} ${b}`}
        columns={[
          {
            id: 'models',
            title: 'Models',
            draw: ({ a, b }) => (
              <>
                <bdi>{b}</bdi> less <bdi>{a}</bdi>
              </>
            ),
          },
          {
            id: 'picture',
            title: 'Less · more',
            draw: ({ a, b, estimate, low, high }) =>
              estimate === null || low === null || high === null ? (
                '–'
              ) : (
                <Interval
                  label={`${b} less ${a}: ${signed(estimate)}, from ${signed(low)} to ${signed(high)}`}
                  value={estimate}
                  low={low}
                  high={high}
                  line={[-most, most]}
                  mark={0}
                />
              ),
          },
          figures('difference', 'Difference', ({ estimate }) => signed(estimate)),
          figures('interval', 'Interval', ({ low, high }) =>
            low === null ? '–' : `${signed(low)} to ${signed(high)}`,
          ),
          figures('labels', 'Labels', (row) => figure(row.labelled)),
        ]}
      />
    </Panel>
  )
}

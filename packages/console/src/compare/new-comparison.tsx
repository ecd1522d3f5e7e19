import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { CallError, call, type Problem } from '../api/call.ts'
import { useOnce } from '../api/once.ts'
import { Button } from '../design/button.tsx'
import { Confirm } from '../design/confirm.tsx'
import { Empty } from '../design/empty.tsx'
import { Field } from '../design/field.tsx'
import { Loading } from '../design/loading.tsx'
import { ScorerFields } from '../design/scorer.tsx'
import { Trouble } from '../design/trouble.tsx'
import { type CompletedRun, completedRuns, titleOfRun } from '../feed/completed-runs.ts'
import { useReading } from '../feed/reading.ts'
import { go, route } from '../route/route.ts'
import { bodyOf, FRESH_METRIC, metricsFrom, type WishedMetric, type WishedSide } from './wish.ts'
import { WORDS } from './words.ts'

/** A side as the address names it: a run, and a model after the slash. */
function sideIn(text: string | undefined): WishedSide {
  const [runId = '', ...model] = (text ?? '').split('/')
  return { runId, model: model.join('/') }
}

interface NewComparisonProps {
  readonly projectId: string
  readonly onClose: () => void
}

/** Asks which two models to compare, and by what. */
export function NewComparison({ projectId, onClose }: NewComparisonProps): VNode {
  const { baseline: one, candidate: other } = route.peek()
  const sides = useSignal({ baseline: sideIn(one), candidate: sideIn(other) })
  const metrics = useSignal<readonly WishedMetric[]>([FRESH_METRIC])
  /** The metrics as JSON, once somebody wants them so. */
  const text = useSignal<string | undefined>(undefined)
  const slices = useSignal('')
  const clusterBy = useSignal('')
  const problem = useSignal<Problem | undefined>(undefined)
  const once = useOnce()
  const isDone = useRef(false)
  const runs = useReading(() =>
    completedRuns(projectId, [sides.peek().baseline.runId, sides.peek().candidate.runId]),
  )
  useEffect(() => void runs.again(), [])
  const known = runs.value.value
  const side = (name: 'baseline' | 'candidate'): WishedSide => {
    const { runId, model } = sides.value[name]
    const run = known?.find((each) => each.runId === runId) ?? (runId === '' ? known?.[0] : undefined)
    const models = run?.config.models ?? []
    // The other model of one run is the likeliest to be compared with the first.
    const likely = name === 'candidate' ? (models[1] ?? models[0]) : models[0]
    return { runId: run?.runId ?? '', model: models.includes(model) ? model : (likely ?? '') }
  }
  const [baseline, candidate] = [side('baseline'), side('candidate')]
  const json = text.value === undefined ? undefined : metricsFrom(text.value)
  const set = (name: 'baseline' | 'candidate', change: Partial<WishedSide>): void => {
    sides.value = { ...sides.peek(), [name]: { ...side(name), ...change } }
  }
  const faultAt = (path: string): string | undefined =>
    problem.value?.errors?.find((issue) => issue.path === path || issue.path.startsWith(`${path}.`))?.message
  return (
    <Confirm
      title={WORDS.fresh}
      deed={`Compare ${candidate.model || '…'} with ${baseline.model || '…'}`}
      isOff={baseline.model === '' || candidate.model === '' || json?.fault !== undefined}
      act={async () => {
        const body = bodyOf({
          baseline,
          candidate,
          metrics: json?.metrics ?? metrics.value,
          slices: slices.value,
          clusterBy: clusterBy.value,
        })
        const input = { params: { projectId }, body } as never
        try {
          problem.value = undefined
          const { comparisonId } = await once(body, (key) =>
            call('POST /projects/{projectId}/comparisons', input, { key }),
          )
          isDone.current = true
          go({ page: 'compare', project: projectId, item: comparisonId })
        } catch (error) {
          if (error instanceof CallError) problem.value = error.problem
          throw error
        }
      }}
      onClose={() => {
        // The address leads to the comparison by then.
        if (!isDone.current) onClose()
      }}
    >
      {runs.problem.value !== undefined && (
        <Trouble problem={runs.problem.value} onAgain={() => void runs.again()} isInline />
      )}
      {known === undefined ? (
        runs.problem.value === undefined && <Loading rows={4} />
      ) : known.length === 0 ? (
        <Empty title={WORDS.noRuns}>{WORDS.noRunsMore}</Empty>
      ) : (
        <>
          <Side name="baseline" title={WORDS.inBaseline} side={baseline} runs={known} set={set} />
          <Side name="candidate" title={WORDS.inCandidate} side={candidate} runs={known} set={set} />
          {text.value === undefined ? (
            metrics.value.map((metric, nth) => (
              <MetricFields
                key={nth}
                nth={nth}
                metric={metric}
                faultOf={(path) => faultAt(`metrics[${nth}].${path}`)}
                onChange={(change) => {
                  metrics.value = metrics
                    .peek()
                    .map((each, at) => (at === nth ? { ...each, ...change } : each))
                }}
                onRemove={
                  metrics.value.length === 1
                    ? undefined
                    : () => (metrics.value = metrics.peek().filter((_, at) => at !== nth))
                }
              />
            ))
          ) : (
            <Field
              label="Metrics as JSON"
              help="A list of metrics, or a policy file: every scorer there is"
              isTall
              value={text.value}
              onInput={(typed) => (text.value = typed)}
              fault={json?.fault}
            />
          )}
          <div class="deeds">
            {text.value === undefined && (
              <Button
                kind="quiet"
                icon="add"
                onClick={() => {
                  metrics.value = [
                    ...metrics.peek(),
                    { ...FRESH_METRIC, name: `metric ${metrics.peek().length + 1}` },
                  ]
                }}
              >
                Another metric
              </Button>
            )}
            <Button
              kind="quiet"
              pressed={text.value !== undefined}
              onClick={() => {
                text.value =
                  text.peek() === undefined
                    ? JSON.stringify(
                        bodyOf({ baseline, candidate, metrics: metrics.peek(), slices: '', clusterBy: '' })
                          .metrics,
                        null,
                        2,
                      )
                    : undefined
              }}
            >
              Metrics as JSON
            </Button>
          </div>
          <div class="fields">
            <Field
              label="Slices"
              help="Pointers into the scenario, such as /language, with commas between"
              value={slices.value}
              onInput={(typed) => (slices.value = typed)}
              fault={faultAt('slices')}
            />
            <Field
              label="Scenarios belong together by"
              help="A pointer to what they share, such as /family; empty: each stands alone"
              value={clusterBy.value}
              onInput={(typed) => (clusterBy.value = typed)}
              fault={faultAt('clusterBy')}
            />
          </div>
        </>
      )}
    </Confirm>
  )
}

interface SideProps {
  readonly name: 'baseline' | 'candidate'
  readonly title: string
  readonly side: WishedSide
  readonly runs: readonly CompletedRun[]
  readonly set: (name: 'baseline' | 'candidate', change: Partial<WishedSide>) => void
}

function Side({ name, title, side, runs, set }: SideProps): VNode {
  const models = runs.find(({ runId }) => runId === side.runId)?.config.models ?? []
  return (
    <div class="fields">
      <Field
        label={`${title}: run`}
        value={side.runId}
        onInput={(runId) => set(name, { runId, model: '' })}
        choices={runs.map((run) => ({ value: run.runId, title: titleOfRun(run) }))}
      />
      <Field
        label={`${title}: model`}
        value={side.model}
        onInput={(model) => set(name, { model })}
        choices={models.map((model) => ({ value: model, title: model }))}
      />
    </div>
  )
}

interface MetricFieldsProps {
  readonly nth: number
  readonly metric: WishedMetric
  /** What is wrong at a path of it. */
  readonly faultOf: (path: string) => string | undefined
  readonly onChange: (change: Partial<WishedMetric>) => void
  readonly onRemove: (() => unknown) | undefined
}

function MetricFields({ nth, metric, faultOf, onChange, onRemove }: MetricFieldsProps): VNode {
  const { name, scorer, better, aggregate } = metric
  return (
    <fieldset class="compare-metric">
      <legend>Metric {nth + 1}</legend>
      <div class="fields">
        <Field
          label="Name"
          value={name}
          onInput={(value) => onChange({ name: value })}
          fault={faultOf('name')}
        />
        <ScorerFields wish={metric} faultOf={(member) => faultOf(`score.${member}`)} onChange={onChange} />
        {scorer === 'value' && (
          <Field
            label="Of all values"
            value={aggregate}
            onInput={(value) => onChange({ aggregate: value as WishedMetric['aggregate'] })}
            choices={['mean', 'median', 'p95'].map((value) => ({ value, title: value }))}
          />
        )}
        <Field
          label="Better is"
          value={better}
          onInput={(value) => onChange({ better: value as WishedMetric['better'] })}
          choices={['higher', 'lower'].map((value) => ({ value, title: value }))}
        />
      </div>
      {onRemove !== undefined && (
        <Button kind="quiet" onClick={() => void onRemove()}>
          {`Leave out ${name}`}
        </Button>
      )}
    </fieldset>
  )
}

import { widthsByLabels } from '@muster/core/evaluation'
import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { call } from '../api/call.ts'
import { useOnce } from '../api/once.ts'
import { Button } from '../design/button.tsx'
import { Confirm } from '../design/confirm.tsx'
import { Empty } from '../design/empty.tsx'
import { Field } from '../design/field.tsx'
import { Loading } from '../design/loading.tsx'
import { figures, PlainTable } from '../design/plain-table.tsx'
import { ScorerFields } from '../design/scorer.tsx'
import { exact, figure } from '../design/time.ts'
import { Trouble } from '../design/trouble.tsx'
import { completedRuns, titleOfRun } from '../feed/completed-runs.ts'
import { usePlan } from '../feed/plan.ts'
import { projects } from '../feed/projects.ts'
import { useReading } from '../feed/reading.ts'
import { go, route } from '../route/route.ts'
import { type Calibration, type Plan, questionsOf } from './data.ts'
import { bodyOf, FRESH, requestFrom, type Wish } from './wish.ts'
import { DESIGNS, WORDS } from './words.ts'

interface NewCalibrationProps {
  readonly projectId: string
  readonly onClose: () => void
}

/** Asks which judge to hold against whom, and says what that would draw as one types. */
export function NewCalibration({ projectId, onClose }: NewCalibrationProps): VNode {
  const all = projects.value ?? []
  const typed = useSignal<Wish>({
    ...FRESH,
    runId: route.peek().run ?? '',
    // People seldom answer in the project of the run.
    projectId: all.find((one) => one.projectId !== projectId)?.projectId ?? projectId,
  })
  /** The request as JSON, once somebody wants it so. */
  const text = useSignal<string | undefined>(undefined)
  const isDone = useRef(false)
  const once = useOnce()
  const runs = useReading(() => completedRuns(projectId, [typed.peek().runId]))
  const questions = useReading(async () => {
    const { projectId: of } = typed.peek()
    return { of, asked: await questionsOf(of) }
  })
  useEffect(() => void runs.again(), [])
  useEffect(() => void questions.again(), [typed.value.projectId])
  const known = runs.value.value
  const read = questions.value.value
  // Those of another project are none of this one.
  const asked = read?.of === typed.value.projectId ? read.asked : []
  const run = known?.find(({ runId }) => runId === typed.value.runId) ?? known?.[0]
  const wish: Wish = {
    ...typed.value,
    runId: run?.runId ?? '',
    question: typed.value.question || (asked[0]?.value ?? ''),
  }
  const json = text.value === undefined ? undefined : requestFrom(text.value)
  const body = json === undefined ? bodyOf(wish) : json.body
  const isReady = json === undefined ? wish.runId !== '' && wish.question !== '' : body !== undefined
  const params = { projectId }
  const { value, problem, faultOf } = usePlan(isReady ? body : undefined, async () => {
    const input = { params, query: { dryRun: 'true' }, body } as never
    return (await call('POST /projects/{projectId}/calibrations', input)) as Plan
  })
  const plan = value.value
  // Beside its field, but for what is of no field.
  const rest = json === undefined && problem.value?.errors !== undefined ? undefined : problem.value
  const set = (change: Partial<Wish>): void => {
    typed.value = { ...typed.peek(), ...change }
  }
  const field = (name: keyof Wish, label: string, paths: readonly string[], help?: string) => (
    <Field
      label={label}
      help={help}
      value={wish[name]}
      onInput={(value) => set({ [name]: value })}
      fault={faultOf(...paths)}
    />
  )
  return (
    <Confirm
      title={WORDS.fresh}
      deed={
        plan === undefined ? 'Start' : `Start: ${figure(plan.tasks)} ${plan.tasks === 1 ? 'task' : 'tasks'}`
      }
      isOff={plan === undefined}
      act={async () => {
        const input = { params, query: {}, body } as never
        const made = await once(body, (key) =>
          call('POST /projects/{projectId}/calibrations', input, { key }),
        )
        isDone.current = true
        go({ page: 'calibrate', project: projectId, item: (made as Calibration).calibrationId })
      }}
      onClose={() => {
        // The address leads to the calibration by then.
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
          {text.value === undefined ? (
            <>
              <div class="fields">
                <Field
                  label="Run"
                  value={wish.runId}
                  onInput={(runId) => set({ runId })}
                  choices={known.map((one) => ({ value: one.runId, title: titleOfRun(one) }))}
                  fault={faultOf('runId')}
                />
                {field('models', 'Models', ['models'], `Empty: ${run?.config.models.join(', ')}`)}
              </div>
              <fieldset class="fields">
                <legend>Judge</legend>
                <ScorerFields
                  wish={wish}
                  faultOf={(member) => (member === 'to' ? faultOf('judge.to') : faultOf('judge.at'))}
                  onChange={set}
                />
                {field('least', 'Least score', ['range'])}
                {field('most', 'Most', [])}
              </fieldset>
              <fieldset class="fields">
                <legend>People</legend>
                <Field
                  label="Project"
                  value={wish.projectId}
                  onInput={(value) => set({ projectId: value, question: '' })}
                  choices={all.map(({ projectId: value, name: title }) => ({ value, title }))}
                  fault={faultOf('truth.projectId')}
                />
                <Field
                  label="Question"
                  value={wish.question}
                  onInput={(question) => set({ question })}
                  {...(asked.length > 0 && { choices: asked })}
                  fault={faultOf('truth.question')}
                />
                {field(
                  'map',
                  'Answers as numbers',
                  ['truth.map'],
                  'Such as yes=1, no=0; empty: they are numbers, or yes and no',
                )}
              </fieldset>
              <fieldset class="fields">
                <legend>Sample</legend>
                <Field
                  label="Design"
                  value={wish.design}
                  onInput={(design) => set({ design: design as Wish['design'] })}
                  choices={DESIGNS}
                  fault={faultOf('design', 'anytime')}
                />
                {field('budget', 'Budget', ['budget'], 'Units, each labelled for every model')}
                <Field
                  label="It speaks of"
                  value={wish.target}
                  onInput={(target) => set({ target: target as Wish['target'] })}
                  choices={[
                    { value: 'scenarios', title: 'scenarios like these' },
                    { value: 'run', title: 'these very outputs' },
                  ]}
                />
                {field(
                  'clusterBy',
                  'Scenarios belong together by',
                  ['clusterBy'],
                  'A pointer, such as /family',
                )}
              </fieldset>
            </>
          ) : (
            <Field
              label={WORDS.asJson}
              help={WORDS.asJsonHelp}
              isTall
              value={text.value}
              onInput={(now) => (text.value = now)}
              fault={json?.fault}
            />
          )}
          <div class="deeds">
            <Button
              kind="quiet"
              pressed={text.value !== undefined}
              onClick={() =>
                (text.value = text.peek() === undefined ? JSON.stringify(body, null, 2) : undefined)
              }
            >
              {WORDS.asJson}
            </Button>
          </div>
          {rest !== undefined && <Trouble problem={rest} isInline />}
          {plan !== undefined && (
            <Planned plan={plan} onBudget={json === undefined ? (budget) => set({ budget }) : undefined} />
          )}
        </>
      )}
    </Confirm>
  )
}

type Width = ReturnType<typeof widthsByLabels>[number]
type Stratum = Plan['allocation'][number]

interface PlannedProps {
  readonly plan: Plan
  /** Takes another budget. */
  readonly onBudget: ((budget: string) => void) | undefined
}

/** What would be drawn, and how many labels make which width. */
function Planned({
  plan: { units, unscored, drawn, tasks, allocation, halfWidths },
  onBudget,
}: PlannedProps): VNode {
  const widest = Math.max(...halfWidths.map(({ halfWidth }) => halfWidth ?? 0))
  const rows = widthsByLabels({ low: -widest, high: widest, labelled: widest > 0 ? drawn : 0, saved: null })
  return (
    <>
      <p role="status">
        {figure(drawn)} of {figure(units)} units, {figure(tasks)} {tasks === 1 ? 'task' : 'tasks'}
        {unscored > 0 && `; ${figure(unscored)} without a score are left out`}.
      </p>
      {rows.length > 0 && (
        <>
          <p class="field-help">{WORDS.byPlanMore}</p>
          <PlainTable
            label={WORDS.byPlan}
            rows={rows.filter(({ labels }) => labels <= units)}
            keyOf={({ labels }) => String(labels)}
            columns={[
              {
                id: 'units',
                title: 'Units',
                draw: ({ labels }) =>
                  onBudget === undefined ? (
                    figure(labels)
                  ) : (
                    <Button kind="quiet" pressed={labels === drawn} onClick={() => onBudget(String(labels))}>
                      {figure(labels)}
                    </Button>
                  ),
              },
              figures<Width>('tasks', 'Tasks', ({ labels }) => figure((labels * tasks) / drawn)),
              figures<Width>('half', 'About', ({ halfWidth }) => `± ${exact(halfWidth)}`),
            ]}
          />
        </>
      )}
      {allocation.length > 1 && (
        <>
          <p class="field-help">{WORDS.strata}</p>
          <PlainTable
            label={WORDS.strata}
            rows={allocation}
            keyOf={({ stratum }) => JSON.stringify(stratum)}
            columns={[
              {
                id: 'stratum',
                title: 'Stratum',
                draw: ({ stratum }) => (typeof stratum === 'string' ? stratum : JSON.stringify(stratum)),
              },
              figures<Stratum>('units', 'Units', (row) => figure(row.units)),
              figures<Stratum>('drawn', 'Drawn', (row) => figure(row.drawn)),
            ]}
          />
        </>
      )}
    </>
  )
}

import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import { call } from '../api/call.ts'
import { useOnce } from '../api/once.ts'
import { Confirm } from '../design/confirm.tsx'
import { Empty } from '../design/empty.tsx'
import { Field } from '../design/field.tsx'
import { Loading } from '../design/loading.tsx'
import { figure } from '../design/time.ts'
import { Trouble } from '../design/trouble.tsx'
import { usePlan } from '../feed/plan.ts'
import { useReading } from '../feed/reading.ts'
import { go } from '../route/route.ts'
import { WORDS } from './words.ts'

interface Wish {
  readonly definitionId: string
  readonly models: string
  readonly repeats: string
  readonly sample: string
  readonly seed: string
  readonly priority: string
  readonly pace: string
}

const FRESH: Wish = {
  definitionId: '',
  models: '',
  repeats: '1',
  sample: '100',
  seed: '0',
  priority: 'normal',
  pace: '',
}

/** Asks what to run; the button says how many jobs that makes, counted as one types. */
export function NewRun({
  projectId,
  knownModels,
  onClose,
}: {
  readonly projectId: string
  readonly knownModels: readonly string[]
  readonly onClose: () => void
}): VNode {
  const definitions = useReading(async () => {
    const { items } = await call('GET /projects/{projectId}/definitions', {
      params: { projectId },
      query: { limit: 200 },
    })
    return items
  })
  const wish = useSignal<Wish>(FRESH)
  const once = useOnce()
  useEffect(() => void definitions.again(), [])
  const known = definitions.value.value
  const chosen = wish.value.definitionId === '' ? (known?.[0]?.definitionId ?? '') : wish.value.definitionId
  const body = bodyOf({ ...wish.value, definitionId: chosen })
  const plan = usePlan(chosen === '' || body.models.length === 0 ? undefined : body, async () => {
    const input = { params: { projectId }, query: { dryRun: 'true' }, body } as never
    return (await call('POST /projects/{projectId}/runs', input)) as unknown as { readonly jobs: number }
  })
  const set = (change: Partial<Wish>): void => {
    wish.value = { ...wish.peek(), ...change }
  }
  const { faultOf } = plan
  const problem = plan.problem.value
  const rest = problem?.errors === undefined ? problem : undefined
  const number = plan.value.value?.jobs
  return (
    <Confirm
      title="New run"
      deed={number === undefined ? 'Start' : `Start ${figure(number)} ${number === 1 ? 'job' : 'jobs'}`}
      isOff={number === undefined}
      act={async () => {
        const input = { params: { projectId }, query: {}, body } as never
        const started = await once(body, (key) => call('POST /projects/{projectId}/runs', input, { key }))
        const { runId } = started as unknown as { readonly runId: string }
        go({ page: 'run', project: projectId, item: runId })
      }}
      onClose={onClose}
    >
      {definitions.problem.value !== undefined && <Trouble problem={definitions.problem.value} isInline />}
      {known === undefined ? (
        <Loading rows={4} />
      ) : known.length === 0 ? (
        <Empty title={WORDS.noDefinition}>{WORDS.noDefinitionMore}</Empty>
      ) : (
        <div class="new-run">
          <Field
            label="Definition"
            value={chosen}
            onInput={(definitionId) => set({ definitionId })}
            choices={known.map(({ definitionId, name, version, scenarioCount }) => ({
              value: definitionId,
              title: `${name} v${version} · ${figure(scenarioCount)} scenarios`,
            }))}
            fault={faultOf('definitionId')}
          />
          <Field
            label="Models"
            help={
              knownModels.length === 0
                ? 'Names with commas between'
                : `Names with commas between, such as ${knownModels.slice(0, 4).join(', ')}`
            }
            value={wish.value.models}
            onInput={(models) => set({ models })}
            fault={faultOf('models')}
          />
          <Field
            label="Repeats"
            help="How often each model does each scenario"
            value={wish.value.repeats}
            onInput={(repeats) => set({ repeats })}
            fault={faultOf('repeats')}
          />
          <div class="new-run-pair">
            <Field
              label="Sample"
              unit="%"
              value={wish.value.sample}
              onInput={(sample) => set({ sample })}
              fault={faultOf('samplePercentage')}
            />
            <Field
              label="Seed"
              help="The same seed draws the same sample"
              value={wish.value.seed}
              onInput={(seed) => set({ seed })}
              fault={faultOf('sampleSeed')}
            />
          </div>
          <div class="new-run-pair">
            <Field
              label="Priority"
              value={wish.value.priority}
              onInput={(priority) => set({ priority })}
              choices={['low', 'normal', 'high'].map((value) => ({ value, title: value }))}
            />
            <Field
              label="Pace"
              unit="jobs/s at most"
              help="Empty: as fast as it goes"
              value={wish.value.pace}
              onInput={(pace) => set({ pace })}
              fault={faultOf('maxJobsPerSecond')}
            />
          </div>
          {rest !== undefined && <Trouble problem={rest} isInline />}
        </div>
      )}
    </Confirm>
  )
}

/** The request; what is no number goes as text, and the answer says what is wrong with it. */
function bodyOf({ definitionId, models, repeats, sample, seed, priority, pace }: Wish) {
  const numberOr = (text: string): number => (text.trim() === '' ? 0 : Number(text)) || (text as never)
  return {
    definitionId,
    models: models
      .split(',')
      .map((model) => model.trim())
      .filter((model) => model !== ''),
    repeats: numberOr(repeats),
    samplePercentage: numberOr(sample),
    ...(seed.trim() !== '' && { sampleSeed: Number.isNaN(Number(seed)) ? seed : Number(seed) }),
    priority,
    maxJobsPerSecond: pace.trim() === '' ? null : numberOr(pace),
  }
}

import { batch, useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import { CallError, call, type Problem } from '../api/call.ts'
import { useOnce } from '../api/once.ts'
import { Button } from '../design/button.tsx'
import { Dialog } from '../design/dialog.tsx'
import { Field } from '../design/field.tsx'
import { Trouble } from '../design/trouble.tsx'
import { useReading } from '../feed/reading.ts'
import { amountOf, type Budget, microsOf, scopeSaid } from './data.ts'
import { AT_CAPS, HARDNESS, SCOPES, WORDS } from './words.ts'

interface Texts {
  readonly cap: string
  readonly soft: string
  readonly hard: string
  readonly atCap: string
}

function textsOf(budget: Budget | undefined): Texts {
  if (budget === undefined) return { cap: '', soft: '80', hard: 'yes', atCap: 'pause' }
  const { atCap, capMicros, hard, soft } = budget
  return {
    cap: amountOf(capMicros),
    soft: String(Math.round(soft * 10_000) / 100),
    hard: hard ? 'yes' : 'no',
    atCap,
  }
}

interface SettingsProps {
  readonly projectId: string
  /** The budget that is changed; without it one is made. */
  readonly budget?: Budget
  readonly onSaved: () => Promise<void>
  readonly onClose: () => void
}

/** What may be spent on what, saved on top of the version that was read. */
export function BudgetSettings({ projectId, budget, onSaved, onClose }: SettingsProps): VNode {
  /** The budget that the fields are changes of. */
  const base = useSignal(budget)
  const texts = useSignal(textsOf(budget))
  const scope = useSignal('project')
  const zone = useSignal(Intl.DateTimeFormat().resolvedOptions().timeZone)
  const runId = useSignal('')
  const notice = useSignal<string | undefined>(undefined)
  const problem = useSignal<Problem | undefined>(undefined)
  const isBusy = useSignal(false)
  const once = useOnce()
  const runs = useReading(async () => {
    const query = { limit: 100, status: ['pending', 'running', 'paused'] as never }
    return (await call('GET /projects/{projectId}/runs', { params: { projectId }, query })).items
  })
  useEffect(() => {
    if (budget === undefined) void runs.again()
  }, [])
  const known = runs.value.value ?? []
  const run = runId.value || (known[0]?.runId ?? '')
  const { atCap, cap, hard, soft } = texts.value
  const capMicros = microsOf(cap)
  const settings = { capMicros, soft: softOf(soft), hard: hard === 'yes', atCap }
  const send = async (): Promise<void> => {
    const before = base.peek()
    if (before !== undefined) {
      const input = { params: { id: before.budgetId }, body: settings as never }
      await call('PUT /budgets/{id}', input, { version: before.version })
      return
    }
    const of = { project: {}, day: { day: zone.peek() }, run: { runId: run } }[scope.peek()] ?? {}
    const body = { ...settings, ...of }
    const input = { params: { projectId }, body: body as never }
    await once(body, (key) => call('POST /projects/{projectId}/budgets', input, { key }))
  }
  const refused = async (now: Problem): Promise<void> => {
    const before = base.peek()
    if (now.code !== 'version_conflict' || before === undefined) {
      problem.value = now
      return
    }
    const fresh = await call('GET /budgets/{id}', { params: { id: before.budgetId } })
    const [was, is] = [textsOf(before), textsOf(fresh)]
    const own = Object.entries(texts.peek()).filter(([name, text]) => text !== was[name as keyof Texts])
    batch(() => {
      texts.value = { ...is, ...Object.fromEntries(own) }
      base.value = fresh
      notice.value = WORDS.stale
    })
  }
  const save = async (): Promise<void> => {
    batch(() => {
      problem.value = undefined
      notice.value = undefined
      isBusy.value = true
    })
    try {
      await send()
      await onSaved()
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      await refused(error.problem)
    } finally {
      isBusy.value = false
    }
  }
  const set = (change: Partial<Texts>): void => {
    texts.value = { ...texts.peek(), ...change }
    problem.value = undefined
  }
  const errors = problem.value?.errors
  const faultOf = (name: string): string | undefined => errors?.find(({ path }) => path === name)?.message
  const isAllSaid = errors?.every(({ path }) => FIELDS.has(path)) ?? false
  const isAmount = cap.trim() === '' || capMicros !== undefined
  return (
    <Dialog
      title={budget === undefined ? WORDS.addTitle : `${WORDS.changeTitle}: ${scopeSaid(budget)}`}
      onClose={onClose}
    >
      {budget === undefined && (
        <div class="fields">
          <Field
            label={WORDS.scope}
            value={scope.value}
            choices={SCOPES}
            onInput={(value) => (scope.value = value)}
          />
          {scope.value === 'day' && (
            <Field
              label={WORDS.zone}
              value={zone.value}
              fault={faultOf('day')}
              onInput={(value) => (zone.value = value)}
            />
          )}
          {scope.value === 'run' && (
            <Field
              label={WORDS.run}
              value={run}
              fault={faultOf('runId')}
              choices={known.map((one) => ({
                value: one.runId,
                title: `${one.config.definitionSnapshot.name} · ${one.runId.slice(-8)}`,
              }))}
              onInput={(value) => (runId.value = value)}
            />
          )}
        </div>
      )}
      <div class="fields">
        <Field
          label={WORDS.cap}
          value={cap}
          fault={isAmount ? faultOf('capMicros') : WORDS.amount}
          onInput={(value) => set({ cap: value })}
        />
        <Field
          label={WORDS.soft}
          unit="%"
          help={WORDS.softHelp}
          value={soft}
          fault={faultOf('soft')}
          onInput={(value) => set({ soft: value })}
        />
        <Field
          label={WORDS.hard}
          value={hard}
          choices={HARDNESS}
          fault={faultOf('hard')}
          onInput={(value) => set({ hard: value })}
        />
        {hard === 'yes' && (
          <Field
            label={WORDS.atCap}
            value={atCap}
            choices={AT_CAPS}
            fault={faultOf('atCap')}
            onInput={(value) => set({ atCap: value })}
          />
        )}
      </div>
      {notice.value !== undefined && (
        <div class="trouble inline" role="alert">
          <p>{notice.value}</p>
        </div>
      )}
      {problem.value !== undefined && !isAllSaid && <Trouble problem={problem.value} isInline />}
      <div class="deeds">
        <Button kind="primary" disabled={isBusy.value || capMicros === undefined} onClick={() => void save()}>
          {WORDS.save}
        </Button>
        <Button kind="quiet" onClick={onClose}>
          Not now
        </Button>
      </div>
    </Dialog>
  )
}

const FIELDS: ReadonlySet<string> = new Set(['capMicros', 'soft', 'hard', 'atCap', 'day', 'runId'])

/** The share that is typed in percent; what is no number goes as text, and the answer says what is wrong with it. */
function softOf(text: string): number {
  const share = Number(text)
  return text.trim() === '' || Number.isNaN(share) ? (text as never) : Math.round(share * 100) / 10_000
}

import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { call } from '../api/call.ts'
import { Ago } from '../design/ago.tsx'
import { Button } from '../design/button.tsx'
import { Confirm } from '../design/confirm.tsx'
import { Empty } from '../design/empty.tsx'
import { Loading } from '../design/loading.tsx'
import { NewButton } from '../design/new-button.tsx'
import { Panel } from '../design/panel.tsx'
import { Progress } from '../design/progress.tsx'
import { State } from '../design/state.tsx'
import { percent } from '../design/time.ts'
import { Trouble } from '../design/trouble.tsx'
import { useLive } from '../feed/live.ts'
import { usePolled } from '../feed/polled.ts'
import { nameOfProject, projectInSight } from '../feed/projects.ts'
import { useReading } from '../feed/reading.ts'
import { useDeeds } from '../keys/page-keys.ts'
import { become, changed, hrefOf, route } from '../route/route.ts'
import { BudgetSettings } from './budget-settings.tsx'
import { AGAIN_MS, type Budget, goneOf, lookOfBudget, money, scopeSaid } from './data.ts'
import { WORDS } from './words.ts'

/** Budgets that are read at once. */
const MOST = 200

/** What a project, its days and its runs may cost, and how much of that is gone. */
export function Budgets({ projectId }: { readonly projectId: string | undefined }): VNode {
  const { new: isNew } = route.value
  const reading = useReading(async () => {
    const query = { limit: MOST }
    if (projectId === undefined) return (await call('GET /budgets', { query })).items
    return (await call('GET /projects/{projectId}/budgets', { params: { projectId }, query })).items
  })
  const asking = useSignal<{ readonly deed: 'change' | 'remove'; readonly budget: Budget } | undefined>(
    undefined,
  )
  usePolled(reading.again, AGAIN_MS)
  useLive(`budgets ${projectId ?? ''}`, {
    channels: [projectId === undefined ? undefined : `project:${projectId}`],
    read: reading.again,
    apply: (batch) => {
      if (batch.some(({ type }) => type.startsWith('budget_'))) void reading.again()
    },
  })
  const place = projectId ?? projectInSight.value
  useDeeds(['usage'], {
    newBudget: () => {
      if (place === undefined) return false
      become(changed({ new: '1' }))
      return true
    },
  })
  const close = (): void => {
    asking.value = undefined
  }
  const done = async (): Promise<void> => {
    await reading.again()
    close()
  }
  const budgets = reading.value.value
  const now = asking.value
  return (
    <>
      <div class="usage-deeds">
        <NewButton words={WORDS.add} deed="newBudget" kind="primary" />
      </div>
      {reading.problem.value !== undefined && (
        <Trouble problem={reading.problem.value} onAgain={() => void reading.again()} />
      )}
      {budgets === undefined ? (
        reading.problem.value === undefined && <Loading rows={4} />
      ) : budgets.length === 0 ? (
        <Empty title={WORDS.noBudgets}>{WORDS.noBudgetsMore}</Empty>
      ) : (
        budgets.map((budget) => (
          <OneBudget
            key={budget.budgetId}
            budget={budget}
            isOfAll={projectId === undefined}
            onDeed={(deed) => (asking.value = { deed, budget })}
          />
        ))
      )}
      {budgets?.some(({ estimate }) => estimate === 'none') && <p class="note">{WORDS.noEstimate}</p>}
      {now?.deed === 'change' && (
        <BudgetSettings projectId={now.budget.projectId} budget={now.budget} onSaved={done} onClose={close} />
      )}
      {now?.deed === 'remove' && (
        <Confirm
          title={WORDS.removeTitle}
          deed={WORDS.removeDeed}
          isDanger
          act={async () => {
            await call('DELETE /budgets/{id}', { params: { id: now.budget.budgetId } })
            await reading.again()
          }}
          onClose={close}
        >
          <p>
            {money(now.budget.capMicros)} of {scopeSaid(now.budget)}. {WORDS.removeSays}
          </p>
        </Confirm>
      )}
      {isNew !== undefined && place !== undefined && (
        <BudgetSettings
          projectId={place}
          onSaved={async () => {
            await reading.again()
            become(changed({ new: undefined }))
          }}
          onClose={() => become(changed({ new: undefined }))}
        />
      )}
    </>
  )
}

interface OneBudgetProps {
  readonly budget: Budget
  /** The project is named as well. */
  readonly isOfAll: boolean
  readonly onDeed: (deed: 'change' | 'remove') => void
}

/** A budget: how much of it is gone, as a bar and in words, and what follows at its cap. */
function OneBudget({ budget, isOfAll, onDeed }: OneBudgetProps): VNode {
  const { assumedMicros, capMicros, projectId, reservedMicros, resetsAt, scope, spentMicros } = budget
  const more = [
    ['assumed', assumedMicros],
    ['reserved', reservedMicros],
  ] as const
  return (
    <Panel
      title={scopeSaid(budget)}
      more={
        <>
          {isOfAll && <bdi>{nameOfProject(projectId) ?? `…${projectId.slice(-8)}`} </bdi>}
          {resetsAt !== null && (
            <>
              {WORDS.resets} <Ago at={resetsAt} />
            </>
          )}
        </>
      }
      deed={
        <div class="usage-budget-deeds">
          <Button kind="quiet" onClick={() => onDeed('change')}>
            {WORDS.change}
          </Button>
          <Button kind="quiet" onClick={() => onDeed('remove')}>
            {WORDS.remove}
          </Button>
        </div>
      }
    >
      <div class="panel-body usage-budget">
        <p>
          <State look={lookOfBudget(budget)} />{' '}
          <span>
            <b>{money(spentMicros)}</b> of {money(capMicros)} spent, {percent(goneOf(budget) / capMicros)}
            {more.map(([title, micros]) => micros > 0 && ` · ${money(micros)} ${title}`)}
          </span>
        </p>
        <Progress
          label={scopeSaid(budget)}
          isTall
          total={capMicros}
          parts={[
            { title: 'spent', value: spentMicros, tone: 'done' },
            { title: 'assumed', value: assumedMicros, tone: 'failed' },
            { title: 'reserved', value: reservedMicros, tone: 'wait' },
          ]}
        />
        <p class="quiet">
          {ruleSaid(budget)}
          {'runId' in scope && (
            <>
              {' · '}
              <a href={hrefOf({ page: 'run', project: projectId, item: scope.runId })}>{WORDS.itsRun}</a>
            </>
          )}
        </p>
      </div>
    </Panel>
  )
}

function ruleSaid({ atCap, hard, soft }: Budget): string {
  const warns = `warns at ${percent(soft)}`
  if (!hard) return `Only tells; ${warns}`
  return `At the cap ${atCap === 'pause' ? 'jobs wait' : 'what has not begun is cancelled'}; ${warns}`
}

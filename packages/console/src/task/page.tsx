import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { CallError, call, type Problem } from '../api/call.ts'
import { Button } from '../design/button.tsx'
import { Empty } from '../design/empty.tsx'
import { JsonView } from '../design/json-view.tsx'
import { Loading } from '../design/loading.tsx'
import { Menu } from '../design/menu.tsx'
import { PageHead } from '../design/page-head.tsx'
import { Panel } from '../design/panel.tsx'
import { lookOf, State } from '../design/state.tsx'
import { Trouble } from '../design/trouble.tsx'
import type { WireEvent } from '../feed/follow.ts'
import { useLater, useLive } from '../feed/live.ts'
import { useReading } from '../feed/reading.ts'
import { ItemShown } from '../forms/item-shown.tsx'
import { changed, go, hrefOf, route } from '../route/route.ts'
import { isManager, type Known, nameOfTask, readTask, stepNow, type Task } from './data.ts'
import { type Asking, Deeds } from './deeds.tsx'
import { Given } from './given.tsx'
import { History } from './history.tsx'
import './task.css'
import { WhyPanel } from './why-panel.tsx'
import { WORDS } from './words.ts'

/** One task: what it is, what happened to it, and why nobody has it. */
export function Page(): VNode {
  const { item = '', ask } = route.value
  return <TaskPage key={item} taskId={item} asked={ask} />
}

function TaskPage({ taskId, asked }: { readonly taskId: string; readonly asked: string | undefined }): VNode {
  const replay = useSignal<string | undefined>(undefined)
  const reading = useReading<Known>(() => readTask(taskId, asked, replay.peek()))
  const asking = useSignal<Asking | undefined>(undefined)
  const copied = useSignal<'no' | 'yes' | 'refused'>('no')
  const known = reading.value.value
  const again = useLater(reading.again, 300)
  const projectId = known?.task.projectId
  useLive(`${taskId} ${projectId ?? ''} ${asked ?? ''}`, {
    channels: [projectId === undefined ? undefined : `project:${projectId}`],
    read: () => reading.again(),
    apply: (batch) => {
      if (batch.some((event) => isAbout(event, taskId))) again()
    },
  })
  const problem = reading.problem.value
  if (known === undefined)
    return (
      <main class="page-panels task" tabIndex={-1}>
        <PageHead title="Task" />
        {problem === undefined ? (
          <Loading rows={8} />
        ) : problem.status === 404 || problem.status === 403 ? (
          <Empty title="There is no such task">It does not exist, or is not for you.</Empty>
        ) : (
          <Trouble problem={problem} onAgain={() => void reading.again()} />
        )}
      </main>
    )
  const { task } = known
  const open = (what: Asking): void => {
    asking.value = what
  }
  const link = `${location.origin}${location.pathname}${hrefOf({ page: 'task', item: taskId })}`
  const copy = async (): Promise<void> => {
    try {
      // Browsers have no clipboard on plain http.
      await navigator.clipboard.writeText(link)
      copied.value = 'yes'
    } catch {
      copied.value = 'refused'
    }
  }
  const isOpen = task.status === 'open'
  return (
    <main class="page-panels task" tabIndex={-1}>
      <PageHead title={nameOfTask(task)} state={<Standing task={task} />}>
        {isManager() && isOpen && (
          <>
            <Button onClick={() => open({ kind: 'priority' })}>{WORDS.priority}</Button>
            <Menu
              deeds={[
                {
                  title: copied.value === 'yes' ? WORDS.linkCopied : WORDS.link,
                  icon: 'link',
                  act: () => void copy(),
                },
                { title: WORDS.ask, icon: 'people', act: () => open({ kind: 'ask' }) },
                { title: WORDS.cancel, icon: 'cancel', isDanger: true, act: () => open({ kind: 'cancel' }) },
              ]}
            />
          </>
        )}
      </PageHead>
      {problem !== undefined && <Trouble problem={problem} onAgain={() => void reading.again()} isInline />}
      {copied.value === 'refused' && (
        <p role="alert">
          {WORDS.linkRefused} <a href={link}>{link}</a>
        </p>
      )}
      <Flags known={known} onDone={() => void reading.again()} />
      <div class="task-parts">
        <div class="task-why">
          <WhyPanel known={known} onAsk={open} />
          <Given
            known={known}
            onReplay={(decisionId) => {
              replay.value = decisionId
              void reading.again()
            }}
          />
        </div>
        <div class="task-past">
          <Panel title={WORDS.item} more={aboutItem(task)}>
            <div class="task-item">
              <ItemShown payload={task.payload} show={task.show} />
              {task.gold !== undefined && task.gold !== null && (
                <>
                  <h3>{WORDS.gold}</h3>
                  <JsonView value={task.gold} />
                </>
              )}
            </div>
          </Panel>
          <History known={known} />
        </div>
      </div>
      {asking.value !== undefined && (
        <Deeds
          asking={asking.value}
          known={known}
          onClose={() => {
            asking.value = undefined
          }}
          onDone={() => void reading.again()}
          onAbout={(userId) => go(changed({ ask: userId }))}
        />
      )}
    </main>
  )
}

/** The state of a task, and where it stands. */
function Standing({ task }: { readonly task: Task }): VNode {
  const step = stepNow(task)
  const status = task.status ?? 'open'
  return (
    <span class="task-standing">
      <State look={lookOf('task', status)} isPill />
      {step !== undefined && <span>at {step.stepId}</span>}
      {task.priority !== null && task.priority !== 0 && <span>priority {task.priority}</span>}
    </span>
  )
}

function aboutItem({ requiredSkills, purpose }: Task): string | undefined {
  const asks = (requiredSkills ?? []).map(({ anyOf, minLevel }) => `${anyOf.join(' or ')} at ${minLevel}`)
  const parts = [
    purpose === 'control' ? 'a control' : '',
    asks.length > 0 ? `asks for ${asks.join(', ')}` : '',
  ]
  const said = parts.filter((part) => part !== '').join(' · ')
  return said === '' ? undefined : said
}

/** What people said of it to the managers. */
function Flags({ known, onDone }: { readonly known: Known; readonly onDone: () => void }): VNode | null {
  const refusal = useSignal<Problem | undefined>(undefined)
  const unflag = async (id: string): Promise<void> => {
    refusal.value = undefined
    try {
      await call('DELETE /assignments/{id}/flag', { params: { id } })
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      refusal.value = error.problem
    } finally {
      onDone()
    }
  }
  const flagged = known.task.assignments.filter(({ flag }) => flag != null)
  if (flagged.length === 0) return null
  return (
    <Panel title={WORDS.flags} class="task-flags">
      <ul>
        {flagged.map(({ assignmentId, userId, flag }) => (
          <li key={assignmentId}>
            <span dir="auto">
              <b>{known.names.get(userId ?? '') ?? 'Somebody'}</b> {WORDS.flaggedBy}: “{flag?.comment}”
            </span>
            <Button kind="quiet" onClick={() => void unflag(assignmentId)}>
              {WORDS.unflag}
            </Button>
          </li>
        ))}
      </ul>
      {refusal.value !== undefined && <Trouble problem={refusal.value} isInline />}
    </Panel>
  )
}

function isAbout({ type, data }: WireEvent, taskId: string): boolean {
  return type.startsWith('task_') && (data as { readonly taskId?: unknown }).taskId === taskId
}

import type { VNode } from 'preact'
import { Button } from '../design/button.tsx'
import { Panel } from '../design/panel.tsx'
import { PlainTable } from '../design/plain-table.tsx'
import { lookOf, State } from '../design/state.tsx'
import { clockTime, decimal, figure, fullTime } from '../design/time.ts'
import type { Given as GivenBy, Known } from './data.ts'
import { phrases } from './why.ts'
import { WORDS } from './words.ts'

/** How a task was given out: each decision as it was recorded, and whether it would be made again. */
export function Given({
  known,
  onReplay,
}: {
  readonly known: Known
  readonly onReplay: (decisionId: string) => void
}): VNode {
  const { given, names, task } = known
  return (
    <Panel title={WORDS.given} more={given.length > 0 ? figure(given.length) : undefined}>
      {given.length === 0 && <p class="quiet task-none">{WORDS.givenNone}</p>}
      {given.map((one) => (
        <article key={one.decisionId} id={`given-${one.decisionId}`} tabIndex={-1} class="given">
          <p>
            <b>{one.stepId}</b>{' '}
            <time dateTime={one.decidedAt} title={fullTime(new Date(one.decidedAt))}>
              {clockTime(new Date(one.decidedAt)).slice(0, 5)}
            </time>{' '}
            <span dir="auto">{told(one, names)}</span>
            {one.replayed !== null && (
              <State
                look={
                  one.replayed
                    ? { shape: 'check', word: 'decided again: the same', tone: 'done' }
                    : { shape: 'cross', word: 'decided again: another', tone: 'failed' }
                }
              />
            )}
          </p>
          {one.how === 'batch' && one.replayed === null && (
            <p class="given-big">
              {WORDS.bigBatch}{' '}
              <Button kind="quiet" onClick={() => onReplay(one.decisionId)}>
                {WORDS.replay}
              </Button>
            </p>
          )}
          {one.candidates.length > 0 && (
            <details>
              <summary>{figure(one.candidates.length)} considered</summary>
              <PlainTable
                label={`Who was considered for ${one.stepId}`}
                keyOf={({ userId }) => userId}
                rows={one.candidates}
                columns={[
                  {
                    id: 'person',
                    title: 'Person',
                    draw: ({ userId }) => (
                      <span class="person-cell">
                        <span dir="auto">{names.get(userId) ?? 'somebody'}</span>
                        {userId === one.chosen && <State look={lookOf('task', 'completed')}>chosen</State>}
                      </span>
                    ),
                  },
                  {
                    id: 'score',
                    title: 'Score, its parts, or why not',
                    draw: (each) =>
                      each.score === null
                        ? phrases({ ...each, status: 'active' }, task.steps)
                        : `${decimal(each.score)} · ${Object.entries(each.parts)
                            .map(([name, value]) => `${name} ${decimal(value)}`)
                            .join(', ')}`,
                  },
                ]}
              />
            </details>
          )}
        </article>
      ))}
    </Panel>
  )
}

/** From so many on they were not counted. */
const MOST_BEFORE = 20

function told({ how, chosen, before, strategy }: GivenBy, names: Known['names']): string {
  const name = names.get(chosen ?? '') ?? 'somebody'
  if (how === 'pull') {
    const passed =
      before === null || before === 0
        ? ''
        : `, past ${before >= MOST_BEFORE ? `${MOST_BEFORE} or more` : figure(before)} that ${before === 1 ? 'was' : 'were'} not for them`
    return `the best open step for ${name}${passed}`
  }
  return `to ${name}${strategy === null ? '' : ` by ${strategy.replaceAll('_', ' ')}`}${how === 'batch' ? ', in a batch' : ''}`
}

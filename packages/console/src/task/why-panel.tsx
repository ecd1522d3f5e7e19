import type { VNode } from 'preact'
import { me } from '../api/session.ts'
import { Button } from '../design/button.tsx'
import { Empty } from '../design/empty.tsx'
import { Panel } from '../design/panel.tsx'
import { PlainTable } from '../design/plain-table.tsx'
import { lookOf, State } from '../design/state.tsx'
import { decimal, figure } from '../design/time.ts'
import { type Decision, isManager, type Known, stepNow } from './data.ts'
import type { Asking } from './deeds.tsx'
import { phrases, type Remedy, remediesOf, whySentence } from './why.ts'
import { WORDS } from './words.ts'

type Person = Decision['candidates'][number]

/** The states of an assignment in which somebody has the task. */
const LIVE: readonly string[] = ['assigned', 'accepted', 'in_progress']

/** Who has it or why nobody does, what would change that, and everybody with what keeps them. */
export function WhyPanel({
  known: { task, decision, names },
  onAsk,
}: {
  readonly known: Known
  readonly onAsk: (asking: Asking) => void
}): VNode {
  const step = stepNow(task)
  if (decision === undefined || step === undefined)
    return (
      <Panel title={WORDS.why}>
        <Empty title={why(task.status, step !== undefined)} />
      </Panel>
    )
  const isAdmin = me.value?.role === 'admin'
  const remedies = remediesOf(decision, task.requiredSkills ?? [], step.requiredSkills, isAdmin)
  const rest = decision.considered - decision.candidates.length
  const holders = task.assignments.filter(
    ({ stepId, status }) => stepId === decision.stepId && LIVE.includes(status),
  )
  const title = decision.eligible > 0 ? WORDS.whyOpen : holders.length > 0 ? WORDS.whyHeld : WORDS.why
  return (
    <Panel title={title} more={`at ${decision.stepId}`}>
      <p class="why-sentence" aria-live="polite">
        {holders.map(({ assignmentId, userId }) => (
          <span key={assignmentId} dir="auto">
            {names.get(userId ?? '') ?? 'Somebody'} has it.{' '}
          </span>
        ))}
        {whySentence(decision, task.steps)}
      </p>
      {remedies.length > 0 && (
        <div class="deeds why-deeds">
          {remedies.map((remedy) => (
            <Button
              key={`${remedy.kind} ${remedy.kind === 'lower' ? remedy.requirement.anyOf.join() : ''}`}
              onClick={() => onAsk({ kind: 'remedy', remedy })}
            >
              {titleOf(remedy)}
            </Button>
          ))}
        </div>
      )}
      <h3 class="why-table-title">{WORDS.people}</h3>
      <PlainTable
        label={WORDS.people}
        keyOf={({ userId }) => userId}
        rows={decision.candidates}
        columns={[
          { id: 'person', title: 'Person', draw: (person) => <PersonCell person={person} /> },
          {
            id: 'because',
            title: 'May not, because',
            draw: (person) => (person.eligible ? 'may take it' : phrases(person, task.steps)),
          },
          { id: 'skills', title: 'Skills asked for', draw: skillsOf },
          {
            id: 'holds',
            title: 'Holds',
            isFigure: true,
            draw: ({ live, limit }) => `${figure(live)} of ${figure(limit)}`,
          },
          { id: 'score', title: 'Score, its parts', draw: scoreOf },
        ]}
      />
      {rest > 0 && <p class="quiet why-rest">and {figure(rest)} more, who are further off</p>}
    </Panel>
  )
}

function why(status: string | null, isAtPeople: boolean): string {
  if (!isManager()) return WORDS.notYours
  if (status !== 'open') return WORDS.over
  return isAtPeople ? 'The decision could not be read.' : WORDS.job
}

function PersonCell({ person }: { readonly person: Person }): VNode {
  return (
    <span class="person-cell">
      <span dir="auto">{person.displayName}</span>
      {person.scripted && <span class="scripted">scripted</span>}
      {person.status !== 'active' && <State look={lookOf('person', person.status)} />}
    </span>
  )
}

function skillsOf({ skills }: Person): string {
  const held = Object.entries(skills).map(([name, level]) => `${name} ${level}`)
  return held.length === 0 ? '–' : held.join(', ')
}

function scoreOf({ score, parts, quality }: Person): string {
  if (score === null) return `quality ${decimal(quality)}`
  const named = Object.entries(parts).map(([name, value]) => `${name} ${decimal(value)}`)
  return `${decimal(score)}${named.length === 0 ? '' : ` · ${named.join(', ')}`}`
}

/** A deed with whom it lets in. */
function titleOf(remedy: Remedy): string {
  const { people } = remedy
  const [first] = people
  const names = people.length === 1 ? (first?.displayName ?? '') : `${figure(people.length)} people`
  switch (remedy.kind) {
    case 'assign':
      return WORDS.assignTo
    case 'lower': {
      const skills = remedy.requirement.anyOf.join(' or ')
      return remedy.to === 0
        ? `Ask for no ${skills} · adds ${names}`
        : `Lower ${skills} to level ${remedy.to} · adds ${names}`
    }
    case 'addMember':
      return people.length === 1 ? `Add ${names} as a member` : 'Add a member…'
    case 'endReservations':
      return `Open what is kept · adds ${names}`
    case 'override':
      return 'Override…'
  }
}

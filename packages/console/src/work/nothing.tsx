import type { VNode } from 'preact'
import { Button } from '../design/button.tsx'
import { Icon } from '../design/icon.tsx'
import { figure } from '../design/time.ts'
import type { Nothing, Shift } from './shift.ts'
import { Undo } from './undo.tsx'
import { REASONS, WORDS } from './words.ts'

interface NothingProps {
  readonly nothing: Nothing
  readonly shift: Shift
  readonly onBreak: () => void
}

/** Why there is nothing to do: how many tasks are open, and what keeps each of them from this person. */
export function NothingForYou({ nothing: { open, reasons, missing }, shift, onBreak }: NothingProps): VNode {
  const rows = Object.entries(reasons)
    .filter(([, count]) => count > 0)
    .sort(([, one], [, other]) => other - one)
  return (
    <main class="work-message" tabIndex={-1}>
      <h1>{WORDS.nothing}</h1>
      <p>
        {open === 0
          ? WORDS.nothingAtAll
          : `${figure(open)} ${open === 1 ? 'task is' : 'tasks are'} open in your projects. ${open === 1 ? 'It may not be yours:' : 'None of them may be yours:'}`}
      </p>
      {rows.length > 0 && (
        <ul class="why">
          {rows.map(([reason, count]) => {
            const [word, more] = REASONS[reason] ?? [reason]
            return (
              <li key={reason}>
                <strong>{figure(count)}</strong>
                <span>
                  {word}
                  {more !== undefined && <small>{more}</small>}
                </span>
              </li>
            )
          })}
        </ul>
      )}
      {missing.length > 0 && (
        <>
          <h2>{WORDS.missing}</h2>
          <ul class="why">
            {missing.map(({ anyOf, minLevel, count }) => (
              <li key={`${anyOf.join(' ')} ${minLevel}`}>
                <strong>{figure(count)}</strong>
                <span>
                  <bdi>{anyOf.join(' or ')}</bdi> at level {minLevel}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
      <Undo shift={shift} />
      <p class="quiet">{WORDS.goesOn}</p>
      <div class="deeds">
        <a class="button" href="#/queue?show=done">
          What I have done
        </a>
        <Button kind="quiet" icon="away" onClick={onBreak}>
          {WORDS.pause}
        </Button>
      </div>
      <p class="still">
        <Icon name="wait" /> waiting
      </p>
    </main>
  )
}

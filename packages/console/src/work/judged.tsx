import type { FormQuestion } from '@muster/core/forms'
import type { VNode } from 'preact'
import { JsonView } from '../design/json-view.tsx'
import { Scrolls } from '../design/scrolls.tsx'
import { letterOf, type ShownByName } from '../forms/asked.ts'
import { spansIn } from '../forms/marking.ts'
import { textOf } from '../forms/text.ts'
import './judged.css'
import { WORDS } from './words.ts'

interface JudgedProps {
  readonly questions: readonly FormQuestion[] | undefined
  readonly shown: ShownByName
  readonly submissions: readonly {
    readonly assignmentId: string
    readonly result: unknown
    readonly comment: string | null
  }[]
  readonly contested: readonly string[]
  /** Names them; without it they are work to be judged. */
  readonly title?: string
  /** Of an adjudication: takes over what one of them answered. */
  readonly onTake?: (question: string, answer: unknown) => void
}

/** What is judged, read-only and without names: one submission under review, or several side by side by question. */
export function Judged({ questions, title: named, ...judged }: JudgedProps): VNode | null {
  const { submissions } = judged
  if (submissions.length === 0) return null
  const one = submissions.length === 1
  const title = named ?? (one ? WORDS.judged : WORDS.submissions)
  return (
    <section class="judged" aria-label={title}>
      <h2>{title}</h2>
      {questions !== undefined ? (
        <ByQuestion questions={questions} {...judged} />
      ) : (
        submissions.map(({ assignmentId, result }, place) => (
          <div key={assignmentId} class="judged-whole">
            {!one && <strong>{place + 1}</strong>}
            <JsonView value={result} />
          </div>
        ))
      )}
    </section>
  )
}

type ByQuestionProps = JudgedProps & { readonly questions: readonly FormQuestion[] }

function ByQuestion({ questions, shown, submissions, contested, onTake }: ByQuestionProps): VNode {
  const one = submissions.length === 1
  return (
    <Scrolls label="Answers by question">
      <table class="answers">
        <thead>
          <tr>
            <th scope="col">Question</th>
            {submissions.map(({ assignmentId }, place) => (
              <th key={assignmentId} scope="col">
                {one ? 'Answer' : `Answer ${place + 1}`}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {questions.map((question) => (
            <tr key={question.id} class={contested.includes(question.id) ? 'differs' : ''}>
              <th scope="row">
                {question.title}
                {contested.includes(question.id) && <span class="tag contested">differs</span>}
              </th>
              {submissions.map(({ assignmentId, result }) => {
                const answer = (result as Record<string, unknown> | null)?.[question.id]
                return (
                  <td key={assignmentId} dir="auto">
                    <Answered question={question} answer={answer} shown={shown} />
                    {onTake && contested.includes(question.id) && answer !== undefined && (
                      <button
                        type="button"
                        class="button quiet take"
                        onClick={() => onTake(question.id, answer)}
                      >
                        Take
                      </button>
                    )}
                  </td>
                )
              })}
            </tr>
          ))}
          {submissions.some(({ comment }) => comment !== null) && (
            <tr>
              <th scope="row">Comment</th>
              {submissions.map(({ assignmentId, comment }) => (
                <td key={assignmentId} dir="auto" class="answer-text">
                  {comment ?? '–'}
                </td>
              ))}
            </tr>
          )}
        </tbody>
      </table>
    </Scrolls>
  )
}

interface AnsweredProps {
  readonly question: FormQuestion
  readonly answer: unknown
  readonly shown: ShownByName
}

/** An answer in the words of its form; sides by the letters that this reader sees. */
function Answered({ question, answer, shown }: AnsweredProps): VNode {
  if (answer === undefined || answer === null) return <span class="none">–</span>
  if (question.type === 'json') return <JsonView value={answer} />
  if (question.type === 'spans') {
    const text = textOf(shown.get(question.of)?.value)
    const points = Array.from(text)
    const spans = spansIn(answer)
    if (spans.length === 0) return <span class="none">nothing marked</span>
    return (
      <ul class="quoted">
        {spans.map(({ start, end, label, attributes }) => (
          <li key={`${start}-${end}-${label}`}>
            <span class="tag">{question.labels.find(({ value }) => value === label)?.title ?? label}</span>{' '}
            <q>{points.slice(start, end).join('')}</q> {Object.values(attributes ?? {}).join(', ')}
          </li>
        ))}
      </ul>
    )
  }
  return <span class="answer-text">{inWords(question, answer, shown)}</span>
}

function inWords(question: FormQuestion, answer: unknown, shown: ShownByName): string {
  switch (question.type) {
    case 'yesNo':
      return answer === true ? 'Yes' : 'No'
    case 'choice':
      return optionTitle(question, String(answer), shown)
    case 'multi':
      return (answer as string[]).map((value) => optionTitle(question, value, shown)).join(', ')
    case 'pairwise':
      return question.criteria === undefined
        ? sideTitle(question.of, String(answer), shown)
        : question.criteria
            .map(
              ({ id, title }) =>
                `${title}: ${sideTitle(question.of, (answer as Record<string, string>)[id] ?? '–', shown)}`,
            )
            .join(' · ')
    case 'ranking':
      return (answer as (string | string[])[])
        .map((place) =>
          [place]
            .flat()
            .map((side) => sideTitle(question.of, side, shown))
            .join(' = '),
        )
        .join(' > ')
    case 'scale': {
      const label = question.labels?.[String(answer)]
      return label === undefined ? String(answer) : `${String(answer)}, ${label}`
    }
    case 'number':
      return question.unit === undefined ? String(answer) : `${String(answer)} ${question.unit}`
    case 'text':
    case 'spans':
    case 'json':
      return String(answer)
  }
}

function optionTitle(
  question: Extract<FormQuestion, { readonly type: 'choice' | 'multi' }>,
  value: string,
  shown: ShownByName,
): string {
  if (question.of !== undefined) return sideTitle(question.of, value, shown)
  return question.options?.find((option) => option.value === value)?.title ?? value
}

function sideTitle(of: string, side: string, shown: ShownByName): string {
  if (side === 'tie') return 'Equal'
  if (side === 'bothBad') return 'Neither'
  const place = shown.get(of)?.sides?.findIndex(({ id }) => id === side) ?? -1
  return place < 0 ? side : letterOf(place)
}

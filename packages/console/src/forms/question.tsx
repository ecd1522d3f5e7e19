import type { FormQuestion } from '@muster/core/forms'
import type { VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { Issue } from '../api/call.ts'
import { choicesOf, pairChoices } from './asked.ts'
import { Choices } from './choices.tsx'
import { JsonField } from './json-field.tsx'
import { type Around, chosen, toggled } from './key-deeds.ts'
import { MarkList } from './mark-list.tsx'
import type { Marking } from './marking.ts'
import { NumberField } from './number-field.tsx'
import './question.css'
import { Ranking } from './ranking.tsx'
import { Scale } from './scale.tsx'
import { TextField } from './text-field.tsx'

interface QuestionProps {
  readonly question: FormQuestion
  readonly place: number
  readonly answer: unknown
  readonly onAnswer: (answer: unknown) => void
  readonly around: Around
  readonly marking: Marking | undefined
  readonly faults: readonly Issue[]
  /** Whether the keys act here; of a question with criteria, at which. */
  readonly focused: boolean
  readonly criterion: string | undefined
  /** Counts up when the page asks for the browser's focus. */
  readonly focusCall: number
  readonly onFocus: (criterion?: string) => void
  /** Adjudicators are told where the submissions differ. */
  readonly contested: boolean
}

/** A question in its frame: what is asked, whether it must be answered, what is wrong with the answer. */
export function Question(props: QuestionProps): VNode {
  const { question, place, faults, focused, focusCall, onFocus, contested } = props
  const group = useRef<HTMLFieldSetElement>(null)
  const id = `question-${place}`
  const notes = [question.help !== undefined && `${id}-help`, faults.length > 0 && `${id}-faults`]
  const describedBy = notes.filter(Boolean).join(' ') || undefined
  useEffect(() => {
    if (!focused || focusCall === 0) return
    const target = group.current?.querySelector<HTMLElement>('input, textarea') ?? group.current
    target?.focus({ preventScroll: true })
    group.current?.scrollIntoView({ block: 'nearest' })
  }, [focused, focusCall])
  return (
    <fieldset
      ref={group}
      class={`question${focused ? ' on' : ''}`}
      tabIndex={-1}
      aria-labelledby={`${id}-title`}
      aria-describedby={describedBy}
      onFocusIn={() => {
        if (!focused) onFocus()
      }}
    >
      <div class="question-head">
        <h2 id={`${id}-title`}>{question.title}</h2>
        {contested && <span class="tag contested">differs</span>}
        {question.required === false && <span class="optional">optional</span>}
      </div>
      {question.help !== undefined && (
        <p class="help" id={`${id}-help`}>
          {question.help}
        </p>
      )}
      <Field {...props} labelledBy={`${id}-title`} describedBy={describedBy} />
      {faults.length > 0 && (
        <ul class="faults" id={`${id}-faults`}>
          {faults.map(({ message, path }) => (
            <li key={path + message}>{message}</li>
          ))}
        </ul>
      )}
    </fieldset>
  )
}

type FieldProps = QuestionProps & { readonly labelledBy: string; readonly describedBy: string | undefined }

function Field({
  question,
  answer,
  onAnswer,
  around,
  marking,
  criterion,
  focused,
  onFocus,
  labelledBy,
  describedBy,
}: FieldProps): VNode {
  const asking = { answer, onAnswer, labelledBy, describedBy }
  switch (question.type) {
    case 'choice':
      return (
        <Choices
          choices={choicesOf(question, around.shown, around.orders)}
          isChosen={(value) => answer === value}
          onChoose={onAnswer}
        />
      )
    case 'multi':
      return (
        <Choices
          several
          choices={choicesOf(question, around.shown, around.orders)}
          isChosen={(value) => Array.isArray(answer) && answer.includes(value)}
          onChoose={(value) => onAnswer(toggled(answer, value))}
        />
      )
    case 'yesNo':
      return (
        <Choices
          inRow
          choices={YES_NO}
          isChosen={(value) => answer === (value === 'yes')}
          onChoose={(value) => onAnswer(value === 'yes')}
        />
      )
    case 'pairwise':
      return question.criteria === undefined ? (
        <Choices
          inRow
          choices={pairChoices(question, around.shown)}
          isChosen={(value) => answer === value}
          onChoose={onAnswer}
        />
      ) : (
        <div class="criteria">
          {question.criteria.map((one) => (
            <fieldset
              key={one.id}
              class={`criterion${focused && criterion === one.id ? ' on' : ''}`}
              aria-label={one.title}
              onFocusIn={() => onFocus(one.id)}
            >
              <span title={one.help}>{one.title}</span>
              <Choices
                inRow
                choices={pairChoices(question, around.shown)}
                isChosen={(value) => (answer as Record<string, string> | undefined)?.[one.id] === value}
                onChoose={(value) => onAnswer(chosen(answer, one.id, value))}
              />
            </fieldset>
          ))}
        </div>
      )
    case 'scale':
      return <Scale {...asking} question={question} />
    case 'number':
      return <NumberField {...asking} question={question} />
    case 'text':
      return <TextField {...asking} question={question} />
    case 'ranking':
      return <Ranking {...asking} question={question} around={around} />
    case 'spans':
      return <MarkList {...asking} question={question} marking={marking} />
    case 'json':
      return <JsonField {...asking} question={question} />
  }
}

const YES_NO = [
  { value: 'yes', title: 'Yes', key: 'y' },
  { value: 'no', title: 'No', key: 'n' },
] as const

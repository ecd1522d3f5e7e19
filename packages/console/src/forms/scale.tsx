import type { FormQuestion } from '@muster/core/forms'
import { placesOf } from '@muster/core/forms'
import type { VNode } from 'preact'
import type { Asking } from './asking.ts'
import { scaleKeys } from './key-deeds.ts'
import { OptionButton } from './option-button.tsx'

/** Most places that are drawn as buttons; a longer scale is a slider. */
const MOST_BUTTONS = 11

/** A scale: a button for each place, or a slider where there are many. */
export function Scale({
  question,
  answer,
  onAnswer,
  labelledBy,
  describedBy,
}: Asking<Extract<FormQuestion, { readonly type: 'scale' }>>): VNode {
  const places = placesOf(question)
  const keys = new Map(scaleKeys(question).map(({ key, value }) => [value, key]))
  const labels = question.labels ?? {}
  const ends = [places[0], places.at(-1)].map((value) => labels[String(value)])
  const chosen = typeof answer === 'number' ? labels[String(answer)] : undefined
  return (
    <div class="scale">
      {places.length > MOST_BUTTONS ? (
        <div class="slider">
          <input
            type="range"
            min={question.min}
            max={question.max}
            step={question.step ?? 1}
            value={typeof answer === 'number' ? answer : question.min}
            aria-labelledby={labelledBy}
            aria-describedby={describedBy}
            onInput={(event) => onAnswer(Number(Number(event.currentTarget.value).toFixed(12)))}
          />
          <output>{typeof answer === 'number' ? answer : '–'}</output>
        </div>
      ) : (
        <div class="options row">
          {places.map((value) => (
            <OptionButton
              key={value}
              keyName={keys.get(value)}
              pressed={answer === value}
              label={labels[String(value)] === undefined ? undefined : `${value}, ${labels[String(value)]}`}
              onChoose={() => onAnswer(value)}
            >
              {value}
            </OptionButton>
          ))}
        </div>
      )}
      {(ends.some((label) => label !== undefined) || chosen !== undefined) && (
        <p class="ends" aria-hidden="true">
          <span>{ends[0]}</span>
          {chosen !== undefined && !ends.includes(chosen) && <span class="chosen">{chosen}</span>}
          <span>{ends[1]}</span>
        </p>
      )}
    </div>
  )
}

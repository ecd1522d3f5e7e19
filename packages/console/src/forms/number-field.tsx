import type { FormQuestion } from '@muster/core/forms'
import type { VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Asking } from './asking.ts'
import { textOf } from './text.ts'

/** A number, with a comma or a point; what is no number stays in sight and says so. */
export function NumberField({
  question,
  answer,
  onAnswer,
  labelledBy,
  describedBy,
}: Asking<Extract<FormQuestion, { readonly type: 'number' }>>): VNode {
  const [text, setText] = useState(textOf(answer))
  useEffect(() => {
    if (numberOf(text) !== answer) setText(textOf(answer))
  }, [answer])
  const isWrong = text.trim() !== '' && numberOf(text) === undefined
  return (
    <div class="number">
      <input
        type="text"
        inputMode="decimal"
        value={text}
        aria-labelledby={labelledBy}
        aria-describedby={describedBy}
        aria-invalid={isWrong}
        onInput={(event) => {
          setText(event.currentTarget.value)
          onAnswer(numberOf(event.currentTarget.value))
        }}
      />
      {question.unit !== undefined && <span class="unit">{question.unit}</span>}
      <span class="bounds">{isWrong ? 'This is no number' : boundsOf(question)}</span>
    </div>
  )
}

function numberOf(text: string): number | undefined {
  const given = text.trim().replace(',', '.')
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(given) ? Number(given) : undefined
}

function boundsOf({ min, max, integer }: Extract<FormQuestion, { readonly type: 'number' }>): string {
  const kind = integer ? 'whole number' : 'number'
  if (min !== undefined && max !== undefined) return `${kind}, ${min} to ${max}`
  if (min !== undefined) return `${kind}, ${min} or more`
  return max === undefined ? kind : `${kind}, ${max} or less`
}

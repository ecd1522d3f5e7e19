import type { FormQuestion } from '@muster/core/forms'
import type { VNode } from 'preact'
import type { Asking } from './asking.ts'

const MOST = 2_000
/** How much of the length is left when it is first said. */
const NEAR = 200

/** Words of one's own. Lengths are counted in code points, as the server counts them. */
export function TextField({
  question,
  answer,
  onAnswer,
  labelledBy,
  describedBy,
}: Asking<Extract<FormQuestion, { readonly type: 'text' }>>): VNode {
  const value = typeof answer === 'string' ? answer : ''
  const length = Array.from(value).length
  const most = question.maxLength ?? MOST
  const least = question.minLength ?? 0
  const said =
    length > most
      ? `${length - most} too many`
      : length > 0 && length < least
        ? `${least - length} more needed`
        : most - length < NEAR
          ? `${most - length} left`
          : ''
  const shared = {
    value,
    dir: 'auto' as const,
    'aria-labelledby': labelledBy,
    'aria-describedby': describedBy,
    'aria-invalid': length > most,
  }
  return (
    <div class="text">
      {(question.lines ?? 1) > 1 ? (
        <textarea
          {...shared}
          rows={question.lines}
          onInput={(event) =>
            onAnswer(event.currentTarget.value === '' ? undefined : event.currentTarget.value)
          }
        />
      ) : (
        <input
          {...shared}
          type="text"
          onInput={(event) =>
            onAnswer(event.currentTarget.value === '' ? undefined : event.currentTarget.value)
          }
        />
      )}
      <span class="bounds" role={length > most ? 'alert' : undefined}>
        {said}
      </span>
    </div>
  )
}

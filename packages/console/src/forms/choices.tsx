import type { VNode } from 'preact'
import { Key } from '../design/button.tsx'
import { Icon } from '../design/icon.tsx'
import type { Choice } from './asked.ts'

interface ChoicesProps {
  readonly choices: readonly Choice[]
  readonly isChosen: (value: string) => boolean
  readonly onChoose: (value: string) => void
  readonly several?: boolean
  readonly inRow?: boolean
}

/** Options as buttons. A pointer leaves the focus with the question, so that `Enter` goes on. */
export function Choices({
  choices,
  isChosen,
  onChoose,
  several = false,
  inRow = false,
}: ChoicesProps): VNode {
  return (
    <div class={`options${inRow ? ' row' : ''}${several ? ' several' : ''}`}>
      {choices.map(({ value, title, help, key }) => (
        <button
          key={value}
          type="button"
          class="option"
          aria-pressed={isChosen(value)}
          aria-keyshortcuts={key ?? undefined}
          title={help}
          onClick={(event) => {
            if (event.detail > 0)
              event.currentTarget.closest<HTMLElement>('fieldset')?.focus({ preventScroll: true })
            onChoose(value)
          }}
        >
          {key !== null && <Key name={key} />}
          <span class="option-title" dir="auto">
            {title}
          </span>
          {isChosen(value) && <Icon name="check" />}
        </button>
      ))}
    </div>
  )
}

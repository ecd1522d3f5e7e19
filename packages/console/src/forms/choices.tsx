import type { VNode } from 'preact'
import { Key } from '../design/button.tsx'
import { Icon } from '../design/icon.tsx'
import type { Choice } from './asked.ts'
import { OptionButton } from './option-button.tsx'

interface ChoicesProps {
  readonly choices: readonly Choice[]
  readonly isChosen: (value: string) => boolean
  readonly onChoose: (value: string) => void
  readonly several?: boolean
  readonly inRow?: boolean
}

/** Options as buttons. */
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
        <OptionButton
          key={value}
          keyName={key}
          pressed={isChosen(value)}
          title={help}
          onChoose={() => onChoose(value)}
        >
          {key !== null && <Key name={key} />}
          <span class="option-title" dir="auto">
            {title}
          </span>
          {isChosen(value) && <Icon name="check" />}
        </OptionButton>
      ))}
    </div>
  )
}

import type { VNode } from 'preact'
import { useId } from 'preact/hooks'
import './field.css'

interface FieldProps {
  readonly label: string
  /** What the value does, and its bounds. */
  readonly help?: string | undefined
  /** What is wrong with it. */
  readonly fault?: string | undefined
  readonly value: string
  readonly onInput: (value: string) => void
  readonly type?: 'text' | 'number' | 'date' | 'datetime-local'
  readonly choices?: readonly { readonly value: string; readonly title: string }[]
  readonly isTall?: boolean
  readonly disabled?: boolean
  readonly unit?: string
}

/** A value with its name above it, what it does below, and what is wrong with it beside. */
export function Field(props: FieldProps): VNode {
  const { label, help, fault, value, onInput, type = 'text', choices, isTall, disabled, unit } = props
  const name = useId()
  const said = [help && `${name}-help`, fault && `${name}-fault`].filter(Boolean).join(' ')
  const shared = {
    id: name,
    value,
    disabled,
    'aria-describedby': said === '' ? undefined : said,
    'aria-invalid': fault === undefined ? undefined : true,
    onInput: ({ currentTarget }: { readonly currentTarget: { readonly value: string } }) =>
      onInput(currentTarget.value),
  }
  return (
    <div class="field">
      <label for={name}>{label}</label>
      <div class="field-line">
        {choices !== undefined ? (
          <select {...shared}>
            {choices.map((choice) => (
              <option key={choice.value} value={choice.value}>
                {choice.title}
              </option>
            ))}
          </select>
        ) : isTall ? (
          <textarea {...shared} rows={4} />
        ) : (
          <input {...shared} type={type as 'text'} autocomplete="off" />
        )}
        {unit !== undefined && <span class="field-unit">{unit}</span>}
      </div>
      {help !== undefined && (
        <p id={`${name}-help`} class="field-help">
          {help}
        </p>
      )}
      {fault !== undefined && (
        <p id={`${name}-fault`} class="field-fault">
          {fault}
        </p>
      )}
    </div>
  )
}

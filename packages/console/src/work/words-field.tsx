import type { ReadonlySignal, Signal } from '@preact/signals'
import type { Ref, VNode } from 'preact'

interface WordsFieldProps {
  readonly label: string
  readonly rows: number
  readonly words: Signal<string>
  /** What is wrong; empty for nothing. */
  readonly fault: ReadonlySignal<string>
  readonly field?: Ref<HTMLTextAreaElement>
}

/** Where a dialog takes free words, and says what is wrong. */
export function WordsField({ label, rows, words, fault, field = null }: WordsFieldProps): VNode {
  return (
    <>
      <label class="skip-comment">
        <span>{label}</span>
        <textarea
          ref={field}
          rows={rows}
          value={words.value}
          onInput={(event) => {
            words.value = event.currentTarget.value
          }}
        />
      </label>
      {fault.value !== '' && (
        <p class="faults" role="alert">
          {fault.value}
        </p>
      )}
    </>
  )
}

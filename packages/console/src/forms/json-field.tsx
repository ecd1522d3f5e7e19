import type { FormQuestion } from '@muster/core/forms'
import type { VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { parsed } from '../api/call.ts'
import type { Asking } from './asking.ts'

/** Any JSON, checked as it is typed; what it must hold is the schema's to say, and the server's to check. */
export function JsonField({
  question,
  answer,
  onAnswer,
  labelledBy,
  describedBy,
}: Asking<Extract<FormQuestion, { readonly type: 'json' }>>): VNode {
  const [text, setText] = useState(textOf(answer))
  useEffect(() => {
    const typed = read(text)
    if (JSON.stringify(typed.value) !== JSON.stringify(answer)) setText(textOf(answer))
  }, [answer])
  const { fault } = read(text)
  const shape = question.schema['type']
  return (
    <div class="text">
      <textarea
        class="mono"
        rows={6}
        spellcheck={false}
        value={text}
        aria-labelledby={labelledBy}
        aria-describedby={describedBy}
        aria-invalid={fault !== undefined}
        onInput={(event) => {
          setText(event.currentTarget.value)
          onAnswer(read(event.currentTarget.value).value)
        }}
      />
      <span class="bounds">{fault ?? (typeof shape === 'string' ? `JSON: ${shape}` : 'JSON')}</span>
    </div>
  )
}

function read(text: string): { readonly value?: unknown; readonly fault?: string } {
  if (text.trim() === '') return {}
  try {
    return { value: parsed(text) }
  } catch (error) {
    return { fault: `No JSON yet: ${(error as Error).message}` }
  }
}

const textOf = (answer: unknown): string => (answer === undefined ? '' : JSON.stringify(answer, null, 2))

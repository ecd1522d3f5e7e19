import type { VNode } from 'preact'
import { Scrolls } from '../design/scrolls.tsx'

interface CodeProps {
  readonly text: string
  readonly language?: string | undefined
}

/** Code with its lines numbered. */
export function Code({ text, language }: CodeProps): VNode {
  const lines = text.replace(/\n$/, '').split('\n')
  return (
    <Scrolls class="code" label={language === undefined ? 'Code' : `Code, ${language}`}>
      <pre>
        <code>
          {lines.map((line, place) => (
            <span class="line" data-number={place + 1}>
              {line}
              {'\n'}
            </span>
          ))}
        </code>
      </pre>
    </Scrolls>
  )
}

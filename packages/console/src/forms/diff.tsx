import type { ShownThing } from '@muster/core/forms'
import { signal } from '@preact/signals'
import type { VNode } from 'preact'
import { Scrolls } from '../design/scrolls.tsx'
import { valueAt } from './pointer.ts'
import { textOf } from './text.ts'

interface Line {
  readonly kind: 'same' | 'added' | 'removed' | 'place'
  readonly text: string
}

type DiffLines = (before: string, after: string) => { added?: boolean; removed?: boolean; value: string }[]

const differ = signal<DiffLines | undefined>(undefined)

/** A change: as a unified diff says it, or between two texts. Signs as well as colours tell what came and went. */
export function Diff({ value, thing }: { readonly value: unknown; readonly thing: ShownThing }): VNode {
  const lines = linesOf(value, thing)
  return (
    <Scrolls class="code diff-lines" label="Change">
      <pre>
        <code>
          {lines.map(({ kind, text }) => (
            <span class={`line ${kind}`}>
              <span class="sign">{SIGNS[kind]}</span>
              {text}
              {'\n'}
            </span>
          ))}
        </code>
      </pre>
    </Scrolls>
  )
}

const SIGNS = { same: ' ', added: '+', removed: '−', place: ' ' } as const

function linesOf(value: unknown, { beforeAt, afterAt }: ShownThing): Line[] {
  if (beforeAt === undefined || afterAt === undefined) return unified(typeof value === 'string' ? value : '')
  const [before, after] = [valueAt(value, beforeAt), valueAt(value, afterAt)].map((text) => textOf(text))
  const diff = differ.value
  if (diff === undefined) {
    void import('diff').then(({ diffLines }) => {
      differ.value = diffLines
    })
    return []
  }
  return diff(before ?? '', after ?? '').flatMap(({ added, removed, value: text }) =>
    text
      .replace(/\n$/, '')
      .split('\n')
      .map((line): Line => ({ kind: added ? 'added' : removed ? 'removed' : 'same', text: line })),
  )
}

function unified(text: string): Line[] {
  return text
    .replace(/\n$/, '')
    .split('\n')
    .map((line): Line => {
      if (/^(@@|diff |index |--- |\+\+\+ )/.test(line)) return { kind: 'place', text: line }
      if (line.startsWith('+')) return { kind: 'added', text: line.slice(1) }
      if (line.startsWith('-')) return { kind: 'removed', text: line.slice(1) }
      return { kind: 'same', text: line.startsWith(' ') ? line.slice(1) : line }
    })
}

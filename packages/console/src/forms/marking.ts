import type { FormQuestion } from '@muster/core/forms'
import { keysOf } from '@muster/core/forms'
import { type Signal, signal } from '@preact/signals'
import { overlaps, type Span, wholeWords, wordEdge } from './spans.ts'

/** A question that marks stretches of a text. */
export type SpansQuestion = Extract<FormQuestion, { readonly type: 'spans' }>

/** The caret in a text that is being marked, what is selected from there, and which mark has the focus. */
export class Marking {
  readonly question: SpansQuestion
  readonly points: readonly string[]
  /** Code points; the selection lies between them. */
  readonly anchor: Signal<number> = signal(0)
  readonly head: Signal<number> = signal(0)
  /** The place of the mark that has the focus, or -1. */
  readonly focused: Signal<number> = signal(-1)
  /** What the last key could not do, in words. */
  readonly said: Signal<string> = signal('')

  constructor(question: SpansQuestion, text: string) {
    this.question = question
    this.points = Array.from(text)
  }

  get from(): number {
    return Math.min(this.anchor.value, this.head.value)
  }

  get to(): number {
    return Math.max(this.anchor.value, this.head.value)
  }

  /** Puts caret and selection where a pointer left them. */
  select(anchor: number, head: number): void {
    this.anchor.value = anchor
    this.head.value = head
    this.focused.value = -1
  }

  /** Moves by a word, or with a question that asks for characters, by one. */
  move(direction: 1 | -1, extend: boolean): void {
    const by = this.question.by ?? 'word'
    const from = this.head.peek()
    const next = Math.min(this.points.length, Math.max(0, from + direction))
    this.head.value = by === 'character' ? next : wordEdge(this.points, from, direction)
    if (!extend) this.anchor.value = this.head.peek()
    this.focused.value = -1
  }

  /** Goes to the next mark of these, round and round. */
  nextMark(spans: readonly Span[]): void {
    if (spans.length === 0) return
    this.focus(spans, (this.focused.peek() + 1) % spans.length)
  }

  /** Puts the focus on a mark. */
  focus(spans: readonly Span[], place: number): void {
    this.focused.value = place
    const span = spans[place]
    if (span) {
      this.anchor.value = span.start
      this.head.value = span.end
    }
  }

  /** The marks with the selection marked as `label`, or with the mark in focus changed to it; undefined if nothing can be marked. */
  mark(spans: readonly Span[], label: string): readonly Span[] | undefined {
    const at = this.focused.peek()
    if (spans[at] !== undefined) return spans.map((span, place) => (place === at ? { ...span, label } : span))
    const [start, end] = this.#stretch()
    if (start >= end) {
      this.said.value = 'Select a stretch of the text first'
      return undefined
    }
    if (!this.question.overlap && overlaps(spans, start, end)) {
      this.said.value = 'Marks may not overlap here'
      return undefined
    }
    if (spans.some((span) => span.start === start && span.end === end && span.label === label))
      return undefined
    this.said.value = ''
    const added = { start, end, label }
    const next = [...spans, added].sort((one, other) => one.start - other.start || one.end - other.end)
    this.focused.value = next.indexOf(added)
    this.anchor.value = end
    this.head.value = end
    return next
  }

  /** The marks without the one in focus. */
  unmark(spans: readonly Span[]): readonly Span[] {
    const at = this.focused.peek()
    this.focused.value = -1
    return spans.filter((_, place) => place !== at)
  }

  #stretch(): readonly [number, number] {
    const [start, end] = [this.from, this.to]
    return (this.question.by ?? 'character') === 'word' && start < end
      ? wholeWords(this.points, start, end)
      : [start, end]
  }

  /** The labels by their keys. */
  get keys(): ReadonlyMap<string, string> {
    const { labels } = this.question
    const keys = keysOf(labels)
    return new Map(
      labels.flatMap(({ value }, place) => {
        const key = keys[place]
        return key == null ? [] : [[key, value] as const]
      }),
    )
  }
}

/** The marks of an answer. */
export function spansIn(answer: unknown): readonly Span[] {
  return Array.isArray(answer) ? (answer as readonly Span[]) : []
}

import type { ComponentChildren, VNode } from 'preact'
import { useMemo, useRef } from 'preact/hooks'
import type { Marking } from './marking.ts'
import { piecesOf, type Span } from './spans.ts'

interface MarkedTextProps {
  readonly text: string
  readonly marking: Marking | undefined
  readonly spans: readonly Span[]
}

/** A text with what is marked in it; while its question has the focus, with a caret and what is selected. */
export function MarkedText({ text, marking, spans }: MarkedTextProps): VNode {
  const place = useRef<HTMLParagraphElement>(null)
  const points = useMemo(() => Array.from(text), [text])
  const [from, to, head] = marking ? [marking.from, marking.to, marking.head.value] : [-1, -1, -1]
  const focused = marking ? spans[marking.focused.value] : undefined
  const pieces = piecesOf(points, spans, marking ? [from, to] : [])
  const labels = marking?.question.labels.map(({ value }) => value) ?? []
  return (
    <p
      ref={place}
      class={`plain-text marked${marking ? ' active' : ''}`}
      dir="auto"
      onPointerUp={() => {
        const selected = marking && place.current ? selectionIn(place.current) : undefined
        if (selected) marking?.select(selected[0], selected[1])
      }}
    >
      {pieces.flatMap((piece): ComponentChildren[] => {
        const over = piece.over.map((index) => spans[index]).filter((span) => span !== undefined)
        const isSelected = marking !== undefined && from < to && piece.start >= from && piece.end <= to
        const last = over.at(-1)
        const body = last ? (
          <mark
            class={`s${(Math.max(0, labels.indexOf(last.label)) % 8) + 1}${focused && over.includes(focused) ? ' on' : ''}${isSelected ? ' selected' : ''}`}
          >
            {piece.text}
          </mark>
        ) : isSelected ? (
          <span class="selected">{piece.text}</span>
        ) : (
          piece.text
        )
        return marking && piece.start === head ? [<span class="caret" />, body] : [body]
      })}
      {marking && head === points.length && <span class="caret" />}
    </p>
  )
}

/** What is selected inside of an element, in code points of its text; undefined if nothing is. */
function selectionIn(element: HTMLElement): readonly [number, number] | undefined {
  const selection = element.ownerDocument.getSelection()
  const { anchorNode, focusNode } = selection ?? {}
  if (!selection || !anchorNode || !focusNode) return undefined
  if (!element.contains(anchorNode) || !element.contains(focusNode)) return undefined
  const at = (node: Node, offset: number): number => {
    const range = element.ownerDocument.createRange()
    range.selectNodeContents(element)
    range.setEnd(node, offset)
    return Array.from(range.toString()).length
  }
  return [at(anchorNode, selection.anchorOffset), at(focusNode, selection.focusOffset)]
}

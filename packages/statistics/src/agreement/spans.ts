import { assertWhole } from '../arithmetic/input.ts'
import { shareInterval } from '../arithmetic/interval.ts'
import { type Agreement, type ItemsOptions, kindsOf, levelOf } from './items.ts'
import { meanOfPairs } from './percent.ts'

/** A marked piece of a text: code points from `start` up to, and without, `end`. */
export interface Span {
  readonly start: number
  readonly end: number
  readonly label: string
}

/**
 * How far two markings of one text are the same, over its code points and their labels. Both are 1
 * if neither marks anything.
 */
export interface SpanOverlap {
  /** 2·|A∩B| ÷ (|A| + |B|). */
  readonly f1: number
  /** |A∩B| ÷ |A∪B|. */
  readonly iou: number
}

/** The agreement of markings, as means over each item's pairs of people and then over items. */
export interface SpanAgreement {
  readonly f1: Agreement
  readonly iou: Agreement
}

/**
 * How far two markings are the same. How a stretch is cut into spans makes no difference; a code
 * point may have several labels.
 *
 * @throws RangeError if a span's start or end is no whole number, or it ends before it starts
 */
export function spanOverlap(a: readonly Span[], b: readonly Span[]): SpanOverlap {
  const [left, right] = [stretches(a), stretches(b)]
  const [sizeA, sizeB] = [sizeOf(left), sizeOf(right)]
  let both = 0
  for (const [label, spans] of left) both += inBoth(spans, right.get(label) ?? [])
  const either = sizeA + sizeB - both
  return either === 0 ? { f1: 1, iou: 1 } : { f1: (2 * both) / (sizeA + sizeB), iou: both / either }
}

/**
 * The agreement of people who marked the same texts.
 *
 * @param items for each text, the marking of each person; fewer than two say nothing
 * @throws RangeError if a span is none
 */
export function spanAgreement(
  items: Iterable<readonly (readonly Span[])[]>,
  options: ItemsOptions = {},
): SpanAgreement {
  const level = levelOf(options)
  const given = [...items]
  const counts = options.counts ? [...options.counts] : undefined
  kindsOf(given, counts)
  const agreementBy = (of: keyof SpanOverlap): Agreement =>
    meanOfPairs(
      given,
      counts,
      (a, b) => spanOverlap(a, b)[of],
      (mean, se, n) => shareInterval(mean, se, n, { level }),
    )
  return { f1: agreementBy('f1'), iou: agreementBy('iou') }
}

/** The marked stretches of each label, from left to right, apart from each other. */
type Stretches = ReadonlyMap<string, readonly Span[]>

function stretches(spans: readonly Span[]): Stretches {
  const byLabel = new Map<string, Span[]>()
  for (const [i, span] of spans.entries()) {
    assertWhole(`spans[${i}].start`, span.start)
    assertWhole(`spans[${i}].end`, span.end, span.start)
    const same = byLabel.get(span.label)
    if (same) same.push(span)
    else byLabel.set(span.label, [span])
  }
  return new Map([...byLabel].map(([label, same]) => [label, merged(same)]))
}

function merged(spans: readonly Span[]): Span[] {
  const apart: Span[] = []
  for (const span of spans.toSorted((a, b) => a.start - b.start)) {
    const last = apart.at(-1)
    if (last && span.start <= last.end)
      apart[apart.length - 1] = { ...last, end: Math.max(last.end, span.end) }
    else apart.push(span)
  }
  return apart
}

function sizeOf(marked: Stretches): number {
  let size = 0
  for (const spans of marked.values()) {
    for (const { start, end } of spans) size += end - start
  }
  return size
}

/** Code points that lie in a stretch of each. */
function inBoth(a: readonly Span[], b: readonly Span[]): number {
  let [size, i, j] = [0, 0, 0]
  for (;;) {
    const [left, right] = [a[i], b[j]]
    if (!left || !right) return size
    size += Math.max(0, Math.min(left.end, right.end) - Math.max(left.start, right.start))
    if (left.end < right.end) i++
    else j++
  }
}

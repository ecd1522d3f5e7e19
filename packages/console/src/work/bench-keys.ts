import { type ReadonlySignal, type Signal, useSignalEffect } from '@preact/signals'
import { useLayoutEffect } from 'preact/hooks'
import { COMMENT, type Stop } from '../forms/asked.ts'
import { type Around, keyDeeds, placesRanked, rankingOf } from '../forms/key-deeds.ts'
import { type Marking, spansIn } from '../forms/marking.ts'
import { swapped, tied } from '../forms/ranking.tsx'
import type { Deed, Place } from '../keys/bindings.ts'
import { deedOf, isCovered, isOwnKey, isTyping, pressed } from '../keys/keymap.ts'
import type { Item } from './item.ts'
import type { Shift } from './shift.ts'

/** What is open over the item. */
export type Over = 'nothing' | 'skip' | 'flag' | 'instructions' | 'past'

interface Bench {
  readonly item: Item
  readonly over: Signal<Over>
  readonly around: Around
  readonly markings: ReadonlyMap<string, Marking>
  readonly stop: ReadonlySignal<Stop | undefined>
  readonly focusCall: Signal<number>
  readonly submit: () => void
  readonly shift: Shift
}

/** The keys of an item: its form's own at the question in focus, then those of the page. */
export function useBenchKeys(bench: Bench): void {
  // With the item itself: a key that comes before the next frame is not lost.
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const key = pressed(event)
      if (key === undefined || bench.over.peek() !== 'nothing' || event.defaultPrevented) return
      if (isCovered()) return
      if (act(bench, key, event)) event.preventDefault()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [bench.item])
  useSignalEffect(() => {
    // A question that went away leaves the focus with the last there is.
    const last = bench.item.stops.value.length - 1
    if (bench.item.at.value > last && last >= 0) bench.item.at.value = last
  })
}

/** Whether the key did something. */
function act(bench: Bench, key: string, event: KeyboardEvent): boolean {
  const { item, stop } = bench
  const typing = isTyping(event.target)
  if (typing) return actTyping(bench, key, event.target as HTMLElement)
  if (isOwnKey(event.target, key)) return false
  const now = stop.peek()
  const places: Place[] = ['work']
  if (now?.question.type === 'spans') {
    const marking = bench.markings.get(now.question.id)
    const label = marking?.keys.get(key)
    if (marking && label !== undefined) {
      const next = marking.mark(spansIn(item.answers.peek()[now.question.id]), label)
      if (next) item.answer(now.question.id, next)
      return true
    }
    places.unshift('marking')
  }
  if (now?.question.type === 'ranking') places.unshift('ranking')
  const deed = now && keyDeeds(now, bench.around).get(key)
  if (now && deed) {
    item.answer(now.question.id, deed(item.answers.peek()[now.question.id]))
    return true
  }
  const bare = key.startsWith('shift+arrow') ? key.slice('shift+'.length) : key
  const found = deedOf(key, places) ?? deedOf(bare, places)
  return found !== undefined && DEEDS[found]?.(bench, event) !== false
}

/** While somebody types, keys are text: but for those that submit, go on from a single line, or leave. */
function actTyping(bench: Bench, key: string, target: HTMLElement): boolean {
  if (key === 'ctrl+enter') {
    bench.submit()
    return true
  }
  if (key === 'escape') {
    target.closest('fieldset')?.focus()
    return true
  }
  if (key === 'enter' && target instanceof HTMLInputElement) {
    enter(bench)
    return true
  }
  return false
}

type Do = (bench: Bench, event: KeyboardEvent) => unknown

const DEEDS: Readonly<Partial<Record<Deed, Do>>> = {
  nextQuestion: (bench) => go(bench, 1),
  previousQuestion: (bench) => go(bench, -1),
  enter: (bench) => enter(bench),
  submit: ({ submit }) => submit(),
  undo: ({ shift }) => {
    if (shift.undoLeft.peek() === 0) return false
    void shift.undo()
    return true
  },
  past: ({ over }) => {
    over.value = 'past'
  },
  skip: ({ over }) => {
    over.value = 'skip'
  },
  flag: ({ over }) => {
    over.value = 'flag'
  },
  comment: (bench) => {
    const place = bench.item.stops.peek().findIndex(({ question }) => question.id === COMMENT)
    if (place < 0) return false
    moveTo(bench, place)
    return true
  },
  giveBack: ({ shift }) => void shift.release(),
  instructions: ({ over, item }) => {
    if (item.work.form?.help === undefined) return false
    over.value = 'instructions'
    return true
  },
  caretLeft: (bench, { shiftKey }) => marking(bench)?.move(-1, shiftKey),
  caretRight: (bench, { shiftKey }) => marking(bench)?.move(1, shiftKey),
  nextMark: (bench) => marking(bench)?.nextMark(spansAt(bench)),
  unmark: (bench) => {
    const id = bench.stop.peek()?.question.id
    const at = marking(bench)
    if (id !== undefined && at && at.focused.peek() >= 0) bench.item.answer(id, at.unmark(spansAt(bench)))
  },
  rankUp: (bench) => rank(bench, (places) => swapped(places, places.length - 1, places.length - 2)),
  rankTie: (bench) => {
    const question = bench.stop.peek()?.question
    if (question?.type === 'ranking' && question.ties)
      rank(bench, (places) => tied(places, places.length - 1))
  },
  rankClear: (bench) => rank(bench, (places) => places.slice(0, -1)),
}

function marking({ stop, markings }: Bench): Marking | undefined {
  return markings.get(stop.peek()?.question.id ?? '')
}

const spansAt = ({ stop, item }: Bench) => spansIn(item.answers.peek()[stop.peek()?.question.id ?? ''])

function rank({ stop, item }: Bench, change: (places: string[][]) => (readonly string[])[]): void {
  const question = stop.peek()?.question
  if (question?.type !== 'ranking') return
  item.answer(question.id, rankingOf(question, change(placesRanked(item.answers.peek()[question.id]))))
}

function go(bench: Bench, by: 1 | -1): void {
  const last = bench.item.stops.peek().length - 1
  moveTo(bench, Math.min(last, Math.max(0, bench.item.at.peek() + by)))
}

/** Goes to a stop, focus and all, before the next key comes: it may be the first letter of a text. */
function moveTo({ item, focusCall }: Bench, place: number): void {
  item.at.value = place
  focusCall.value += 1
  const asked = item.drawn.peek().findIndex(({ id }) => id === item.stops.peek()[place]?.question.id)
  const question = document.querySelectorAll<HTMLElement>('.questions > .question')[asked]
  const target = question?.querySelector<HTMLElement>('input, textarea') ?? question
  target?.focus({ preventScroll: true })
}

/** Goes on to the next question; on the last one, submits. */
function enter(bench: Bench): void {
  const { item, submit } = bench
  if (item.at.peek() < item.stops.peek().length - 1) go(bench, 1)
  else submit()
}

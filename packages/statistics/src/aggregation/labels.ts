import { assertSameLength, assertWhole } from '../arithmetic/input.ts'

/**
 * One person's answer to one item: their numbers, and the number of the class. All count from 0.
 */
export type Label = readonly [item: number, person: number, answer: number]

/** Labels in columns, which millions of them fit in best. */
export interface LabelColumns {
  readonly items: ArrayLike<number>
  readonly people: ArrayLike<number>
  readonly answers: ArrayLike<number>
}

/** Labels one by one, or in columns. Their order does not matter. */
export type Labels = Iterable<Label> | LabelColumns

/** Labels by item, then person, then answer: whatever order they came in. */
export interface SortedLabels {
  readonly items: number
  readonly people: number
  readonly classes: number
  /** Where the labels of each item begin; one more says where the last ones end. */
  readonly starts: Int32Array
  readonly person: Int32Array
  readonly answer: Int32Array
  /** How many labels each person gave. */
  readonly given: Int32Array
}

/**
 * Numbers of items and people beyond are mistakes: they would be room for labels that nobody gave.
 */
const MOST = 100_000_000

/**
 * Reads labels and sorts them.
 *
 * @throws RangeError if a number is not whole, or an answer is no class
 */
export function sortLabels(labels: Labels, classes: number): SortedLabels {
  assertWhole('classes', classes, 2, MOST)
  const { items, people, answers } = isColumns(labels) ? copied(labels) : gathered(labels)
  for (let i = 0; i < items.length; i++) {
    assertWhole(`item of label ${i}`, items[i] as number, 0, MOST)
    assertWhole(`person of label ${i}`, people[i] as number, 0, MOST)
    assertWhole(`answer of label ${i}`, answers[i] as number, 0, classes - 1)
  }
  const [itemCount, personCount] = [sizeFor(items), sizeFor(people)]
  let order = Int32Array.from({ length: items.length }, (_, i) => i)
  order = sortedBy(order, answers, classes).order
  const byPerson = sortedBy(order, people, personCount)
  const byItem = sortedBy(byPerson.order, items, itemCount)
  const person = new Int32Array(items.length)
  const answer = new Int32Array(items.length)
  for (const [place, i] of byItem.order.entries()) {
    person[place] = people[i] as number
    answer[place] = answers[i] as number
  }
  const given = new Int32Array(personCount)
  for (let j = 0; j < personCount; j++)
    given[j] = (byPerson.starts[j + 1] as number) - (byPerson.starts[j] as number)
  return { items: itemCount, people: personCount, classes, starts: byItem.starts, person, answer, given }
}

type Columns = Readonly<Record<keyof LabelColumns, Float64Array>>

function isColumns(labels: Labels): labels is LabelColumns {
  return 'answers' in labels
}

function copied({ items, people, answers }: LabelColumns): Columns {
  assertSameLength('people', people.length, 'labels', items.length)
  assertSameLength('answers', answers.length, 'labels', items.length)
  return {
    items: Float64Array.from(items),
    people: Float64Array.from(people),
    answers: Float64Array.from(answers),
  }
}

function gathered(labels: Iterable<Label>): Columns {
  const items: number[] = []
  const people: number[] = []
  const answers: number[] = []
  for (const [item, person, answer] of labels) {
    items.push(item)
    people.push(person)
    answers.push(answer)
  }
  return copied({ items, people, answers })
}

function sizeFor(numbers: Float64Array): number {
  let largest = -1
  for (const number of numbers) if (number > largest) largest = number
  return largest + 1
}

/** A stable counting sort; where the labels of each key begin, too. */
function sortedBy(
  order: Int32Array<ArrayBuffer>,
  keys: Float64Array,
  size: number,
): { readonly order: Int32Array<ArrayBuffer>; readonly starts: Int32Array } {
  const starts = new Int32Array(size + 1)
  for (const key of keys) starts[key + 1] = (starts[key + 1] as number) + 1
  for (let key = 0; key < size; key++) starts[key + 1] = (starts[key + 1] as number) + (starts[key] as number)
  const next = starts.slice()
  const sorted = new Int32Array(order.length)
  for (const i of order) {
    const key = keys[i] as number
    const place = next[key] as number
    next[key] = place + 1
    sorted[place] = i
  }
  return { order: sorted, starts }
}

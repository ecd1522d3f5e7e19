import { assertSameLength, assertWhole } from '../arithmetic/input.ts'
import { type Agreement, type ItemsOptions, levelOf } from './items.ts'
import { jackknifeInterval, type LeftOut } from './jackknife.ts'

/** Items with the same numbers of answers for each class. */
interface Row {
  readonly counts: ArrayLike<number>
  readonly items: number
  /** Ordered pairs of its answers that differ. */
  readonly different: number
}

/**
 * Fleiss' κ: how far any number of people agree beyond chance. Only items with the commonest number
 * of answers count, which is the larger of two that are as common.
 *
 * Source: Fleiss 1971, Psychol Bull 76. The interval is a jackknife over items.
 *
 * @param table for each item, how many people said each class
 * @throws RangeError if rows are not equally long, or a cell is no whole number of at least 0
 */
export function fleiss(table: Iterable<ArrayLike<number>>, options: ItemsOptions = {}): Agreement {
  const level = levelOf(options)
  const { rows, people, reason } = commonest(table, options.counts)
  const items = rows.reduce((all, row) => all + row.items, 0)
  const answers = items * people
  if (reason) return { value: null, interval: null, reason, items, answers }

  const classes = rows[0]?.counts.length ?? 0
  const totals = new Float64Array(classes)
  let different = 0
  for (const row of rows) {
    for (let k = 0; k < classes; k++)
      totals[k] = (totals[k] as number) + row.items * (row.counts[k] as number)
    different += row.items * row.different
  }
  const whole = disagreementOf(totals, different, items, people)
  if (whole === null) return { value: null, interval: null, reason: 'no_variation', items, answers }
  const leftOut = rows.map((row): LeftOut => {
    const rest = totals.map((total, k) => total - (row.counts[k] as number))
    return {
      count: row.items,
      disagreement: disagreementOf(rest, different - row.different, items - 1, people),
    }
  })
  const worst = (): number => (answers * answers) / pairsApart(totals, answers)
  return {
    value: 1 - whole,
    interval: jackknifeInterval({ disagreement: whole, items, leftOut, worst }, level),
    reason: null,
    items,
    answers,
  }
}

/** (1 − P̄) ÷ (1 − P_e), all from whole numbers; `null` if all answers are of one class. */
function disagreementOf(
  totals: Float64Array,
  different: number,
  items: number,
  people: number,
): number | null {
  const answers = items * people
  const apart = pairsApart(totals, answers)
  return apart > 0 ? (different / (items * people * (people - 1))) * ((answers * answers) / apart) : null
}

/** Ordered pairs of all answers that differ. */
function pairsApart(totals: Float64Array, answers: number): number {
  let same = 0
  for (const total of totals) same += total * total
  return answers * answers - same
}

interface Commonest {
  readonly rows: readonly Row[]
  readonly people: number
  readonly reason: 'empty' | 'one_rater' | null
}

/** The items with the commonest number of answers, of two or more. */
function commonest(table: Iterable<ArrayLike<number>>, counts: Iterable<number> | undefined): Commonest {
  const byPeople = new Map<number, Row[]>()
  const weights = counts ? [...counts] : undefined
  let [given, any, classes] = [0, false, 0]
  for (const cells of table) {
    if (given === 0) classes = cells.length
    assertSameLength(`table[${given}]`, cells.length, 'classes', classes)
    const items = weights ? (weights[given] ?? 0) : 1
    assertWhole(`counts[${given}]`, items)
    let [people, same] = [0, 0]
    for (let k = 0; k < classes; k++) {
      const cell = cells[k] as number
      assertWhole(`table[${given}][${k}]`, cell)
      people += cell
      same += cell * cell
    }
    given++
    if (people === 0 || items === 0) continue
    any = true
    if (people < 2) continue
    const rows = byPeople.get(people) ?? []
    rows.push({ counts: cells, items, different: people * people - same })
    byPeople.set(people, rows)
  }
  if (weights) assertSameLength('counts', weights.length, 'items', given)
  let [best, most, mostItems]: [readonly Row[], number, number] = [[], 0, 0]
  for (const [people, rows] of byPeople) {
    const items = rows.reduce((all, row) => all + row.items, 0)
    if (items < mostItems || (items === mostItems && people < most)) continue
    ;[best, most, mostItems] = [rows, people, items]
  }
  return { rows: best, people: most, reason: best.length > 0 ? null : any ? 'one_rater' : 'empty' }
}

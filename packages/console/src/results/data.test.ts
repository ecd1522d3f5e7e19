import { expect, it } from 'vitest'
import {
  cellIn,
  columnsOf,
  comparable,
  differing,
  isOdd,
  isSplit,
  mostSaid,
  placesIn,
  type Row,
  RowsInSight,
  type Run,
  signOf,
  toggled,
} from './data.ts'

const row = (place: number, ...labels: (string | null)[]): Row => ({
  place,
  scenarioId: `s${place}`,
  preview: '',
  taskId: null,
  people: null,
  cells: Object.fromEntries(
    labels.map((label, model) => [
      `m${model}`,
      { jobId: '', state: 'completed' as const, label, score: null },
    ]),
  ),
})

it('reads places out of a bitmap, the first the lowest bit of the first byte', () => {
  expect(Array.from(placesIn('BQE='))).toEqual([1, 3, 9])
  expect(Array.from(placesIn(''))).toEqual([])
})

it('reads each block of rows once, and again after it was forgotten', async () => {
  const asked: number[][] = []
  const places = Uint32Array.from({ length: 250 }, (_, index) => 2 * (index + 1))
  const rows = new RowsInSight(
    places,
    async (wanted) => {
      asked.push([...wanted])
      return wanted.map((place) => row(place, 'da'))
    },
    () => undefined,
  )
  await rows.see(90, 120)
  await rows.see(0, 30)
  expect(asked.map((each) => [each[0], each.length])).toEqual([
    [2, 100],
    [202, 100],
  ])
  expect(rows.at(1)?.place).toBe(4)
  expect(rows.at(249)).toBeUndefined()
  rows.forget()
  expect(rows.at(1)?.place).toBe(4)
  await rows.see(0, 30)
  expect(asked).toHaveLength(3)
})

it('holds three thousand rows at most, those that were seen last', async () => {
  const asked: number[] = []
  const rows = new RowsInSight(
    Uint32Array.from({ length: 5_000 }, (_, index) => index + 1),
    async (wanted) => {
      asked.push(wanted[0] ?? 0)
      return wanted.map((place) => row(place, 'da'))
    },
    () => undefined,
  )
  for (let start = 0; start < 5_000; start += 100) {
    await rows.see(0, 50)
    await rows.see(start, start + 100)
  }
  const held = Array.from({ length: 5_000 }, (_, index) => rows.at(index)).filter((each) => each)
  expect(held).toHaveLength(3_000)
  expect(rows.at(0)?.place).toBe(1)
  expect(rows.at(4_999)?.place).toBe(5_000)
  expect(asked).toHaveLength(50)
  await rows.see(100, 200)
  expect(rows.at(150)?.place).toBe(151)
})

it('counts the places that one of two filters finds alone', () => {
  const of = (...places: number[]) => Uint32Array.from(places)
  expect(differing(of(1, 3, 5), of(1, 3, 5))).toBe(0)
  expect(differing(of(1, 3, 5), of(3, 4))).toBe(3)
  expect(differing(of(), of(7, 9))).toBe(2)
})

it('knows a disagreement, and who is alone in it', () => {
  expect(isSplit(row(1, 'da', null, 'da'))).toBe(false)
  expect(isSplit(row(1, 'da', 'nb'))).toBe(true)
  expect(['m0', 'm1', 'm2'].map((model) => isOdd(row(1, 'da', 'nb', 'da'), model))).toEqual([
    false,
    true,
    false,
  ])
  expect(isOdd(row(1, 'da', 'nb'), 'm0')).toBe(true)
  expect(isOdd(row(1, 'da', 'nb'), 'm1')).toBe(true)
  expect(isOdd(row(1, 'da', 'da'), 'm0')).toBe(false)
  expect(isOdd(row(1, 'da', null), 'm0')).toBe(false)
})

it('puts a word into a filter, and takes it out again', () => {
  expect(toggled('failed', 'split')).toBe('split failed')
  expect(toggled('split failed', 'split')).toBe('failed')
})

const runOf = (runId: string, definitionId: string, models: readonly string[]): Run =>
  ({ runId, config: { models, definitionSnapshot: { definitionId } } }) as never

it('stands the models of a second run of the definition beside those of the first', () => {
  const [first, second] = [runOf('1', 'd', ['m0', 'm1']), runOf('2', 'd', ['m1'])]
  expect(comparable(first, [first, second, runOf('3', 'e', ['m0'])])).toEqual([second])
  const columns = columnsOf(first, second)
  expect(columns.map(({ key }) => key)).toEqual(['1 m0', '1 m1', '2 m1'])
  const beside = { ...row(1, 'da', 'nb'), beside: row(1, 'da', 'da').cells }
  expect(columns.map((column) => cellIn(beside, column)?.label)).toEqual(['da', 'nb', 'da'])
  expect(columns.map((column) => signOf(beside, column))).toEqual([
    'others differ',
    'others differ',
    'it said nb before',
  ])
  const alike = { ...row(1, 'da', 'nb'), beside: row(1, 'da', 'nb').cells }
  expect(signOf(alike, columns[2] as never)).toBeUndefined()
  expect(cellIn(row(1, 'da'), columns[2] as never)).toBeUndefined()
})

it('says of repeats what most of them gave, and how many', () => {
  const again = (...labels: (string | null)[]): Row => {
    const one = row(1, 'da', labels[0] ?? null)
    const cell = { jobId: '', state: 'completed' as const, score: null }
    const repeats = labels.slice(1).map((label) => ({ ...cell, label }))
    return { ...one, cells: { ...one.cells, m1: { ...cell, label: labels[0] ?? null, repeats } } }
  }
  const said = (found: Row) => found.cells['m1'] && mostSaid(found.cells['m1'])
  expect(said(again('nb', 'da', 'da'))).toEqual({ label: 'da', times: 2, of: 3 })
  expect(said(again('nb', 'da', null))).toEqual({ label: 'nb', times: 1, of: 3 })
  expect(said(again(null, null))).toBeUndefined()
  expect(isSplit(again('da', 'da', 'nb'))).toBe(true)
  expect(isOdd(again('da', 'da', 'nb'), 'm1')).toBe(false)
  expect(isOdd(again('nb', 'nb', 'da'), 'm1')).toBe(true)
})

import type { BasicAnalysis, DeepAnalysis } from '@muster-examples/language-id'
import type { Analysis } from './analysis.ts'
import { table } from './screen.ts'

const LENGTHS = ['phrase', 'clause', 'article'] as const
const DATASET_NAMES: Readonly<Record<string, string>> = { udhr: 'UDHR', ui: 'UI strings' }

/** `93 %`, or a dash where there is nothing to divide. */
export function share(part: number, whole: number): string {
  return whole === 0 ? '–' : `${Math.round((100 * part) / whole)} %`
}

/** Accuracy by model and length of text, a column for each length in each dataset. */
export function accuracyTable({ accuracy }: BasicAnalysis): string {
  const overall = accuracy.filter(({ language }) => language === undefined)
  const models = [...new Set(overall.map(({ model }) => model))]
  const columns = [...new Set(overall.map(({ dataset }) => dataset))].flatMap((dataset) =>
    LENGTHS.filter((length) => overall.some((row) => row.dataset === dataset && row.length === length)).map(
      (length) => ({ dataset, length }),
    ),
  )
  const rows = models.map((model) => [
    model,
    ...columns.map(({ dataset, length }) => {
      const row = overall.find(
        (cell) => cell.model === model && cell.dataset === dataset && cell.length === length,
      )
      return share(row?.correct ?? 0, row?.total ?? 0)
    }),
  ])
  return table(
    ['model', ...columns.map(({ dataset, length }) => `${DATASET_NAMES[dataset] ?? dataset} ${length}`)],
    rows,
  )
}

/** What the declaration flatters: franc was trained on it. */
export function leakTable(deep: Analysis<DeepAnalysis>): string {
  if (deep.kind === 'failed') return `Not known, because analyze:deep failed: ${deep.why}`
  const percent = (value: number): string => `${(100 * value).toFixed(1)} %`
  return table(
    ['model', 'UDHR', 'UI strings', 'drop', '95 % of the drop'],
    deep.result.leak.map(({ model, udhr, ui, drop, low, high }) => [
      model,
      percent(udhr),
      percent(ui),
      percent(drop),
      `${percent(low)} to ${percent(high)}`,
    ]),
  )
}

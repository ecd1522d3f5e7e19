import type { Answers, MusterClient } from '@muster/client'
import { UsageError } from './command-error.ts'
import { jsonOf, write } from './files.ts'
import type { CompareOptions } from './options.ts'
import { projectOf, runModelIn } from './runs.ts'

/** `muster compare`: gives the comparison. @throws CommandError */
export async function compare(
  muster: MusterClient,
  baseline: string,
  candidate: string,
  { metrics: file, clusterBy, slice, seed, allowPartial, report }: CompareOptions,
  say: (words: string) => void,
): Promise<object> {
  const sides = { baseline: runModelIn(baseline), candidate: runModelIn(candidate) }
  const metrics = metricsIn(await jsonOf(file))
  const projectId = await projectOf(muster, Object.values(sides), { untilEnded: false, say })
  const comparison = await muster.evaluation.compare(projectId, {
    ...sides,
    metrics,
    ...(clusterBy !== undefined && { clusterBy }),
    ...(slice !== undefined && { slices: [...slice] }),
    ...(seed !== undefined && { seed: numberIn(seed) }),
    ...(allowPartial !== undefined && { allowPartial }),
  })
  for (const each of comparison.metrics) say(wordsOf(each))
  if (report !== undefined)
    await write(report, await muster.evaluation.comparisonReport(comparison.comparisonId))
  return comparison
}

/** A file of metrics alone, or one that has them, such as a policy. */
function metricsIn(value: unknown): never {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  // The server says of each place whether it may be so.
  return (isObject && 'metrics' in value ? value.metrics : value) as never
}

function numberIn(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && Number.isFinite(value)) return value
  throw new UsageError(`--seed must be a number, not ${text}`)
}

function wordsOf({
  metric,
  verdict,
  difference,
  low,
  high,
  reason,
}: Answers['Comparison']['metrics'][number]): string {
  if (difference === null || low === null || high === null)
    return `${metric}: ${verdict} (${reason ?? 'no value'})`
  const figures = [difference, low, high].map((value) => value.toPrecision(3))
  return `${metric}: ${verdict}, ${figures[0]} (${figures[1]} to ${figures[2]})`
}

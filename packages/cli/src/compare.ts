import { CommandError, EXIT } from './command-error.ts'
import { jsonOf, write } from './files.ts'
import type { CompareOptions } from './options.ts'
import { projectOf, runModelIn } from './runs.ts'
import type { Server } from './server.ts'

interface Comparison {
  readonly comparisonId: string
  readonly metrics: readonly {
    readonly metric: string
    readonly verdict: string
    readonly difference: number | null
    readonly low: number | null
    readonly high: number | null
    readonly reason: string | null
  }[]
}

/** `muster compare`: gives the comparison. @throws CommandError */
export async function compare(
  server: Server,
  baseline: string,
  candidate: string,
  { metrics: file, clusterBy, slice, seed, allowPartial, report }: CompareOptions,
  say: (words: string) => void,
): Promise<object> {
  const sides = { baseline: runModelIn(baseline), candidate: runModelIn(candidate) }
  const metrics = metricsIn(await jsonOf(file))
  const projectId = await projectOf(server, Object.values(sides), { untilEnded: false, say })
  const comparison = (await server.post(`/projects/${projectId}/comparisons`, {
    ...sides,
    metrics,
    ...(clusterBy !== undefined && { clusterBy }),
    ...(slice !== undefined && { slices: slice }),
    ...(seed !== undefined && { seed: numberIn(seed) }),
    ...(allowPartial !== undefined && { allowPartial }),
  })) as Comparison
  for (const each of comparison.metrics) say(wordsOf(each))
  if (report !== undefined)
    await write(report, await server.text(`/comparisons/${comparison.comparisonId}/report.html`))
  return comparison
}

/** A file of metrics alone, or one that has them, such as a policy. */
function metricsIn(value: unknown): unknown {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject && 'metrics' in value ? value.metrics : value
}

function numberIn(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && Number.isFinite(value)) return value
  throw new CommandError(EXIT.usage, `--seed must be a number, not ${text}`)
}

function wordsOf({ metric, verdict, difference, low, high, reason }: Comparison['metrics'][number]): string {
  if (difference === null || low === null || high === null)
    return `${metric}: ${verdict} (${reason ?? 'no value'})`
  const figures = [difference, low, high].map((value) => value.toPrecision(3))
  return `${metric}: ${verdict}, ${figures[0]} (${figures[1]} to ${figures[2]})`
}

import type { RunProgress } from '@muster/core/calls'

const WIDTH = 24

/** A run in lines: a bar for each model, then the whole with its rate and what is left. */
export function progressBars(title: string, progress: RunProgress): string[] {
  const models = Object.entries(progress.byModel)
  const column = Math.max(...models.map(([model]) => model.length))
  return [
    `${title}: ${progressText(progress)}`,
    ...models.map(([model, tally]) => {
      const settled = tally.completed + tally.failed + tally.cancelled
      const failures = tally.failed > 0 ? `  ${tally.failed} failed` : ''
      return `  ${model.padEnd(column)}  ${bar(settled, tally.total)}  ${settled}/${tally.total}${failures}`
    }),
  ]
}

/** A run in one line, such as `480 of 1 904 jobs (25 %), 212 a second, 7 s left`. */
export function progressText({
  total,
  completed,
  failed,
  cancelled,
  percentComplete,
  ratePerSecond,
  etaSeconds,
  status,
}: RunProgress): string {
  const parts = [`${completed + failed + cancelled} of ${total} jobs (${Math.floor(percentComplete)} %)`]
  if (failed > 0) parts.push(`${failed} failed`)
  if (status === 'running') {
    if (ratePerSecond > 0)
      parts.push(`${ratePerSecond < 10 ? ratePerSecond.toFixed(1) : Math.round(ratePerSecond)} a second`)
    if (etaSeconds !== null) parts.push(`${Math.ceil(etaSeconds)} s left`)
  } else {
    parts.push(status)
  }
  return parts.join(', ')
}

function bar(settled: number, total: number): string {
  const filled = total === 0 ? WIDTH : Math.floor((settled / total) * WIDTH)
  return `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)}`
}

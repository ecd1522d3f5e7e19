/** What many callers at once measured. */
export interface Hammered {
  readonly calls: number
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/** `clients` loops of `call` at once, each waiting for its answer, for `ms` or until one answers that nothing is left. */
export async function hammer(
  clients: number,
  ms: number,
  call: (client: number) => Promise<boolean>,
): Promise<Hammered> {
  const times: number[] = []
  const begin = performance.now()
  let more = true
  await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      while (more && performance.now() - begin < ms) {
        const start = performance.now()
        more = (await call(client)) && more
        times.push(performance.now() - start)
      }
    }),
  )
  const seconds = (performance.now() - begin) / 1000
  return {
    calls: times.length,
    perSecond: times.length / seconds,
    p50Ms: quantile(times, 0.5),
    p99Ms: quantile(times, 0.99),
  }
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}

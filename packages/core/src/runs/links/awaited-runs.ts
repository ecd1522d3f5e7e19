import type { FlowStore } from '../../jobs/flow-store.ts'
import type { AwaitedRun } from '../../jobs/flows.ts'
import type { Transactions } from '../../transactions.ts'
import type { RunStore } from '../run-store.ts'
import { linkVerdict } from './link-verdict.ts'

/** Runs looked at in one statement, and jobs moved in one transaction. */
const BATCH = 1_000

interface Deps {
  readonly transactions: Transactions<{
    readonly flows: FlowStore
    readonly runs: Pick<RunStore, 'findMany'>
  }>
}

/** Leaves the jobs to the sweep of flows whose run is so far, or will not be. Says how many: each is left once, and any number of processes may do this at once. */
export async function meetAwaitedRuns({ transactions }: Deps): Promise<number> {
  const { flows, runs } = transactions.stores
  let moved = 0
  for (let after: AwaitedRun | null = null; ; ) {
    const page: readonly AwaitedRun[] = await flows.listAwaitedRuns(after, BATCH)
    if (page.length === 0) return moved
    const found = await runs.findMany([...new Set(page.map(({ runId }) => runId))])
    const byId = new Map(found.map((run) => [run.runId, run]))
    for (const awaited of page) {
      const run = byId.get(awaited.runId)
      const verdict = run === undefined ? 'wait' : linkVerdict(awaited.when, run)
      if (verdict === 'wait') continue
      moved += await transactions.transaction((stores) =>
        stores.flows.meetRun(awaited, verdict === 'start', BATCH),
      )
    }
    after = page.at(-1) ?? null
    if (page.length < BATCH) return moved
  }
}

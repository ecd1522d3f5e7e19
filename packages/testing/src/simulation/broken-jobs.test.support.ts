import type { NewAsk } from '@muster/core/asks'
import type { NewJob, Stores, Taken, WorkerStore } from '@muster/core/ports'
import type { UsageReport } from '@muster/core/usage'
import type { Adaptation } from './adaptation.ts'
import { afterCommit } from './broken-adapters.test.support.ts'
import type { StoreCall } from './rules/monitor.ts'
import { eachStatement, invoke } from './simulated-process.ts'

type Around = (go: () => Promise<unknown>, call: StoreCall, stores: Stores) => Promise<unknown>

/** A job that waits is added by what was read of those before it without a lock: one that runs then is taken for ended. */
export function addsWithoutLock(): Adaptation {
  return everywhere(async (go, call, stores) => {
    if (call.method !== 'addPlaced' && call.method !== 'addItems') return go()
    const [jobs, ...rest] = call.args as [readonly NewJob[], ...unknown[]]
    const changed: NewJob[] = []
    for (const job of jobs) {
      const open: (typeof job.jobId)[] = []
      for (const parent of job.after?.parents ?? [])
        if ((await stores.jobs.find(parent))?.state !== 'active') open.push(parent)
      const { after, ...alone } = job
      if (after === undefined) changed.push(job)
      else changed.push(open.length === 0 ? alone : { ...job, after: { ...after, parents: open } })
    }
    return invoke(stores, { ...call, args: [changed, ...rest] })
  })
}

/** No look finds that jobs have ended which others wait for. */
export function forgetsEnds(): Adaptation {
  return everywhere(async (go, { method }) =>
    method === 'look' ? { ...((await go()) as object), ended: false } : go(),
  )
}

/** A worker says at each take that it holds nothing. */
export function saysItHoldsNothing(): Adaptation {
  return taking((request) => ({ ...request, report: request.report && { ...request.report, held: [] } }))
}

/** Tasks end, and the questions that they are of do later. */
export function endsQuestionsApart(): Adaptation {
  return afterCommit(({ store, method }) => store === 'asks' && method === 'endTasks')
}

/** A job falls asleep, and its questions are kept later. */
export function keepsQuestionsApart(): Adaptation {
  return afterCommit(
    ({ store, method }) => store === 'asks' && method === 'open',
    ({ args: [asks] }) => new Set((asks as readonly NewAsk[]).map(({ jobId }) => jobId)),
  )
}

/** Nobody puts jobs in line again that have their answers. */
export function leavesTheAnswered(): Adaptation {
  return everywhere((go, { store, method }) =>
    store === 'arrivals' && method === 'collect' ? Promise.resolve([]) : go(),
  )
}

/** No look finds that a run has ended which another waits for. */
export function forgetsLinks(): Adaptation {
  return everywhere((go, { store, method }) =>
    store === 'runLinks' && method === 'listDue' ? Promise.resolve([]) : go(),
  )
}

/** A run that starts after another gets one scenario of those it was to have, at most. */
export function losesScenarios(): Adaptation {
  return everywhere((go, call, stores) => {
    if (call.store !== 'runLinks' || call.method !== 'fill') return go()
    const [run, now] = call.args as Parameters<Stores['runLinks']['fill']>
    return invoke(stores, { ...call, args: [{ ...run, places: run.places.slice(0, 1) }, now] })
  })
}

/** A job begins, and no money is reserved for it. */
export function reservesNothing(): Adaptation {
  let takes = 0
  return everywhere(async (go, { store, method, args }, stores) => {
    const taken = await go()
    if (store !== 'workers' || method !== 'take') return taken
    const [{ now }] = args as Parameters<WorkerStore['take']>
    const ended = (taken as Taken).jobs.map(({ jobId, start }) => ({ jobId, start, costMicros: 0 }))
    takes++
    await stores.usage.record({ ...NOTHING_USED, reporterId: `take ${takes}`, ended }, now)
    return taken
  })
}

/** A report of usage that is sent again is counted again. */
export function countsUsageTwice(): Adaptation {
  return everywhere(async (go, { store, method, args }, stores) => {
    const receipt = await go()
    if (store !== 'usage' || method !== 'record') return receipt
    const [report, now] = args as [UsageReport, Date]
    await stores.usage.record({ ...report, reporterId: `${report.reporterId} again` }, now)
    return receipt
  })
}

/** Reports of usage are answered, and what they tell of calls is lost. */
export function losesUsage(): Adaptation {
  return everywhere((go, call, stores) => {
    if (call.store !== 'usage' || call.method !== 'record') return go()
    const [report, now] = call.args as [UsageReport, Date]
    return invoke(stores, { ...call, args: [{ ...report, groups: [], jobs: [] }, now] })
  })
}

const NOTHING_USED = { report: 1, pricesVersion: 1, groups: [], jobs: [] }

/** The worker store is asked something else at each take. */
function taking(
  change: (request: Parameters<WorkerStore['take']>[0]) => Parameters<WorkerStore['take']>[0],
): Adaptation {
  return everywhere((go, call, stores) => {
    if (call.store !== 'workers' || call.method !== 'take') return go()
    const [request] = call.args as Parameters<WorkerStore['take']>
    return invoke(stores, { ...call, args: [change(request)] })
  })
}

/** An adapter whose statements go through `around`, in transactions and alone. */
function everywhere(around: Around): Adaptation {
  const through = (stores: Stores): Stores => eachStatement(stores, (go, call) => around(go, call, stores))
  return {
    persistence: (inner) => ({
      ...inner,
      stores: through(inner.stores),
      transaction: (work) => inner.transaction((stores) => work(through(stores))),
    }),
  }
}

import type { NewAsk } from '@muster/core/asks'
import type { NewJob, Stores, WorkerStore } from '@muster/core/ports'
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

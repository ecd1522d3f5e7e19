import type { JobId, Step, Workflow } from '@muster/core'
import type {
  ActiveJob,
  Claimed,
  ClaimStore,
  ClaimSurvey,
  EventStore,
  Outcome,
  Persistence,
  Person,
  Stores,
  TaskWork,
  WorkChange,
  WorkerId,
  WorkerStore,
} from '@muster/core/ports'
import type { Counters } from '@muster/core/quality'
import type { MovedSchedule, ScheduleStore } from '@muster/core/schedules'
import type { Adaptation } from './adaptation.ts'
import type { StoreCall } from './rules/monitor.ts'
import { eachStatement, invoke } from './simulated-process.ts'

/** Settling takes whoever comes for the holder: nobody compares worker and start. What finds no holder waits for the next. */
export function settlesWithoutFence(): Adaptation {
  const holders = new Map<JobId, Holder>()
  const waiting = new Map<JobId, (() => void)[]>()
  return {
    persistence: (inner) => {
      const { jobs, workers } = inner.stores
      const settleAnyway = async (outcome: Outcome, now: Date): Promise<readonly JobId[]> => {
        const { jobId } = outcome
        for (;;) {
          const holder = holders.get(jobId)
          if (holder === undefined) return []
          const { workerId, start } = holder
          const { recorded } = await workers.settle({ outcomes: [{ ...outcome, start }], workerId, now })
          if (recorded.length > 0 || (await jobs.find(jobId))?.state !== 'pending') return recorded
          await new Promise<void>((begun) => {
            waiting.set(jobId, [...(waiting.get(jobId) ?? []), begun])
          })
        }
      }
      const heldBy = <Jobs extends readonly ActiveJob[]>(workerId: WorkerId, begun: Jobs): Jobs => {
        for (const { jobId, start } of begun) {
          holders.set(jobId, { workerId, start })
          for (const go of waiting.get(jobId) ?? []) go()
          waiting.delete(jobId)
        }
        return begun
      }
      return withWorkers(inner, {
        begin: async (request) => heldBy(request.workerId, await workers.begin(request)),
        take: async (request) => {
          const taken = await workers.take(request)
          heldBy(request.workerId, taken.jobs)
          return taken
        },
        async settle({ outcomes, now }) {
          const recorded: JobId[] = []
          for (const outcome of outcomes) recorded.push(...(await settleAnyway(outcome, now)))
          return { recorded }
        },
      })
    },
  }
}

interface Holder {
  readonly workerId: WorkerId
  readonly start: number
}

/** A transport that drops the attempt: whatever tab comes, it acts on the present hold. */
export function movesWithoutFence(): Adaptation {
  return {
    assignments: (inner) => ({
      ...inner,
      heartbeat: (move) => inner.heartbeat({ ...move, attempt: undefined }),
      submit: (move) => inner.submit({ ...move, attempt: undefined }),
      reject: (move) => inner.reject({ ...move, attempt: undefined }),
      release: (move) => inner.release({ ...move, attempt: undefined }),
      accept: (move) => inner.accept({ ...move, attempt: undefined }),
      start: (move) => inner.start({ ...move, attempt: undefined }),
    }),
  }
}

/** Who holds something ahead is not looked up, and the store lets them hold another: each claim is marked only afterwards. */
export function holdsTwoAhead(): Adaptation {
  return {
    persistence: (inner) => ({
      ...inner,
      transaction: (work) =>
        inner.transaction((stores) =>
          work(
            eachStatement(stores, async (go, call) => {
              if (call.method === 'listAhead') return []
              if (call.method !== 'claim') return go()
              const [claims, now] = call.args as Parameters<ClaimStore['claim']>
              const plain = claims.map((claim) => ({ ...claim, ahead: false }))
              const claimed = await stores.claims.claim(plain, now)
              return Promise.all(
                claimed.map(async (one, nth) => {
                  if (one === undefined || !claims[nth]?.ahead) return one
                  const assignment = { ...one.assignment, ahead: true }
                  await writeClaim(stores, { ...one, assignment })
                  return { ...one, assignment }
                }),
              )
            }),
          ),
        ),
    }),
  }
}

/** The slot of something that lapsed unseen rests, as if its person had given up. */
export function restsUnseen(): Adaptation {
  return savingWorks((change) => {
    const { before, after } = change
    const ended = after.assignments.find(
      ({ assignmentId, endReason }) =>
        endReason === 'unseen' &&
        before.assignments.some((row) => row.assignmentId === assignmentId && row.ahead),
    )
    const wakeAt = ended?.endedAt && new Date(ended.endedAt.getTime() + 60_000)
    if (!wakeAt) return change
    const slots = after.slots.map((slot) =>
      slot.stepId === ended.stepId && slot.slotNo === ended.slotNo && slot.state === 'free'
        ? { ...slot, state: 'cooling' as const, wakeAt }
        : slot,
    )
    return { ...change, after: { ...after, slots } }
  })
}

/** It is forgotten that nobody saw it: to every figure it was given and taken back. */
export function countsUnseen(): Adaptation {
  return savingWorks(({ after, ...change }) => ({
    ...change,
    after: {
      ...after,
      assignments: after.assignments.map((row) =>
        row.endReason === 'unseen' ? { ...row, endReason: null } : row,
      ),
    },
  }))
}

/** A sign of work holds on to what is worked on, and to nothing that is held ahead. */
export function letsLapse(): Adaptation {
  return {
    persistence: (inner) => {
      const claims = new Proxy(inner.stores.claims, {
        get: (target, name) => (name === 'listAhead' ? async () => [] : Reflect.get(target, name)),
      })
      return { ...inner, stores: { ...inner.stores, claims } }
    },
  }
}

/** What is handed in is said to be taken back, and goes through all the same. */
export function forgetsTakingBack(): Adaptation {
  return {
    assignments: (inner) => ({ ...inner, takeBack: ({ assignmentId }) => inner.get(assignmentId) }),
  }
}

/** A claim finds its slot and takes it without a lock in between: two may take the same one. */
export function locksNoSlot(): Adaptation {
  return {
    persistence: (inner) => ({
      ...inner,
      async transaction<T>(work: (stores: Stores) => Promise<T>): Promise<T> {
        const writes: StoreCall[] = []
        const claimed: Claimed[] = []
        const decided = await rehearsed(inner, work, async (go, call) => {
          const answer = await go()
          // A control is given in the same transaction.
          if (/^(append|saveWorks|noteExhausted)$/.test(call.method)) writes.push(call)
          if (call.method === 'claim') claimed.push(...present(answer as (Claimed | undefined)[]))
          return answer
        })
        if (claimed.length === 0) return inner.transaction(work)
        return inner.transaction(async (stores) => {
          for (const one of claimed) await writeClaim(stores, one)
          for (const call of writes) await invoke(stores, call)
          return decided
        })
      },
    }),
  }
}

/** How many assignments somebody holds is read before the transaction that relies on it. */
export function checksLimitOutside(): Adaptation {
  return {
    persistence: (inner) => ({
      ...inner,
      async transaction<T>(work: (stores: Stores) => Promise<T>): Promise<T> {
        const loads = new Map<string, unknown>()
        await rehearsed(inner, work, async (go, call) => {
          const answer = await go()
          if (READS_LOAD.test(call.method)) loads.set(keyOf(call), answer)
          return answer
        })
        return inner.transaction((stores) =>
          work(
            eachStatement(stores, async (go, call) => {
              const before = loads.get(keyOf(call))
              if (before === undefined) return go()
              return call.method === 'surveyClaims'
                ? withLoadsOf(before as ClaimSurvey, (await go()) as ClaimSurvey)
                : before
            }),
          ),
        )
      },
    }),
  }
}

/** A worker is told that its outcomes are recorded before they are; some never will be. */
export function acknowledgesBeforeCommit(): Adaptation {
  return {
    persistence: (inner) =>
      withWorkers(inner, {
        async settle(request) {
          // Nobody waits for it, nobody hears of its failure: that is what is broken here.
          void inner.stores.workers.settle(request).catch(() => undefined)
          return { recorded: request.outcomes.map(({ jobId }) => jobId) }
        },
      }),
  }
}

/** What a worker has taken counts as done: nobody looks for the jobs of one that died. */
export function forgetsTheDead(): Adaptation {
  return { persistence: (inner) => withWorkers(inner, { reapWorkers: async () => 0 }) }
}

/** Facts about assignments get their number, and are there to be read, before what they tell has been committed. */
export function tellsBeforeCommit(): Adaptation {
  const isEarly = ({ method, args }: StoreCall): boolean =>
    method === 'append' && (args[0] as Facts).some(({ data }) => 'assignmentId' in data)
  return {
    persistence: (inner) => ({
      ...inner,
      async transaction<T>(work: (stores: Stores) => Promise<T>): Promise<T> {
        const told: Facts[] = []
        await rehearsed(inner, work, (go, call) => {
          if (!isEarly(call)) return go()
          told.push(call.args[0] as Facts)
          return Promise.resolve()
        })
        for (const facts of told) await inner.stores.events.append(facts)
        return inner.transaction((stores) =>
          work(eachStatement(stores, (go, call) => (isEarly(call) ? Promise.resolve() : go()))),
        )
      },
    }),
  }
}

type Facts = Parameters<EventStore['append']>[0]

/** Who gives out work looks at no gate. */
export function ignoresGates(): Adaptation {
  return inTransactions(async (go, { method, args }) => {
    if (method === 'holdGates') return new Set(args[0] as readonly string[])
    return method === 'surveyClaims' ? opened((await go()) as ClaimSurvey) : go()
  })
}

const opened = (survey: ClaimSurvey): ClaimSurvey => ({
  ...survey,
  projects: survey.projects.map((project) => ({ ...project, gateOpen: true })),
})

/** A slot that rests is read as free. */
export function forgetsCooldown(): Adaptation {
  const awake = (work: TaskWork | undefined): TaskWork | undefined =>
    work && {
      ...work,
      slots: work.slots.map((slot) =>
        slot.state === 'cooling' ? { ...slot, state: 'free', wakeAt: null } : slot,
      ),
    }
  return inTransactions(async (go, { method }) =>
    method === 'findWork' || method === 'lockWork' ? awake((await go()) as TaskWork | undefined) : go(),
  )
}

/** A pause is not read by those who give out work. */
export function forgetsPauses(): Adaptation {
  return inTransactions(async (go, { method }) => {
    const answer = await go()
    if (method === 'listWatches') return []
    if (method !== 'listPeople') return answer
    return (answer as Person[]).map(({ paused: _paused, ...person }) => person)
  })
}

/** A step that a review sends back stays counted. */
export function keepsWhatWasSentBack(): Adaptation {
  return inTransactions(async (go, { method, args }) => {
    const [, added] = args as readonly [unknown, Counters]
    const isBack = method === 'count' && added.raters.some(({ answers }) => answers < 0)
    return isBack ? undefined : go()
  })
}

/** What a task adds to counters is added twice. */
export function countsTwice(): Adaptation {
  return inTransactions(async (go, { method }) => {
    if (method === 'count') await go()
    return go()
  })
}

/** One more person is asked, or nobody is, and why is not kept. */
export function keepsNoDecision(): Adaptation {
  return savingWorks((change) => ({ ...change, decided: [] }))
}

/** A decision is kept twice. */
export function keepsDecisionsTwice(): Adaptation {
  return savingWorks((change) => ({
    ...change,
    decided: (change.decided ?? []).flatMap((one) => [
      one,
      { ...one, decisionId: `${one.decisionId}-again` },
    ]),
  }))
}

/** A slot that is added to an open step is not kept. */
export function losesAddedSlots(): Adaptation {
  return savingWorks((change) => {
    const { before, after, decided = [] } = change
    const known = new Set(before.slots.map(({ stepId, slotNo }) => `${stepId} ${slotNo}`))
    const slots = after.slots.filter(({ stepId, slotNo }) => known.has(`${stepId} ${slotNo}`))
    return decided.some(({ decision }) => decision.added) ? { ...change, after: { ...after, slots } } : change
  })
}

/** It is not kept that a manager asked for a slot. */
export function forgetsWhoAsked(): Adaptation {
  return savingWorks(({ after, ...change }) => ({
    ...change,
    after: { ...after, slots: after.slots.map((slot) => ({ ...slot, reopened: false })) },
  }))
}

/** Steps are read as asking for up to one person more than they do. */
export function raisesMax(): Adaptation {
  return inTransactions(async (go, { store, method }) => {
    const found = await go()
    if (store !== 'workflows' || method !== 'find') return found
    const workflow = found as Workflow
    const raised = ({ assignmentsRequired: of }: Step): Step['assignmentsRequired'] =>
      typeof of === 'number' ? of : { ...of, max: of.max + 1 }
    return {
      ...workflow,
      steps: workflow.steps.map((step) => ({ ...step, assignmentsRequired: raised(step) })),
    }
  })
}

/** Of the slots that a task opens with, only the first is kept. */
export function opensOneSlot(): Adaptation {
  return givenTasks('add', (work: TaskWork) => ({ ...work, slots: work.slots.slice(0, 1) }))
}

/** A submission fills a slot that is free beside its own. */
export function fillsTwoSlots(): Adaptation {
  return savingWorks((change) => {
    const { before, after } = change
    const was = new Set(before.slots)
    const filled = after.slots.find((slot) => slot.state === 'done' && !was.has(slot))
    const beside = after.slots.find(({ state, stepId }) => state === 'free' && stepId === filled?.stepId)
    if (filled === undefined || beside === undefined) return change
    const { state, assignmentId } = filled
    const slots = after.slots.map((slot) => (slot === beside ? { ...slot, state, assignmentId } : slot))
    return { ...change, after: { ...after, slots } }
  })
}

const READS_LOAD = /^(listPeople|surveyClaims)$/

/** A survey that knows people's loads as they were. */
const withLoadsOf = (before: ClaimSurvey, now: ClaimSurvey): ClaimSurvey => ({
  ...now,
  claimants: now.claimants.map((one) => ({
    ...one,
    live: before.claimants.find(({ userId }) => userId === one.userId)?.live ?? one.live,
  })),
})

const keyOf = ({ store, method, args }: StoreCall): string => JSON.stringify([store, method, args])

const present = (claimed: readonly (Claimed | undefined)[]): Claimed[] =>
  claimed.filter((one) => one !== undefined)

const UNDONE = new Error('A rehearsal is undone')

/** What `work` gives as things are now, without doing it. */
async function rehearsed<T>(
  inner: Persistence,
  work: (stores: Stores) => Promise<T>,
  around: (go: () => Promise<unknown>, call: StoreCall) => Promise<unknown>,
): Promise<T> {
  let result: T | undefined
  try {
    await inner.transaction(async (stores) => {
      result = await work(eachStatement(stores, around))
      throw UNDONE
    })
  } catch (error) {
    if (error !== UNDONE) throw error
  }
  return result as T
}

/** Writes what a claim found in a rehearsal, whoever has come since. */
async function writeClaim({ tasks }: Stores, { task, assignment }: Claimed): Promise<void> {
  const before = await tasks.lockWork(task.taskId)
  if (before === undefined) return
  const { assignmentId, stepId, slotNo } = assignment
  await tasks.saveWorks([
    {
      before,
      after: {
        task: before.task,
        slots: before.slots.map((slot) =>
          slot.stepId === stepId && slot.slotNo === slotNo
            ? { ...slot, state: 'held', assignmentId, reservedFor: null, wakeAt: null }
            : slot,
        ),
        assignments: [...before.assignments.filter((row) => row.assignmentId !== assignmentId), assignment],
      },
    },
  ])
}

/** An adapter whose statements in transactions go through `around`. */
function inTransactions(around: Parameters<typeof eachStatement>[1]): Adaptation {
  return {
    persistence: (inner) => ({
      ...inner,
      transaction: (work) => inner.transaction((stores) => work(eachStatement(stores, around))),
    }),
  }
}

/** An adapter that keeps something else of each task that has changed than it is given. */
function savingWorks(change: (given: WorkChange) => WorkChange): Adaptation {
  return givenTasks('saveWorks', change)
}

/** An adapter whose task store is given something else, one for one. */
function givenTasks<Given>(method: 'add' | 'saveWorks', change: (given: Given) => Given): Adaptation {
  return {
    persistence: (inner) => ({
      ...inner,
      transaction: (work) =>
        inner.transaction((stores) => {
          const changed = (given: readonly Given[]): Promise<void> =>
            invoke(stores, { store: 'tasks', method, args: [given.map(change)] })
          const tasks = new Proxy(stores.tasks, {
            get: (target, name) => (name === method ? changed : Reflect.get(target, name)),
          })
          return work({ ...stores, tasks })
        }),
    }),
  }
}

/** `inner` with some methods of its standalone worker store replaced. */
function withWorkers(inner: Persistence, broken: Partial<WorkerStore>): Persistence {
  const workers = new Proxy(inner.stores.workers, {
    get: (target, name) => Reflect.get(name in broken ? broken : target, name),
  })
  return { ...inner, stores: { ...inner.stores, workers } }
}

/** Ticks are written after the transaction of what they start. */
export function keepsTicksApart(): Adaptation {
  return afterCommit(({ method }) => method === 'addTicks' || method === 'advance')
}

/** An adapter that makes some statements of a transaction behind it; until then they are answered as `answer` says. */
export function afterCommit(
  isLater: (call: StoreCall) => boolean,
  answer: (call: StoreCall) => unknown = () => undefined,
): Adaptation {
  return {
    persistence: (inner) => ({
      ...inner,
      async transaction(work) {
        const later: StoreCall[] = []
        const result = await inner.transaction((stores) =>
          work(
            eachStatement(stores, async (go, call) => {
              if (!isLater(call)) return go()
              later.push(call)
              return answer(call)
            }),
          ),
        )
        for (const call of later) await invoke(inner.stores, call)
        return result
      },
    }),
  }
}

/** The next tick is counted from when the last one came, not from when it was planned. */
export function plansFromTheLastEnd(): Adaptation {
  return {
    persistence: (inner) => ({
      ...inner,
      transaction: (work) =>
        inner.transaction((stores) =>
          work(
            eachStatement(stores, (go, call) => {
              if (call.method !== 'advance') return go()
              const [moved] = call.args as Parameters<ScheduleStore['advance']>
              return stores.schedules.advance(moved.map(fromTheEnd))
            }),
          ),
        ),
    }),
  }
}

function fromTheEnd(moved: MovedSchedule): MovedSchedule {
  const { lastTick, nextAt } = moved
  if (lastTick === null || nextAt === null) return moved
  const later = new Date(nextAt.getTime() + lastTick.firedAt.getTime() - lastTick.plannedAt.getTime())
  return { ...moved, nextAt: later, dueAt: later }
}

/** Schedules that are due are found before the transaction, and a tick that has come before is no hindrance. */
export function firesWithoutKey(): Adaptation {
  return {
    persistence: (inner) => ({
      ...inner,
      async transaction(work) {
        const due = await inner.stores.schedules.takeDue(FAR, MANY, 'z')
        return inner.transaction((stores) =>
          work(
            eachStatement(stores, async (go, call) => {
              if (call.method === 'takeDue') {
                const [now] = call.args as Parameters<ScheduleStore['takeDue']>
                return due.filter(({ dueAt }) => dueAt !== null && dueAt <= now)
              }
              if (call.method !== 'addTicks') return go()
              const [ticks] = call.args as Parameters<ScheduleStore['addTicks']>
              for (const tick of ticks) {
                const { scheduleId, plannedAt } = tick
                const where = { from: plannedAt, to: new Date(plannedAt.getTime() + 1) }
                const before = await stores.schedules.listTicks(scheduleId, where, { limit: 1 })
                if (before.length === 0) await stores.schedules.addTicks([tick])
              }
              return undefined
            }),
          ),
        )
      },
    }),
  }
}

const FAR = new Date('2100-01-01T00:00:00Z')
const MANY = 100

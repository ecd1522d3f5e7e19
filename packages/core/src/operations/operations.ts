import type { Clock, Ids, Logger } from '../environment.ts'
import { ChangedError, ConflictError, NotFoundError, ValidationError } from '../errors.ts'
import type { Broadcast } from '../events/broadcast.ts'
import { fact, type NewFact } from '../events/event.ts'
import type { EventStore } from '../events/event-store.ts'
import { tellSignal } from '../events/telling.ts'
import type { OperationId, ProjectId } from '../ids.ts'
import { elapsedMs } from '../time.ts'
import type { Transactions } from '../transactions.ts'
import {
  type MovedByProject,
  type NewOperation,
  NONE_MOVED,
  type Operation,
  type OperationSubject,
} from './operation.ts'
import type { Advanced, OperationStore } from './operation-store.ts'

/** Things that one operation is about at most. */
const MOST_ITEMS = 1_000_000

/** How long all that matches is looked for, in ms. */
const LOOK_MS = 10_000

/** Operations that run at once in a project at most, and as many over all projects. */
const MOST_OPERATIONS = 3

/** Things that are moved in one transaction: a task is written one by one, with its slots and assignments. */
const OPERATION_PARTS: Readonly<Record<OperationSubject, number>> = { jobs: 1_000, tasks: 100 }

/** The stores that operations need. */
export interface OperationStores {
  readonly operations: OperationStore
  readonly events: EventStore
}

/** Does in transactions of its own what must come before a part is moved; the part is begun anew then. */
type ComesFirst = () => Promise<unknown>

/**
 * Moves the things with these ids, each by its own rule, in the transaction of `stores`, and says what came of it; or writes nothing,
 * and gives what comes first.
 */
export type MoveMany<Stores> = (
  stores: Stores,
  operation: Operation,
  ids: readonly string[],
  now: Date,
) => Promise<MovedByProject | ComesFirst>

/**
 * Gives all that matches, a part at a time, as long as it is not too much.
 * @throws ValidationError at `filter` if more than a million match, or looking takes longer than 10 s
 */
export async function* bounded<Item>(
  matching: AsyncIterable<readonly Item[]>,
  subject: OperationSubject,
  clock: Clock,
): AsyncGenerator<readonly Item[], void> {
  let [count, lookedMs, from] = [0, 0, elapsedMs(clock)]
  for await (const part of matching) {
    count += part.length
    lookedMs += elapsedMs(clock) - from
    if (count > MOST_ITEMS) throw tooWide(`matches more than ${MOST_ITEMS} ${subject}: narrow it`)
    if (lookedMs > LOOK_MS)
      throw tooWide(`needs more than ${LOOK_MS / 1_000} s to find its ${subject}: narrow it`)
    yield part
    from = elapsedMs(clock)
  }
}

/** A move has a priority if that is its action, and only then. @throws ValidationError */
export function checkPriority({
  action,
  priority,
}: {
  readonly action: string
  readonly priority?: number | undefined
}): void {
  const isNeeded = action === 'priority'
  if (isNeeded === (priority !== undefined)) return
  const message = isNeeded ? 'is needed for the action priority' : 'is only for the action priority'
  throw new ValidationError([{ path: 'priority', message }])
}

function tooWide(message: string): ValidationError {
  return new ValidationError([{ path: 'filter', message }])
}

/**
 * Begins an operation on all that `matching` gives, a part at a time, in the transaction of `stores`.
 * @param expect how many the caller expects: at most 5 % and 10 more may match
 * @throws ChangedError; ConflictError if too many run already; ValidationError for what is not {@link bounded}
 */
export async function beginOperation(
  stores: OperationStores,
  operation: NewOperation,
  matching: AsyncIterable<readonly string[]>,
  expect: number,
  clock: Clock,
): Promise<Operation> {
  const { operations, events } = stores
  if ((await operations.countRunning(operation.projectId)) >= MOST_OPERATIONS) {
    const where = operation.projectId === null ? 'over all projects' : 'in this project'
    throw new ConflictError(`${MOST_OPERATIONS} operations are running ${where}: wait for one, or stop it`)
  }
  await operations.add(operation)
  const most = expect * 1.05 + 10
  let count = 0
  for await (const ids of bounded(matching, operation.subject, clock)) {
    count += ids.length
    if (ids.length > 0 && count <= most) await operations.addItems(operation.operationId, ids)
  }
  if (count > most) throw new ChangedError(operation.subject, expect, count)
  if (count === 0) {
    const ended = await operations.advance(operation.operationId, 0, {}, operation.createdAt)
    await events.append(endFacts(ended))
  }
  const begun = await operations.find(operation.operationId)
  if (begun === undefined) throw new Error(`Operation ${operation.operationId} was not kept`)
  return begun
}

/** Dependencies of the calls about operations. */
export interface OperationDeps<Stores extends OperationStores> {
  readonly transactions: Transactions<Stores>
  readonly broadcast: Broadcast
  readonly clock: Clock
  readonly logger: Logger
  readonly ids: Ids
  /** How each subject is moved. */
  readonly movers: Readonly<Partial<Record<OperationSubject, MoveMany<Stores>>>>
  /** Called after a commit that may have made jobs ready. */
  readonly nudge: () => void
}

/** Bulk moves, by their operations. */
export interface OperationUseCases {
  /** @throws NotFoundError */
  get(operationId: OperationId): Promise<Operation>
  /** Ends it between two parts; one that has ended stays as it is. @throws NotFoundError */
  stop(operationId: OperationId): Promise<Operation>
}

/** Reads operations, and ends them early. */
export function operationUseCases<Stores extends OperationStores>(
  deps: OperationDeps<Stores>,
): OperationUseCases {
  const { transactions, clock } = deps
  const get = async (operationId: OperationId): Promise<Operation> => {
    const found = await transactions.stores.operations.find(operationId)
    if (!found) throw new NotFoundError('operation', operationId)
    return found
  }
  return {
    get,
    async stop(operationId) {
      const stopped = await transactions.transaction(async (stores) => {
        const ended = await stores.operations.stop(operationId, clock.now())
        if (ended) await stores.events.append(endFacts(ended))
        return ended
      })
      if (stopped) tellProgress(deps, stopped.operation)
      return stopped?.operation ?? get(operationId)
    },
  }
}

/** Operations whose last part failed here that are remembered. */
const MOST_BEHIND = 1_000

/**
 * Works off one part of one operation at each call, and says how many things that were; 0: none is running, or others hold all that are. An operation
 * whose part failed goes behind all others, so that they are not kept from going on.
 */
export function operationWorker<Stores extends OperationStores>(
  deps: OperationDeps<Stores>,
): () => Promise<number> {
  let behind: readonly OperationId[] = []
  let isIdle = false
  return async () => {
    // Most of the time none is running: a look needs no transaction.
    if (isIdle && (await deps.transactions.stores.operations.next(0)) === undefined) return 0
    let held: OperationId | undefined
    const others = (): OperationId[] => behind.filter((operationId) => operationId !== held)
    try {
      const count = await workOff(deps, behind, (operationId) => {
        held = operationId
      })
      behind = others()
      isIdle = count === 0
      return count
    } catch (error) {
      if (held !== undefined) behind = [...others(), held].slice(-MOST_BEHIND)
      throw error
    }
  }
}

async function workOff<Stores extends OperationStores>(
  deps: OperationDeps<Stores>,
  behind: readonly OperationId[],
  hold: (operationId: OperationId) => void,
): Promise<number> {
  const { transactions, clock, movers } = deps
  const worked = await transactions.transaction(async (stores) => {
    const part = await stores.operations.next(OPERATION_PARTS.jobs, behind)
    if (part === undefined) return undefined
    const { operation } = part
    hold(operation.operationId)
    const ids = part.ids.slice(0, OPERATION_PARTS[operation.subject])
    const move = movers[operation.subject]
    if (move === undefined) throw new Error(`Nobody moves ${operation.subject}`)
    const now = clock.now()
    const moved = await move(stores, operation, ids, now)
    if (typeof moved === 'function') return { first: moved }
    const advanced = await stores.operations.advance(operation.operationId, ids.length, moved, now)
    if (advanced.operation.state !== 'running') await stores.events.append(endFacts(advanced))
    return { operation: advanced.operation, count: ids.length }
  })
  if (worked === undefined) return 0
  if (worked.first !== undefined) {
    await worked.first()
    return workOff(deps, behind, hold)
  }
  deps.nudge()
  tellProgress(deps, worked.operation)
  return worked.count
}

/** One fact for each project that it moved something of, or passed over. */
function endFacts({ operation, byProject }: Advanced): NewFact[] {
  const { operationId, projectId, subject, action, state, createdBy } = operation
  const told = projectId !== null && !(projectId in byProject) ? { [projectId]: NONE_MOVED } : {}
  return Object.entries({ ...told, ...byProject }).map(([project, { done, skipped }]) =>
    fact(project as ProjectId, 'operation_done', {
      operationId,
      subject,
      action,
      state,
      done,
      skipped,
      createdBy,
    }),
  )
}

function tellProgress(
  deps: Pick<OperationDeps<OperationStores>, 'broadcast' | 'logger'>,
  operation: Operation,
): void {
  const { operationId, projectId, subject, action, state, count, done, skipped } = operation
  const data = { operationId, projectId, subject, action, state, count, done, skipped: { ...skipped } }
  tellSignal(deps, { type: 'operation_progress', projectId, data })
}

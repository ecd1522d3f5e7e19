import { ForbiddenError, NotFoundError } from '../errors.ts'
import type { TaskId, UserId } from '../ids.ts'
import { MAX_PAGE, type Page, type PageRequest, page, type Slice } from '../paging.ts'
import type { Principal } from '../people/person.ts'
import type { Task } from '../workflow/task.ts'
import type { Candidate } from './assignment.ts'
import type { AssignmentDeps, AssignmentStores } from './assignment-deps.ts'
import type { SeenMove, TaskDecision, TaskUseCases } from './assignments.ts'
import { knows, manages } from './authority.ts'
import { explainBatch, sizeOfBatch } from './push/batch-plan.ts'
import type { RecordedDecision } from './stores/decision-store.ts'
import type { MoveKey } from './stores/overview-store.ts'
import { replayDecision } from './strategies/decide.ts'
import { settledWork } from './task/settled-task.ts'
import type { KeptMove } from './task-move.ts'

/** The part of a task's past that a viewer may see: all of it, or (`own`) their own. */
interface Sight {
  readonly task: Task
  readonly own: UserId | undefined
  /** Whether nothing may be said by which a control could be told from work. */
  readonly isWatched: boolean
}

/** The past of a task: its moves, and the decisions by which it was given out. */
export function taskHistory(deps: AssignmentDeps): Pick<TaskUseCases, 'history' | 'decisions'> {
  const { stores } = deps.transactions
  const sightOf = async (taskId: TaskId, viewer: Principal): Promise<Sight> => {
    const work = await settledWork(deps, taskId)
    if (work === undefined || !knows(viewer, work.task.projectId)) throw new NotFoundError('task', taskId)
    const { task, assignments } = work
    if (manages(viewer, task.projectId)) return { task, own: undefined, isWatched: false }
    if (assignments.every(({ userId }) => userId !== viewer.userId))
      throw new ForbiddenError('Only those with an assignment on it and managers may see the past of a task')
    const project = await stores.projects.find(task.projectId)
    return { task, own: viewer.userId, isWatched: project?.quality?.controls !== undefined }
  }

  return {
    async history(taskId, viewer, request) {
      const sight = await sightOf(taskId, viewer)
      const { own } = sight
      const { items, ...rest } =
        own === undefined
          ? await page<KeptMove, MoveKey>(request, ['history', taskId], keyOf, async ({ limit, after }) => {
              // The task itself says when it was added: that is the first move, and kept once.
              const first = after === undefined ? [addedMove(sight.task)] : []
              const slice = { limit: limit - first.length, after }
              return [...first, ...(await stores.overviews.listMoves(taskId, slice))]
            })
          : await ownPage(request, ['history', taskId, own], async () => {
              const moves = await allOf((slice) => stores.overviews.listMoves(taskId, slice, own))
              return moves.map((move, index) => ({ ...move, place: index + 1 }))
            })
      return { items: items.map((move) => seenMove(move, sight)), ...rest }
    },

    async decisions(taskId, viewer, { replay, ...request }) {
      const { own, isWatched } = await sightOf(taskId, viewer)
      const { items, ...rest } =
        own === undefined
          ? await page<KeptMove, MoveKey>(request, ['decisions', taskId], keyOf, (slice) =>
              stores.overviews.listGiven(taskId, slice),
            )
          : await ownPage(request, ['decisions', taskId, own], async () => {
              if (isWatched) return []
              const given = await allOf((slice) => stores.overviews.listGiven(taskId, slice, own))
              // From the last, so that a place stays what it is when more is given.
              return given.map((move, index) => ({ ...move, place: index - given.length }))
            })
      return { items: await explained(stores, deps, items, { own, replay }), ...rest }
    },
  }
}

const keyOf = ({ no }: KeptMove): MoveKey => ({ no })

/** Moves of one person, which are few, with their places among each other, ascending. */
type OwnMoves = () => Promise<readonly (KeptMove & { readonly place: number })[]>

/** A page of a person's own moves. Its cursors count these alone: the numbers of moves would tell how much others did. */
async function ownPage(
  request: PageRequest,
  filters: readonly unknown[],
  read: OwnMoves,
): Promise<Page<KeptMove>> {
  const { items, ...rest } = await page(
    request,
    filters,
    ({ place }) => ({ place }),
    async ({ limit, after }: Slice<{ readonly place: number }>) => {
      const moves = await read()
      return moves.filter(({ place }) => place > (after?.place ?? -Infinity)).slice(0, limit)
    },
  )
  return { items: items.map(({ place: _place, ...move }) => move), ...rest }
}

async function allOf(read: (slice: Slice<MoveKey>) => Promise<readonly KeptMove[]>): Promise<KeptMove[]> {
  const all: KeptMove[] = []
  for (;;) {
    const part = await read({ limit: MAX_PAGE, after: all.at(-1) })
    all.push(...part)
    if (part.length < MAX_PAGE) return all
  }
}

/** The move that added a task: before every other. */
function addedMove({ taskId, createdAt }: Task): KeptMove {
  return {
    no: 0,
    taskId,
    at: createdAt,
    kind: 'status',
    assignmentId: null,
    stepId: null,
    userId: null,
    attempt: null,
    from: null,
    to: 'open',
    by: null,
    how: null,
    reason: null,
    decisionId: null,
    before: null,
  }
}

function seenMove({ no: _no, before: _before, ...move }: KeptMove, { own, isWatched }: Sight): SeenMove {
  const decisionId = move.decisionId ?? (move.how === 'pull' ? pullId(move) : null)
  if (own === undefined) return { ...move, decisionId }
  return {
    ...move,
    by: move.by === own ? own : null,
    // A control is given otherwise than work, which must not be seen.
    how: isWatched ? null : move.how,
    decisionId: isWatched ? null : decisionId,
  }
}

/** Names a pull, which has no other record than its move. */
function pullId({ assignmentId, attempt }: Pick<KeptMove, 'assignmentId' | 'attempt'>): string {
  return `${assignmentId}:${attempt}`
}

/** Tasks × people of the batches that are replayed for one page; a person asks for a bigger one by name. */
const MOST_REPLAYED = 100_000

/** The decisions behind these moves. Batches are read and replayed once however many are of them, as long as they are small together. */
async function explained(
  { decisions }: AssignmentStores,
  { strategies }: Pick<AssignmentDeps, 'strategies'>,
  moves: readonly KeptMove[],
  { own, replay: wanted }: { readonly own: UserId | undefined; readonly replay: string | undefined },
): Promise<TaskDecision[]> {
  const ids = moves.flatMap(({ decisionId }) => decisionId ?? [])
  const recorded = new Map(
    (ids.length === 0 ? [] : await decisions.findDecisions(ids)).map((one) => [one.decisionId, one]),
  )
  const batches = new Map<string, readonly BatchDecision[]>()
  let room = MOST_REPLAYED
  const isWanted = ({ decisionId }: RecordedDecision): boolean => decisionId === wanted
  const inOrder = [...recorded.values()].sort((a, b) => Number(isWanted(b)) - Number(isWanted(a)))
  for (const one of inOrder) {
    const { batchId, decision } = one
    if (batchId === null || batches.has(batchId) || (room <= 0 && !isWanted(one))) continue
    const batch = await decisions.findBatch(batchId)
    if (batch === undefined) continue
    room -= sizeOfBatch(batch)
    if (room < 0 && !isWanted(one)) continue
    batches.set(batchId, orNothing(() => explainBatch(batch, decision.taskId, strategies)) ?? [])
  }
  return moves.map((move) => {
    const one = move.decisionId === null ? undefined : recorded.get(move.decisionId)
    const { candidates, replayed } = replay(one, strategies, batches)
    return {
      decisionId: move.decisionId ?? pullId(move),
      how: move.how ?? 'push',
      decidedAt: one?.decidedAt ?? move.at,
      stepId: move.stepId ?? one?.decision.stepId ?? '',
      assignmentId: move.assignmentId,
      attempt: move.attempt,
      chosen: move.userId,
      strategy: one?.decision.strategy ?? null,
      before: move.before,
      candidates: own === undefined ? candidates : candidates.filter(({ userId }) => userId === own),
      replayed,
    }
  })
}

type BatchDecision = ReturnType<typeof explainBatch>[number]

/** The candidates of a recorded decision, and whether it would be made again. */
function replay(
  one: RecordedDecision | undefined,
  strategies: AssignmentDeps['strategies'],
  batches: ReadonlyMap<string, readonly BatchDecision[]>,
): { readonly candidates: readonly Candidate[]; readonly replayed: boolean | null } {
  if (one === undefined) return { candidates: [], replayed: null }
  const { decision, batchId } = one
  if (batchId === null) {
    const again = orNothing(() => replayDecision(one, strategies))
    return {
      candidates: decision.candidates,
      replayed: again === undefined ? null : again === decision.chosen,
    }
  }
  const made = batches.get(batchId) ?? []
  const same = made.find(({ chosen, stepId }) => chosen === decision.chosen && stepId === decision.stepId)
  return {
    candidates: (same ?? made[0])?.candidates ?? [],
    replayed: made.length === 0 ? null : same !== undefined,
  }
}

/** A strategy that is no longer registered cannot be asked again. */
function orNothing<Answer>(ask: () => Answer): Answer | undefined {
  try {
    return ask()
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

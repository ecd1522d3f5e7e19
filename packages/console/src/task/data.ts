import { type AnswerOf, CallError, call } from '../api/call.ts'
import { me } from '../api/session.ts'
import { membersOf } from '../feed/members.ts'

/** A task with its steps and what may be seen of its assignments. */
export type Task = AnswerOf<'GET /tasks/{id}'>
/** A move of its past. */
export type Move = AnswerOf<'GET /tasks/{id}/history'>['items'][number]
/** How an assignment was given. */
export type Given = AnswerOf<'GET /tasks/{id}/decisions'>['items'][number]
/** The decision that a push would make now. */
export type Decision = AnswerOf<'GET /tasks/{id}/candidates'>

/** All that the page shows of one task, read as of one moment. */
export interface Known {
  readonly task: Task
  readonly moves: readonly Move[]
  readonly given: readonly Given[]
  /** undefined: the task is at no people step, or the viewer does not manage its project. */
  readonly decision: Decision | undefined
  /** Names of the people that it tells of. */
  readonly names: ReadonlyMap<string, string>
}

const PAGE = 200

/** Whether this person manages projects. */
export const isManager = (): boolean => me.value?.role === 'manager' || me.value?.role === 'admin'

/** Reads a task with its past and its decision. @throws CallError */
export async function readTask(
  taskId: string,
  asked: string | undefined,
  replay: string | undefined,
): Promise<Known> {
  const params = { id: taskId }
  const [task, moves, given] = await Promise.all([
    call('GET /tasks/{id}', { params, query: { include: 'show' } }),
    allMoves(taskId),
    call('GET /tasks/{id}/decisions', {
      params,
      query: { limit: PAGE, ...(replay !== undefined && { replay }) },
    }),
  ])
  const [decision, names] = await Promise.all([
    isManager() && stepNow(task) !== undefined ? readDecision(taskId, asked) : undefined,
    isManager() ? namesIn(task.projectId) : new Map(me.peek() ? [[me.peek()?.userId ?? '', 'You']] : []),
  ])
  const all = new Map(names)
  for (const { userId, displayName } of decision?.candidates ?? []) all.set(userId, displayName)
  return { task, moves, given: given.items, decision, names: all }
}

async function allMoves(taskId: string): Promise<Move[]> {
  const moves: Move[] = []
  let cursor: string | undefined
  do {
    const part = await call('GET /tasks/{id}/history', {
      params: { id: taskId },
      query: { limit: PAGE, ...(cursor !== undefined && { cursor }) },
    })
    moves.push(...part.items)
    cursor = part.nextCursor ?? undefined
  } while (cursor !== undefined)
  return moves
}

/** Between two reads the task may have ended, or gone on to a step that a job does. */
async function readDecision(taskId: string, asked: string | undefined): Promise<Decision | undefined> {
  try {
    return await call('GET /tasks/{id}/candidates', {
      params: { id: taskId },
      query: { ...(asked !== undefined && { userId: asked }) },
    })
  } catch (error) {
    if (error instanceof CallError && error.problem.code === 'conflict') return undefined
    throw error
  }
}

async function namesIn(projectId: string): Promise<Map<string, string>> {
  const members = await membersOf(projectId)
  return new Map(members.map(({ userId, displayName }) => [userId, displayName]))
}

/** The people step at which an open task stands. */
export function stepNow({ steps, currentStepId, status }: Task): Task['steps'][number] | undefined {
  const step = steps.find(({ stepId }) => stepId === currentStepId)
  return status === 'open' && step?.stepType !== 'automatic' ? step : undefined
}

/** Its own name, or the end of its id. */
export function nameOfTask({ externalId, taskId }: Pick<Task, 'externalId' | 'taskId'>): string {
  return externalId ?? `…${taskId.slice(-8)}`
}

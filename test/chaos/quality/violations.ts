import { isDeepStrictEqual } from 'node:util'
import type { TaskId, UserId } from '@muster/core'
import type { Fact } from '@muster/core/feed'
import type { TaskWork } from '@muster/core/ports'
import { mostSlots, purposeOf, replayOverlap } from '@muster/core/quality'
import { isLive } from '@muster/core/rules'
import type { Muster } from '@muster/host'
import { keptCounters, recounted } from '@muster/testing/worlds'
import type { Pool } from 'pg'
import type { Violation } from '../findings.ts'
import { FORM, MAX, MIN, STEP, type World } from './world.ts'

/** Decisions on one task that are read; a round makes far fewer. */
const MOST_DECISIONS = 1_000
const MOST_FACTS = 1_000

type Note = (rule: string, what: string) => void

/** Everything that breaks a rule, once all is quiet. */
export async function findViolations(muster: Muster, pool: Pool, world: World): Promise<Violation[]> {
  const found: Violation[] = []
  const note: Note = (rule, what) => void found.push({ rule, what })
  const { stores } = muster.persistence
  const { rows } = await pool.query<{ taskId: TaskId }>(
    'select task_id as "taskId" from task where project_id = $1',
    [world.projectId],
  )
  const works: TaskWork[] = []
  for (const { taskId } of rows) {
    const work = await stores.tasks.findWork(taskId)
    if (work === undefined) throw new Error(`Task ${taskId} is gone`)
    works.push(work)
    checkRows(work, note)
    if (purposeOf(work.task) === 'work') await checkOverlap(muster, work, note)
  }
  const kept = await keptCounters(stores, world.projectId)
  if (!isDeepStrictEqual(kept, await recounted(stores, rows)))
    note('counters equal a recount', world.projectId)
  const facts = await factsOf(muster, world)
  checkPauses(facts, note)
  await checkWatches(muster, world, works, facts, note)
  for (const { userId } of await stores.quality.listPausedHolders(10))
    note('a paused person holds nothing', userId)
  return found
}

/** What is live or done is in exactly one slot, and nobody is on a step twice. */
function checkRows({ task, slots, assignments }: TaskWork, note: Note): void {
  const { taskId } = task
  const holds = new Set(assignments.map(({ userId, stepId }) => `${userId} ${stepId}`))
  if (holds.size !== assignments.length) note('no duplicates', taskId)
  for (const row of assignments) {
    const mine = slots.filter(({ assignmentId }) => assignmentId === row.assignmentId)
    const isHeld = mine.length === 1 && mine[0]?.state === 'held' && mine[0].slotNo === row.slotNo
    if (isLive(row) && !isHeld) note('a live assignment has its slot', row.assignmentId)
    if (isLive(row) && purposeOf(task) === 'work' && row.stepId !== task.currentStepId)
      note('what is live stands at the step of its task', row.assignmentId)
  }
  for (const { state, stepId, slotNo, assignmentId } of slots) {
    const row = assignments.find((one) => one.assignmentId === assignmentId)
    const what = `slot ${slotNo} of ${taskId} ${stepId}`
    if (state === 'held' && !(row && isLive(row))) note('a held slot has its assignment', what)
    if (state === 'done' && row?.status !== 'submitted') note('a slot that is done was submitted', what)
  }
}

/** As many are asked as were decided on, and each decision says the same if it is made again. */
async function checkOverlap(muster: Muster, { task, slots }: TaskWork, note: Note): Promise<void> {
  const { taskId } = task
  const here = slots.filter(({ stepId }) => stepId === STEP)
  const reopened = here.filter((slot) => slot.reopened).length
  const step = { stepId: STEP, assignmentsRequired: { min: MIN, max: MAX, until: [] } }
  if (here.length < MIN + reopened || here.length > mostSlots(step, slots))
    note(
      'never fewer than min nor more than max',
      `${taskId} has ${here.length}, ${reopened} of them reopened`,
    )
  const kept = await muster.persistence.stores.tasks.listOverlaps(taskId, MOST_DECISIONS)
  for (const { decision, input } of kept) {
    const { until, added } = decision
    if (!isDeepStrictEqual(replayOverlap({ decision, input }, FORM), { until, added }))
      note('decisions replay', JSON.stringify(decision))
    if (until.some(({ answers }) => answers.length !== decision.slots))
      note('a decision has every answer', JSON.stringify(decision))
  }
  const added = kept.filter(({ decision }) => decision.added).length
  if (here.length - reopened > MIN + added) note('a slot is decided on', `${taskId} has ${here.length}`)
  const isComplete = here.every(({ state }) => state === 'done')
  if (isComplete && task.status === 'open' && task.currentStepId === STEP)
    note('overlap is decided with the last answer', taskId)
  const isEnded = task.overlapEnds?.[STEP] !== undefined
  if (isEnded !== kept.some(({ decision }) => !decision.added)) note('an end was decided on', taskId)
}

async function factsOf(muster: Muster, { projectId }: World): Promise<Fact[]> {
  const facts: Fact[] = []
  for (;;) {
    const more = await muster.persistence.stores.events.read(projectId, facts.length, MOST_FACTS)
    if (more.length === 0) return facts
    facts.push(...more)
  }
}

/** From the commit that pauses somebody to the one that lifts it, nothing is given to them. */
function checkPauses(facts: readonly Fact[], note: Note): void {
  const paused = new Set<UserId>()
  facts.forEach(({ seq, type, data }, place) => {
    if (seq !== place + 1) note('facts are contiguous', `${seq} is at ${place + 1}`)
    if (type === 'person_paused') paused.add(data.userId)
    else if (type === 'person_resumed') paused.delete(data.userId)
    else if ((type === 'task_assigned' || type === 'task_reassigned') && paused.has(data.userId))
      note('a paused person is given nothing', `${data.userId} was given ${data.taskId} at ${seq}`)
  })
}

/** Each annotation of a task with a known answer was judged once. */
async function checkWatches(
  { persistence }: Muster,
  { projectId, people }: World,
  works: readonly TaskWork[],
  facts: readonly Fact[],
  note: Note,
): Promise<void> {
  const golden = new Set(works.flatMap(({ task }) => (task.gold === null ? [] : [task.taskId])))
  const judged = new Map<UserId, number>()
  for (const { type, data } of facts) {
    if (type !== 'task_status_changed' || data.status !== 'submitted') continue
    if (data.stepId !== STEP || !golden.has(data.taskId)) continue
    judged.set(data.userId, (judged.get(data.userId) ?? 0) + 1)
  }
  const { quality } = persistence.stores
  const watches = await quality.listWatches({ projectIds: [projectId], userIds: people })
  for (const userId of people) {
    const watch = watches.find((one) => one.userId === userId)
    const known = await quality.listKnown(projectId, userId)
    const times = (of: boolean): number =>
      known.reduce((sum, one) => sum + (one.right === of ? one.times : 0), 0)
    const kept = [watch?.judged ?? 0, watch?.right ?? 0, times(true) + times(false), times(true)]
    const wanted = judged.get(userId) ?? 0
    if (kept[0] !== wanted || kept[2] !== wanted || kept[1] !== kept[3])
      note('each known answer is judged once', `${userId}: ${kept.join(' ')} of ${wanted}`)
  }
}

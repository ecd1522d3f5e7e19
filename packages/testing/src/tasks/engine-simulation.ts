import type { Assignment, Task, TaskId, User } from '@muster/core'
import { MusterError } from '@muster/core'
import type { NewForm } from '@muster/core/forms'
import type { TaskWork } from '@muster/core/ports'
import { mostSlots, replayOverlap, slotsAtFirst } from '@muster/core/quality'
import { excludedSteps, holdsOrSubmitted, isLive, limitOf } from '@muster/core/rules'
import { describe, expect, it } from 'vitest'
import { keptCounters, recounted } from '../quality/recount.ts'
import type { OpenAdapter, OpenPersistence } from '../stores/open-adapter.ts'
import { SeededRandom } from '../system/seeded-random.ts'
import { SequentialIds } from '../system/sequential-ids.ts'
import { ADJUDICATE, ANNOTATE, type Engine, openEngine, REVIEW } from '../worlds/engine-world.ts'

/** How long a simulation is, and how many people move at once. */
export interface Simulated {
  readonly schedules: number
  readonly turns: number
  readonly atOnce: number
}

/** Moves that are made more often than others, so that tasks get on. */
const LIKELY = [
  'push',
  'submit',
  'submit',
  'claim',
  'claim',
  'submit',
  'submit',
  'submit',
  'submit',
  'submit',
  'submit',
  'status',
] as const
const LABELS = ['nl', 'af', 'de'] as const

const FORM: NewForm = {
  name: 'language',
  title: 'Language',
  show: [{ name: 'text', as: 'text', at: '/text' }],
  questions: [
    { id: 'label', type: 'choice', title: 'Language', options: LABELS.map((value) => ({ value })) },
  ],
}

/** A world where everything is scarce, so that rules meet. */
function scarceWorld({ persistence, clock }: OpenPersistence): Promise<Engine> {
  return openEngine({
    adapter: { persistence, clock, ids: new SequentialIds(2 ** 40) },
    steps: [
      {
        ...ANNOTATE,
        form: FORM,
        assignmentsRequired: {
          min: 1,
          max: 3,
          until: [{ question: 'label', posterior: 0.9 }],
          giveUpAfterMinutes: 5,
        },
      },
      { ...ADJUDICATE, stepId: 'settle', when: 'disagreement' },
      { ...REVIEW, assignmentsRequired: 2, requiredSkills: [{ anyOf: ['review'], dropAfterMinutes: 30 }] },
      { ...ADJUDICATE, when: 'rejectedByReview' },
    ],
    config: {
      maxConcurrentPerUser: 3,
      leaseMinutes: 10,
      cooldownMinutes: 3,
      holdMinutes: 20,
      maxReturns: 1,
      crossStepExclusionPairs: [['settle', 'annotate']],
    },
  })
}

/** One schedule of random moves by random people, with every rule asked after every move. */
async function live(
  adapter: OpenPersistence,
  seed: number,
  { turns, atOnce }: Simulated,
): Promise<Map<string, number>> {
  const random = new SeededRandom(seed)
  const pick = <Item>(items: readonly Item[]): Item => {
    const item = items[Math.floor(random.next() * items.length)]
    if (item === undefined) throw new Error('Nothing to pick from')
    return item
  }
  const world = await scarceWorld(adapter)
  const { engine } = world
  const people: User[] = []
  for (let count = 0; count < 14; count++) {
    people.push(await world.person(`Person ${count}`, { skills: count % 2 ? { review: 3 } : {} }))
  }
  const tasks: Task[] = [...(await world.addTasks({}, {}, { gold: { label: 'nl' } }))]

  /** Some row of some task, mostly one that is live. */
  const someRow = async (): Promise<Assignment | undefined> => {
    const work = await world.stores.tasks.findWork(pick(tasks).taskId)
    const rows = work?.assignments ?? []
    const alive = rows.filter(isLive)
    const among = alive.length > 0 && random.next() < 0.8 ? alive : rows
    return among.length > 0 ? pick(among) : undefined
  }
  const onSomeRow = async (act: (row: Assignment, by: ReturnType<Engine['by']>) => Promise<unknown>) => {
    const row = await someRow()
    const holder = row && people.find(({ userId }) => userId === row.userId)
    if (row && holder) await act(row, world.by(holder))
  }
  const submit = (): Promise<void> =>
    onSomeRow(async ({ assignmentId, stepType, status }, by) => {
      if (status === 'assigned' || status === 'accepted') await engine.start({ assignmentId, by })
      const result =
        stepType === 'review'
          ? { verdict: random.next() < 0.4 ? 'return' : 'accept' }
          : { label: pick(LABELS) }
      await engine.submit({ assignmentId, by, result })
    })

  const moves: Record<string, () => Promise<unknown>> = {
    claim: () => engine.claimNext({ userId: pick(people).userId }),
    twoTabs: () => {
      const { userId } = pick(people)
      return Promise.all([engine.claimNext({ userId }), engine.claimNext({ userId })])
    },
    submit,
    accept: () => onSomeRow(({ assignmentId }, by) => engine.accept({ assignmentId, by })),
    heartbeat: () => onSomeRow(({ assignmentId }, by) => engine.heartbeat({ assignmentId, by })),
    reject: () => onSomeRow(({ assignmentId }, by) => engine.reject({ assignmentId, by, code: 'other' })),
    release: () => onSomeRow(({ assignmentId }, by) => engine.release({ assignmentId, by })),
    stale: () => onSomeRow(({ assignmentId }, by) => engine.start({ assignmentId, by, attempt: 99 })),
    reassign: () =>
      onSomeRow(({ assignmentId }) => engine.reassign({ assignmentId, by: world.admin, reason: 'balance' })),
    push: () => engine.assign({ taskId: pick(tasks).taskId, strategy: pick([...world.strategies.keys()]) }),
    pushNamed: () => engine.assign({ taskId: pick(tasks).taskId, userId: pick(people).userId }),
    batch: () => engine.assignBatch({ projectId: world.projectId }),
    add: async () => {
      if (tasks.length < 8) tasks.push(await world.task({ priority: Math.floor(random.next() * 3) }))
    },
    prioritise: () => world.tasks.setPriority(pick(tasks).taskId, Math.floor(random.next() * 3)),
    cancel: async () => {
      if (random.next() < 0.1) await world.tasks.cancel(pick(tasks).taskId)
    },
    status: () => {
      const status = pick(['active', 'active', 'active', 'active', 'away', 'suspended'] as const)
      return world.people.change(pick(people).userId, { status })
    },
    reopen: async () => {
      if (random.next() > 0.2) return
      const since = new Date(world.clock.now().getTime() - 10 * 60_000)
      await world.quality.reopen({ projectId: world.projectId, userId: pick(people).userId, since })
    },
    time: () => world.minutes(random.next() * 6),
    sweep: () => engine.expireDue(),
  }

  const done = new Map<string, number>()
  const makeMove = async (): Promise<void> => {
    const name = pick([...Object.keys(moves), ...LIKELY])
    try {
      await moves[name]?.()
      done.set(name, (done.get(name) ?? 0) + 1)
    } catch (refusal) {
      // A refused move is an answer; anything else is a fault.
      if (!(refusal instanceof MusterError) || refusal.code === 'unavailable') throw refusal
    }
  }
  for (let turn = 0; turn < turns; turn++) {
    await Promise.all(Array.from({ length: atOnce }, makeMove))
    await checkRules(world, people, tasks)
  }
  for (const { taskId } of tasks) {
    const { status, returns } = await world.tasks.get(taskId)
    for (const end of [status, ...(returns > 0 ? ['returned'] : [])]) done.set(end, (done.get(end) ?? 0) + 1)
    for (const end of await checkOverlap(world, taskId)) done.set(end, (done.get(end) ?? 0) + 1)
  }
  expect(await keptCounters(world.stores, world.projectId)).toEqual(await recounted(world.stores, tasks))
  const facts = await world.facts()
  expect(facts.map(({ seq }) => seq)).toEqual(facts.map((_, index) => index + 1))
  return done
}

async function checkRules(world: Engine, people: readonly User[], tasks: readonly Task[]): Promise<void> {
  const works: TaskWork[] = []
  for (const { taskId } of tasks) {
    const work = await world.stores.tasks.findWork(taskId)
    if (work === undefined) throw new Error('A task is gone')
    works.push(work)
    checkTask(world, work)
  }
  const rows = works.flatMap(({ assignments }) => assignments)
  for (const { userId } of people) {
    const { status, maxConcurrentAssignments } = await world.people.get(userId)
    const held = rows.filter((row) => row.userId === userId && isLive(row)).length
    expect(held).toBeLessThanOrEqual(limitOf(maxConcurrentAssignments, world.project.assignment))
    if (status === 'suspended') expect(held).toBe(0)
  }
}

function checkTask({ workflow, project }: Engine, { task, slots, assignments }: TaskWork): void {
  // One row per person and step.
  expect(new Set(assignments.map(({ userId, stepId }) => `${userId} ${stepId}`)).size).toBe(
    assignments.length,
  )
  // Overlap: never more slots than the step asks for, and what is live or counts is in exactly one.
  for (const step of workflow.steps) {
    const places = slots.filter(({ stepId }) => stepId === step.stepId).length
    expect(places).toBeLessThanOrEqual(mostSlots(step, slots))
    const reopened = slots.filter((slot) => slot.stepId === step.stepId && slot.reopened).length
    if (places > 0) expect(places).toBeGreaterThanOrEqual(slotsAtFirst(step) + reopened)
  }
  for (const row of assignments.filter(isLive)) {
    expect([task.status, row.stepId]).toEqual(['open', task.currentStepId])
    expect(row.expiresAt).not.toBeNull()
    const mine = slots.filter(
      ({ state, assignmentId }) => state === 'held' && assignmentId === row.assignmentId,
    )
    expect(mine).toMatchObject([{ stepId: row.stepId, slotNo: row.slotNo }])
  }
  for (const slot of slots) {
    const row = assignments.find(({ assignmentId }) => assignmentId === slot.assignmentId)
    if (slot.state === 'held') expect(row && isLive(row)).toBe(true)
    if (slot.state === 'done') expect(row?.status).toBe('submitted')
    if (slot.state === 'free' || slot.state === 'cooling') {
      expect([task.status, slot.stepId]).toEqual(['open', task.currentStepId])
    }
  }
  // Exclusion, in both directions.
  for (const row of assignments.filter(holdsOrSubmitted)) {
    const excluded = excludedSteps(workflow, project.assignment, row.stepId)
    const clash = assignments.filter(
      (other) => other.userId === row.userId && excluded.includes(other.stepId) && holdsOrSubmitted(other),
    )
    expect(clash).toEqual([])
  }
  const rests = slots.flatMap(({ state, wakeAt }) =>
    state === 'cooling' && wakeAt ? [wakeAt.getTime()] : [],
  )
  expect(task.cooldownUntil?.getTime()).toBe(rests.length > 0 ? Math.max(...rests) : undefined)
  expect(task.currentStepId === null).toBe(task.status !== 'open')
}

/** What was decided of overlap replays to the same, and the last of it is what came of it. Gives what was decided. */
async function checkOverlap({ stores }: Engine, taskId: TaskId): Promise<string[]> {
  const kept = await stores.tasks.listOverlaps(taskId, 1_000)
  const { task, slots } = (await stores.tasks.findWork(taskId)) as TaskWork
  for (const { decision, input } of kept) {
    const { until, added } = decision
    expect(replayOverlap({ decision, input }, FORM)).toEqual({ until, added })
  }
  const decisions = kept.map(({ decision }) => decision)
  const added = decisions.filter((decision) => decision.added).length
  const here = slots.filter(({ stepId }) => stepId === 'annotate')
  const reopened = here.filter((slot) => slot.reopened).length
  expect(here.length).toBeLessThanOrEqual(1 + added + reopened)
  const [last] = decisions
  const end = task.overlapEnds?.['annotate']
  expect(end !== undefined).toBe(decisions.some((decision) => !decision.added))
  if (end && last?.added === false) expect(end.held).toBe(last.until.every(({ holds }) => holds))
  return [
    ...decisions.flatMap((decision) => [
      ...(decision.added ? ['asked more'] : []),
      ...(decision.gaveUp ? ['gave up'] : []),
    ]),
    ...(reopened > 0 ? ['reopened'] : []),
  ]
}

/** Only ends what hangs, however busy the machine is. */
const LONGEST_MS = 600_000

/** Schedules have been through all of it. */
const MOVES = [
  'claim',
  'submit',
  'reassign',
  'push',
  'batch',
  'reject',
  'release',
  'completed',
  'returned',
  'asked more',
  'reopened',
]

/** So many times as many as are wished for. */
const MOST_SCHEDULES = 5

/** Random people make random moves on a whole engine, and every rule is asked after every turn. */
export function engineSimulation(name: string, open: OpenAdapter, simulated: Simulated): void {
  describe(`the engine on ${name}`, () => {
    it('keeps every rule under any schedule, and gets tasks done', { timeout: LONGEST_MS }, async () => {
      const total = new Map<string, number>()
      const unmet = (): string[] => MOVES.filter((move) => !total.has(move))
      // Where moves go side by side, chance decides what a schedule comes to: then some more are tried.
      const most = MOST_SCHEDULES * simulated.schedules
      for (let seed = 1; seed <= simulated.schedules || (seed <= most && unmet().length > 0); seed++) {
        const adapter = await open()
        const done = await live(adapter, seed, simulated)
        for (const [move, count] of done) total.set(move, (total.get(move) ?? 0) + count)
        await adapter.close()
      }
      expect(unmet()).toEqual([])
    })
  })
}

import type { AssignmentId, AssignmentStrategy, Principal, TaskId } from '@muster/core'
import { builtInStrategies, DEFAULT_ASSIGNMENT_CONFIG, unmetRequirements } from '@muster/core/rules'
import { coreModule, createMuster } from '@muster/host'
import { NINE, SequentialIds } from '@muster/testing'
import { describe, expect, it } from 'vitest'
import { barsOf, compare, SEEDS, TASKS } from './compare.ts'
import { jain, measure, percentile } from './measures.ts'
import { optimalCost } from './optimum.ts'
import { type Done, type Played, simulate } from './simulate.ts'
import { LOADS, type Load, makeWorld, type World } from './world.ts'

const STRATEGIES: readonly (readonly [string, AssignmentStrategy])[] = Object.entries(builtInStrategies)
const EVERY_LOAD = Object.keys(LOADS) as Load[]

describe('a world', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(makeWorld(3, 'tight', 50)).toEqual(makeWorld(3, 'tight', 50))
    expect(makeWorld(4, 'tight', 50).arrivals).not.toEqual(makeWorld(3, 'tight', 50).arrivals)
  })

  it('brings in as much work as its load says', () => {
    for (const load of EVERY_LOAD) {
      const { workers, arrivals } = makeWorld(1, load, 20_000)
      const perMs = workers.reduce((sum, { handlingMs }) => sum + 1 / handlingMs, 0)
      expect(arrivals.length / (arrivals.at(-1)?.at ?? 0) / perMs).toBeCloseTo(LOADS[load], 1)
    }
  })
})

describe.each(STRATEGIES)('simulates %s', (_, strategy) => {
  it.each(EVERY_LOAD)('does every task once, within skills, limits and one at a time, at %s load', (load) => {
    const world = makeWorld(11, load, 400)
    const { done } = simulate(world, strategy)
    expect(done.map(({ task }) => task).sort((one, other) => one - other)).toEqual([...world.arrivals.keys()])
    for (const one of done) expect(lacking(world, one)).toEqual([])
    for (const { userId, handlingMs } of world.workers) {
      const mine = done.filter((one) => one.userId === userId)
      for (const [nth, { startedAt, submittedAt, assignedAt, arrivedAt }] of mine.entries()) {
        expect(assignedAt).toBeGreaterThanOrEqual(arrivedAt)
        expect(startedAt).toBe(Math.max(assignedAt, mine[nth - 1]?.submittedAt ?? 0))
        expect(submittedAt).toBe(startedAt + handlingMs)
        const held = mine.slice(0, nth + 1).filter((other) => other.submittedAt > assignedAt)
        expect(held.length).toBeLessThanOrEqual(DEFAULT_ASSIGNMENT_CONFIG.maxConcurrentPerUser)
      }
    }
  })

  it('plays the same again', () => {
    const world = makeWorld(12, 'tight', 200)
    expect(simulate(world, strategy)).toEqual(simulate(world, strategy))
  })

  it('chooses whom the engine chooses, move by move on the memory adapter', async () => {
    const world = makeWorld(13, 'tight', 120)
    const played = simulate(world, strategy)
    expect(await playedByTheEngine(world, played, strategy)).toEqual(
      played.done.map(({ task, userId }) => ({ task, userId })),
    )
  })

  it.each(EVERY_LOAD)('never costs less than the offline optimum, at %s load', (load) => {
    const world = makeWorld(14, load, 150)
    expect(measure(world, simulate(world, strategy)).cost).toBeGreaterThanOrEqual(optimalCost(world))
  })
})

describe('the default strategy', () => {
  it('holds its bars in the worlds of the table', () => {
    expect(barsOf(compare(SEEDS, TASKS)).filter(({ holds }) => !holds)).toEqual([])
  })
})

describe('measures', () => {
  it('knows fairness from 1 ÷ n to 1', () => {
    expect(jain([4, 4, 4])).toBe(1)
    expect(jain([5, 0, 0, 0])).toBe(0.25)
    expect(jain([0, 0])).toBe(1)
  })

  it('takes the least value that enough do not exceed', () => {
    const values = Array.from({ length: 20 }, (_, nth) => 20 - nth)
    expect(percentile(values, 0.95)).toBe(19)
    expect(percentile([7], 0.95)).toBe(7)
  })
})

/** What the one who did it lacked when they were given it. */
function lacking({ workers, arrivals }: World, { task, userId, assignedAt, arrivedAt }: Done) {
  const skills = workers.find((worker) => worker.userId === userId)?.skills ?? {}
  return unmetRequirements(skills, arrivals[task]?.requirements ?? [], assignedAt - arrivedAt)
}

/** Plays the same arrivals and submissions through the use cases, and asks them for every choice. */
async function playedByTheEngine(world: World, { done }: Played, strategy: AssignmentStrategy) {
  let ms = 0
  const muster = await createMuster({
    modules: [
      coreModule({
        strategies: { measured: strategy },
        clock: { now: () => new Date(NINE.getTime() + ms), wait: () => Promise.resolve() },
        ids: new SequentialIds(1_000_000),
      }),
    ],
  })
  const { workflowId } = await muster.workflows.add({
    name: 'One step',
    steps: [{ stepId: 'annotate', stepType: 'annotation' }],
  })
  const { projectId } = await muster.projects.add({
    name: 'Measured',
    workflowId,
    assignment: { defaultStrategy: 'measured', leaseMinutes: 10_000 },
  })
  for (const { userId, skills } of world.workers) {
    await muster.people.add({ userId, displayName: 'Somebody', skills })
    await muster.projects.addMember(projectId, userId)
  }

  const taskIds = new Map<number, TaskId>()
  const held = new Map<number, AssignmentId>()
  const given: Pick<Done, 'task' | 'userId'>[] = []
  const add = async (task: number): Promise<void> => {
    const { requirements, isGold } = world.arrivals[task] ?? { requirements: [], isGold: false }
    const [added] = await muster.tasks.add(projectId, [
      { payload: { task }, requiredSkills: requirements, ...(isGold ? { gold: 'right' } : {}) },
    ])
    if (added) taskIds.set(task, added.taskId)
  }
  const assign = async (task: number): Promise<void> => {
    const assignment = await muster.assignments.assign({ taskId: taskIds.get(task) as TaskId })
    held.set(task, assignment.assignmentId)
    given.push({ task, userId: assignment.userId })
  }
  const submit = async ({ task, userId, isRight }: Done): Promise<void> => {
    const by: Principal = { userId, role: 'annotator', memberships: new Set([projectId]) }
    const assignmentId = held.get(task) as AssignmentId
    await muster.assignments.start({ assignmentId, by })
    await muster.assignments.submit({ assignmentId, by, result: isRight ? 'right' : 'wrong' })
  }

  // At one moment people submit first, then tasks come in, then they are given out, each in the order of the simulation.
  const moves = [
    ...done.map((one) => ({ at: one.submittedAt, run: () => submit(one) })),
    ...world.arrivals.map(({ at }, task) => ({ at, run: () => add(task) })),
    ...done.map(({ task, assignedAt }) => ({ at: assignedAt, run: () => assign(task) })),
  ].sort((one, other) => one.at - other.at)
  for (const { at, run } of moves) {
    ms = at
    await run()
  }
  return given
}

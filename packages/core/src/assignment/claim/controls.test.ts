import { SeededRandom, SequentialIds } from '@muster/testing'
import { ANNOTATE, type Engine, openEngine, REVIEW } from '@muster/testing/worlds'
import { describe, expect, it } from 'vitest'
import type { NewTask } from '../../calls.ts'
import type { QualityPolicy, User } from '../../people/person.ts'
import { purposeOf } from '../../workflow/task.ts'

/** All claims in place of a tenth of them. */
const FULL = process.env['MUSTER_WORLDS'] === 'full'

const CONTROL: Partial<NewTask> = { gold: { label: 'nl' }, purpose: 'control' }

async function open(
  controls: Partial<NonNullable<QualityPolicy['controls']>>,
  {
    steps = [ANNOTATE],
    many = 3,
    ...config
  }: { steps?: (typeof ANNOTATE)[]; many?: number; maxConcurrentPerUser?: number } = {},
): Promise<{ world: Engine; ann: User; ids: Set<string> }> {
  const world = await openEngine({ steps, config })
  await world.projects.change(world.projectId, {
    quality: { controls: { stepId: 'annotate', rate: 0, ...controls } },
  })
  const controlTasks = Array.from({ length: many }, () => CONTROL)
  const added = many === 0 ? [] : await world.addTasks(...controlTasks)
  return { world, ann: await world.person('Ann'), ids: new Set(added.map(({ taskId }) => taskId)) }
}

describe('a control', () => {
  it('is in no list, queue or batch, until somebody is given it', async () => {
    const { world, ann, ids } = await open({})
    expect(await world.engine.claimNext({ userId: ann.userId })).toEqual({
      kind: 'nothing',
      open: 0,
      reasons: {},
    })
    expect(await world.engine.assignBatch({ projectId: world.projectId })).toMatchObject({ assigned: 0 })
    const [taskId] = [...ids]
    await expect(world.engine.assign({ taskId: taskId as never, userId: ann.userId })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/is a control: people get it when it is its turn$/),
    })
    expect((await world.tasks.list(world.projectId, {}, {})).items).toEqual([])
    const listed = await world.tasks.list(world.projectId, { purpose: 'control' }, {})
    expect(new Set(listed.items.map((task) => task.taskId))).toEqual(ids)
  })

  it('must have a known answer', async () => {
    const { world } = await open({})
    await expect(world.task({ purpose: 'control' })).rejects.toMatchObject({
      issues: [{ path: 'tasks[0].gold', message: 'is required of a control' }],
    })
  })

  it('is given to each person once, by a slot of its own, and is judged and no more', async () => {
    const { world, ann, ids } = await open({ rate: 0.5 }, { many: 1 })
    const ben = await world.person('Ben')
    world.deps.random.next = () => 0.1
    for (const [person, label] of [
      [ann, 'nl'],
      [ben, 'de'],
    ] as const) {
      const row = await world.does(person, { label })
      expect(ids.has(row.taskId)).toBe(true)
      expect(await world.engine.claimNext({ userId: person.userId })).toMatchObject({
        kind: 'nothing',
        open: 0,
      })
      expect(await world.quality.person(world.projectId, person.userId)).toMatchObject({
        watch: { judged: 1, controls: 1, right: label === 'nl' ? 1 : 0 },
        controlsLeft: 0,
      })
    }
    const work = await world.stores.tasks.findWork([...ids][0] as never)
    expect(work?.slots.map(({ slotNo, state }) => [slotNo, state])).toEqual([
      [1, 'done'],
      [2, 'done'],
    ])
    expect(work?.task).toMatchObject({ status: 'open', currentStepId: null })
    expect(await world.results()).toEqual([])
    expect((await world.quality.agreement(world.projectId)).map(({ reason }) => reason)).toEqual([
      'empty',
      'empty',
      'empty',
    ])
    expect(await world.people.qualityOf(ann.userId)).toMatchObject([{ samples: 1, score: 0.6 }])
    const facts = await world.facts()
    expect(facts.filter(({ type }) => type === 'control_judged')).toMatchObject([
      { audience: 'managers', data: { right: true } },
      { audience: 'managers', data: { right: false } },
    ])
    expect(facts.filter(({ type }) => type === 'controls_exhausted')).toMatchObject([
      { audience: 'managers', data: { userId: ann.userId, stepId: 'annotate' } },
      { audience: 'managers', data: { userId: ben.userId, stepId: 'annotate' } },
    ])
  })

  it('ends with its row: nobody else is given the slot, and it never comes back', async () => {
    const { world, ann, ids } = await open({ rate: 0.5 }, { many: 4 })
    world.deps.random.next = () => 0.1
    const released = await world.claimAndStart(ann)
    await world.engine.release({ assignmentId: released.assignmentId, by: world.by(ann) })
    const rejected = await world.claim(ann)
    await world.engine.reject({ assignmentId: rejected.assignmentId, by: world.by(ann), code: 'other' })
    const expired = await world.claim(ann)
    await world.minutes(61)
    await world.engine.expireDue()
    const held = await world.claim(ann)
    await world.people.change(ann.userId, { status: 'suspended' })
    const given = [released, rejected, expired, held].map(({ taskId }) => taskId)
    expect(new Set(given)).toEqual(ids)
    for (const taskId of given) {
      const work = await world.stores.tasks.findWork(taskId)
      expect(work?.slots.map(({ state, reservedFor }) => [state, reservedFor])).toEqual([['reserved', null]])
    }
    expect(await world.engine.get(expired.assignmentId)).toMatchObject({ status: 'expired' })
    expect(await world.engine.get(held.assignmentId)).toMatchObject({ status: 'reassigned' })
  })

  it('is asked for by skill, limit and pause as work is', async () => {
    const { world, ann } = await open(
      { rate: 0.5 },
      {
        many: 0,
        maxConcurrentPerUser: 1,
        steps: [{ ...ANNOTATE, requiredSkills: [{ anyOf: ['nl'] }] } as never],
      },
    )
    world.deps.random.next = () => 0.1
    await world.addTasks(CONTROL, { ...CONTROL, requiredSkills: [{ anyOf: ['law'] }] })
    expect(await world.engine.claimNext({ userId: ann.userId, projectId: world.projectId })).toMatchObject({
      kind: 'nothing',
    })
    const ben = await world.person('Ben', { skills: { nl: 1 } })
    await world.claim(ben)
    expect(await world.engine.claimNext({ userId: ben.userId })).toMatchObject({ kind: 'nothing' })
    const cem = await world.person('Cem', { skills: { nl: 1, law: 1 } })
    await world.quality.pause({ projectId: world.projectId, userId: cem.userId, reason: 'test' })
    expect(await world.engine.claimNext({ userId: cem.userId })).toMatchObject({ kind: 'nothing' })
  })
})

describe('newcomers', () => {
  const onboarding = { count: 2, passAt: 0.6 }

  it('get controls only, and then work, if enough of them are right', async () => {
    const { world, ann, ids } = await open({ onboarding })
    await world.task({ priority: 9 })
    const isControl = [await world.does(ann, { label: 'nl' }), await world.does(ann, { label: 'nl' })].map(
      ({ taskId }) => ids.has(taskId),
    )
    expect(isControl).toEqual([true, true])
    expect(ids.has((await world.claim(ann)).taskId)).toBe(false)
  })

  it('are paused if too few are right, and a manager lets them on', async () => {
    const { world, ann, ids } = await open({ onboarding })
    await world.addTasks({}, {})
    await world.does(ann, { label: 'nl' })
    await world.does(ann, { label: 'de' })
    expect(await world.engine.claimNext({ userId: ann.userId })).toMatchObject({
      reasons: { qualityPaused: 1 },
    })
    const { watch } = await world.quality.person(world.projectId, ann.userId)
    expect(watch.paused).toMatchObject({ reason: 'onboarding' })
    await world.quality.resume({ projectId: world.projectId, userId: ann.userId, reason: 'We spoke' })
    expect(ids.has((await world.claim(ann)).taskId)).toBe(false)
  })

  it('have their waiting submission put through by a claim that only the limit is against, as others have', async () => {
    const { world, ann, ids } = await open({ onboarding }, { maxConcurrentPerUser: 1 })
    await world.addTasks({}, {})
    const given: string[] = []
    for (let nth = 0; nth < 4; nth++) {
      const row = await world.claimAndStart(ann)
      given.push(row.taskId)
      await world.engine.submit({
        assignmentId: row.assignmentId,
        by: world.by(ann),
        result: { label: 'nl' },
        undoSeconds: 10,
      })
    }
    expect(given.map((taskId) => ids.has(taskId))).toEqual([true, true, false, false])
  })

  it('get none of the work where controls run out, are not told why, and managers are', async () => {
    const { world, ann } = await open({ onboarding }, { many: 1 })
    const { taskId } = await world.task()
    await world.does(ann, { label: 'nl' })
    expect(await world.engine.claimNext({ userId: ann.userId })).toEqual({
      kind: 'nothing',
      open: 0,
      reasons: {},
    })
    const { candidates } = await world.engine.candidates({ taskId })
    expect(candidates[0]?.reasons).toEqual([{ code: 'notQualified', judged: 1, count: 2 }])
    expect(await world.engine.assignBatch({ projectId: world.projectId })).toMatchObject({
      unassigned: [{ reason: 'notQualified' }],
    })
    expect((await world.facts()).filter(({ type }) => type === 'controls_exhausted')).toHaveLength(1)
  })
})

describe('a batch', () => {
  it('draws for each assignment that it gives, and gives a control besides', async () => {
    const { world, ann, ids } = await open({ rate: 0.5 })
    await world.addTasks({}, {})
    world.deps.random.next = () => 0.1
    expect(await world.engine.assignBatch({ projectId: world.projectId })).toMatchObject({ assigned: 2 })
    const rows = await world.stores.inboxes.listQueue(
      { userId: ann.userId, sort: 'age', order: 'asc' },
      { limit: 9 },
    )
    expect(rows.filter(({ assignment }) => ids.has(assignment.taskId))).toHaveLength(2)
  })
})

/** Whether a run of gaps between controls is as chance would have it, at a share: χ² over the first ones and the rest. */
function chiSquare(gaps: readonly number[], rate: number, cells: number): number {
  let sum = 0
  let rest = 1
  for (let gap = 0; gap < cells; gap++) {
    const chance = gap === cells - 1 ? rest : rest * rate
    const seen = gaps.filter((one) => (gap === cells - 1 ? one >= gap : one === gap)).length
    sum += (seen - gaps.length * chance) ** 2 / (gaps.length * chance)
    rest -= chance
  }
  return sum
}

describe('controls among work', () => {
  it('are a share of the claims, at places that follow no rule, and look like work in every way', {
    timeout: 600_000,
  }, async () => {
    const RATE = 0.2
    const CLAIMS = FULL ? 20_000 : 2_000
    const PEOPLE = FULL ? 50 : 10
    const { world, ids } = await open({ rate: RATE }, { many: 0, maxConcurrentPerUser: 1_000 })
    world.deps.random.next = (
      (random) => () =>
        random.next()
    )(new SeededRandom(5))
    for (let from = 0; from < CLAIMS; from += 2_000)
      await world.addTasks(
        ...Array.from({ length: 2_000 }, (_, nth) => ({ priority: nth % 3, externalId: `t${from + nth}` })),
      )
    for (const { taskId } of await world.addTasks(
      ...Array.from({ length: 120 }, (_, nth) => ({ ...CONTROL, priority: nth % 2 })),
    ))
      ids.add(taskId)
    const people: User[] = []
    for (let nth = 0; nth < PEOPLE; nth++) people.push(await world.person(`Person ${nth}`))

    const seen: { isControl: boolean; task: string; fields: string }[] = []
    for (let nth = 0; nth < CLAIMS; nth++) {
      const person = people[nth % people.length] as User
      const claim = await world.engine.claimNext({ userId: person.userId })
      if (claim.kind === 'nothing') throw new Error('Nothing was there')
      const { assignment, task } = claim
      const { taskId, projectId, workflowId, currentStepId, payload, ...rest } = task
      expect([projectId, workflowId, currentStepId]).toEqual([
        world.projectId,
        world.workflow.workflowId,
        'annotate',
      ])
      expect(payload).toEqual({ text: expect.stringMatching(/^Text /) })
      expect(new Set(Object.values(rest))).toEqual(new Set([null]))
      const { assignmentId: _id, taskId: _task, userId: _user, slotNo: _slot, ...row } = assignment
      seen.push({ isControl: ids.has(taskId), task: taskId.slice(0, 13), fields: JSON.stringify(row) })
    }
    const share = seen.filter(({ isControl }) => isControl).length / CLAIMS
    expect(Math.abs(share - RATE)).toBeLessThan(FULL ? 0.01 : 0.03)
    expect(new Set(seen.map(({ fields }) => fields)).size).toBe(1)
    expect(new Set(seen.map(({ task }) => task)).size).toBe(1)

    const gaps: number[] = []
    for (let person = 0; person < people.length; person++) {
      let gap = 0
      for (let nth = person; nth < CLAIMS; nth += people.length) {
        if (!seen[nth]?.isControl) gap += 1
        else {
          gaps.push(gap)
          gap = 0
        }
      }
    }
    // 99.9 % of χ² with 7 degrees of freedom.
    expect(chiSquare(gaps, RATE, 8)).toBeLessThan(24.3)
  })

  it.each(['work', 'a newcomer', 'the last slot', 'the limit'] as const)(
    'change what the outlook tells as work does: %s',
    async (how) => {
      const isNew = how === 'a newcomer'
      const after = async (isControl: boolean): Promise<unknown[]> => {
        const steps = [{ ...ANNOTATE, assignmentsRequired: how === 'the last slot' ? 1 : 2 }]
        const onboarding = isNew && isControl ? { onboarding: { count: 3, passAt: 0.6 } } : {}
        const limit = how === 'the limit' ? { maxConcurrentPerUser: 1 } : {}
        const { world, ann, ids } = await open({ rate: 0.5, ...onboarding }, { steps, ...limit })
        world.deps.random.next = () => (isControl ? 0.1 : 0.9)
        await world.addTasks({}, {}, { requiredSkills: [{ anyOf: ['law'] }] }, {})
        const told = [await world.engine.outlook(ann.userId)]
        const row = await world.claim(ann)
        expect(ids.has(row.taskId)).toBe(isControl)
        await world.clock.advance(5_000)
        told.push(await world.engine.outlook(ann.userId))
        if (how !== 'the limit') return told
        return [...told, await world.engine.claimNext({ userId: ann.userId })]
      }
      const told = await after(true)
      expect(told).toEqual(await after(false))
      expect(told.slice(0, 2)).toEqual([
        {
          open: 4,
          forMe: 3,
          reasons: { missingSkill: 1 },
          missing: [{ anyOf: ['law'], minLevel: 1, count: 1 }],
        },
        expect.objectContaining({ open: 3, forMe: how === 'the limit' ? 0 : 2 }),
      ])
    },
  )

  it.each([
    ['handed in', 1, [ANNOTATE]],
    ['handed in by one of two', 2, [ANNOTATE]],
    ['handed in before a review', 1, [ANNOTATE, REVIEW]],
    ['declined', 1, [ANNOTATE]],
  ] as const)('leave the outlook as work does once they are %s', async (how, required, steps) => {
    const after = async (isControl: boolean): Promise<unknown[]> => {
      const { world, ann, ids } = await open(
        { rate: 0.5 },
        {
          steps: steps.map((step) =>
            step === ANNOTATE ? { ...ANNOTATE, assignmentsRequired: required } : step,
          ),
        },
      )
      world.deps.random.next = () => (isControl ? 0.1 : 0.9)
      await world.addTasks({}, {}, {}, { requiredSkills: [{ anyOf: ['law'] }] })
      const told: unknown[] = []
      const look = async (): Promise<void> => {
        await world.clock.advance(5_000)
        told.push(await world.engine.outlook(ann.userId))
      }
      for (let nth = 0; nth < 3; nth += 1) {
        const row = await world.claim(ann)
        expect(ids.has(row.taskId)).toBe(isControl)
        await look()
        if (how === 'declined')
          await world.engine.reject({ assignmentId: row.assignmentId, by: world.by(ann), code: 'other' })
        else await world.finish(ann, row, { label: 'nl' })
        await look()
      }
      return told
    }
    const told = await after(true)
    expect(told).toEqual(await after(false))
    expect(told.map((each) => (each as { forMe: number }).forMe)).toEqual([2, 2, 1, 1, 0, 0])
  })

  it('are counted as work that is there again, a day or more later, one by one', async () => {
    const { world, ann } = await open({ rate: 0.5 })
    world.deps.random.next = () => 0.1
    await world.addTasks({}, {}, {}, {})
    for (let nth = 0; nth < 3; nth += 1) await world.finish(ann, await world.claim(ann), { label: 'nl' })
    const forMe = async (hours: number): Promise<number> => {
      await world.minutes(hours * 60)
      return (await world.engine.outlook(ann.userId)).forMe
    }
    expect(await forMe(23)).toBe(1)
    expect(await forMe(50)).toBe(4)
  })

  it.each([
    ['with', 2],
    ['without', 0],
  ] as const)(
    'are claimed and submitted at whole tenths of a second in a project %s controls',
    async (has, times) => {
      const { world, ann } = await open({ rate: 0.5 })
      if (has === 'without') await world.projects.change(world.projectId, { quality: {} })
      await world.addTasks({}, {})
      const waits: number[] = []
      const wait = async (ms: number): Promise<void> => void waits.push(ms)
      // A clock of real time, of which 30 ms pass with each look.
      let now = 0
      Object.assign(world.clock, { virtual: false, wait, elapsed: () => (now += 30) })
      await world.does(ann, { label: 'nl' })
      expect(waits).toEqual(Array.from({ length: times }, () => 70))
    },
  )

  it('carry the moment of a task of work in their id, and its count within the millisecond', async () => {
    const world = await openEngine({ steps: [ANNOTATE, REVIEW] })
    const tail = new SequentialIds()
    let [moment, count] = [0, 0]
    // As UUIDs of version 7 that ascend within a millisecond: each call goes on from a count of its own.
    const hex = (number: number, digits: number) => number.toString(16).padStart(digits, '0')
    world.deps.ids.next = () => {
      count += 1
      return `01900000-${hex(moment, 4)}-7${hex(moment, 3)}-8${hex(moment, 3)}-${hex(count, 2)}${tail.next().slice(26)}`
    }
    const work = await world.addTasks({}, {}, {})
    moment += 1
    const controls = await world.addTasks(...Array.from({ length: 9 }, () => CONTROL))
    const moments = work.map(({ taskId }) => taskId.slice(0, 26))
    for (const { taskId } of controls) expect(moments).toContain(taskId.slice(0, 26))
    expect(new Set([...work, ...controls].map(({ taskId }) => taskId.slice(26))).size).toBe(12)
    expect(controls.map(purposeOf)).toEqual(controls.map(() => 'control'))
  })

  it('are hidden from those who may not know of them wherever a task is read', async () => {
    const { world, ann } = await open({ rate: 0.5 })
    await world.task({ priority: 7, externalId: 'own', requiredSkills: [] })
    world.deps.random.next = () => 0.9
    const work = await world.claim(ann)
    world.deps.random.next = () => 0.1
    const control = await world.claim(ann)
    const views = []
    for (const { taskId } of [work, control]) {
      const { task } = await world.tasks.view(taskId, world.by(ann))
      const { taskId: _task, payload: _payload, ...rest } = task
      views.push(rest)
    }
    expect(views[0]).toEqual(views[1])
    const queue = await world.stores.inboxes.listQueue(
      { userId: ann.userId, sort: 'priority', order: 'desc' },
      { limit: 9 },
    )
    expect(queue.map(({ priority }) => priority)).toEqual([null, null])
    await world.finish(ann, work, { label: 'nl' })
    await world.finish(ann, control, { label: 'nl' })
    const mine = (await world.facts()).filter(({ affectedUserIds }) => affectedUserIds?.includes(ann.userId))
    const told = (taskId: string) =>
      mine.flatMap(({ type, data }) => ('taskId' in data && data.taskId === taskId ? [type] : []))
    expect(told(work.taskId)).toEqual(told(control.taskId))
  })
})

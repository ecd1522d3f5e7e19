import { ANNOTATE, openEngine, REVIEW } from '@muster/testing/worlds'
import { describe, expect, it } from 'vitest'
import { purposeOf } from '../workflow/task.ts'

const CONTROL = { purpose: 'control', gold: { label: 'da' } } as const

describe('the history of a task', () => {
  it('has every move with its attempt, by whom, why, from and to, oldest first', async () => {
    const world = await openEngine()
    const [ann, ben] = [await world.person('Ann'), await world.person('Ben')]
    const boss = await world.person('Boss', { role: 'manager' })
    const { taskId } = await world.task()
    await world.tasks.change(taskId, { priority: 7 }, { by: boss.userId })
    const skills = [{ anyOf: ['da', 'nb'], minLevel: 2, dropAfterMinutes: 9 }]
    await world.tasks.change(taskId, { requiredSkills: skills }, { by: boss.userId })
    await world.tasks.change(taskId, { requiredSkills: [] }, { by: boss.userId })
    const first = await world.claim(ann)
    await world.engine.release({ assignmentId: first.assignmentId, by: world.by(ann), reason: 'lunch' })
    await world.claimAndStart(ann)
    await world.submitAs(ann, await world.held(ann), { label: 'da' })
    const review = await world.engine.assign({ taskId, userId: ben.userId, by: world.by(boss) })
    await world.finish(ben, review, { verdict: 'return', comment: 'look again' })
    await world.tasks.cancel(taskId, undefined, boss.userId)

    const { items } = await world.tasks.history(taskId, world.by(boss), {})
    const short = items.map(({ kind, userId, attempt, from, to, by, how, reason, stepId }) =>
      [kind, nameOf(userId), attempt, from, to, nameOf(by), how, reason, stepId].filter(
        (each) => each !== null,
      ),
    )
    function nameOf(userId: string | null): string | null {
      return [ann, ben, boss].find((one) => one.userId === userId)?.displayName ?? userId
    }
    expect(short).toEqual([
      ['status', 'open'],
      ['priority', '0', '7', 'Boss', 'annotate'],
      ['skills', 'da or nb at 2 for 9 min', 'Boss', 'annotate'],
      ['skills', 'da or nb at 2 for 9 min', 'Boss', 'annotate'],
      ['assignment', 'Ann', 1, 'assigned', 'Ann', 'pull', 'annotate'],
      ['assignment', 'Ann', 1, 'assigned', 'reassigned', 'Ann', 'lunch', 'annotate'],
      ['assignment', 'Ann', 2, 'reassigned', 'assigned', 'Ann', 'pull', 'annotate'],
      ['assignment', 'Ann', 2, 'assigned', 'in_progress', 'Ann', 'annotate'],
      ['assignment', 'Ann', 2, 'in_progress', 'submitted', 'Ann', 'annotate'],
      ['step', 'annotate', 'review', 'Ann', 'annotate'],
      ['assignment', 'Ben', 1, 'assigned', 'Boss', 'push', 'review'],
      ['assignment', 'Ben', 1, 'assigned', 'in_progress', 'Ben', 'review'],
      ['assignment', 'Ben', 1, 'in_progress', 'submitted', 'Ben', 'review'],
      ['assignment', 'Ann', 3, 'submitted', 'assigned', 'Ben', 'restored', 'look again', 'annotate'],
      ['step', 'review', 'annotate', 'Ben', 'review'],
      ['assignment', 'Ann', 3, 'assigned', 'expired', 'Boss', 'task_cancelled', 'annotate'],
      ['step', 'annotate', 'Boss', 'annotate'],
      ['status', 'open', 'cancelled', 'Boss', 'annotate'],
    ])
  })

  it('says that nobody ended a lease that ended, and comes a page at a time', async () => {
    const world = await openEngine({ config: { leaseMinutes: 5 } })
    const ann = await world.person('Ann')
    const { taskId } = await world.task()
    await world.claim(ann)
    await world.minutes(6)
    await world.engine.expireDue()
    const whole = await world.tasks.history(taskId, world.admin, {})
    expect(whole.items.at(-1)).toMatchObject({ to: 'expired', by: null, reason: 'lease_ended' })
    const seen = []
    let cursor: string | undefined
    do {
      const part = await world.tasks.history(taskId, world.admin, { limit: 1, ...(cursor && { cursor }) })
      seen.push(...part.items)
      cursor = part.nextCursor ?? undefined
    } while (cursor !== undefined)
    expect(seen).toEqual(whole.items)
  })

  it('shows people their own moves alone, and never who sent their work back', async () => {
    const world = await openEngine()
    const [ann, ben, zoe] = [await world.person('Ann'), await world.person('Ben'), await world.person('Zoe')]
    const { taskId } = await world.task()
    await world.does(ann, { label: 'da' })
    await world.does(ben, { verdict: 'return', comment: 'no' })
    const own = await world.tasks.history(taskId, world.by(ann), {})
    expect(new Set(own.items.map(({ userId }) => userId))).toEqual(new Set([ann.userId]))
    expect(own.items.at(-1)).toMatchObject({ how: 'restored', reason: 'no', by: null })
    expect(JSON.stringify(own)).not.toContain(ben.userId)
    expect(JSON.stringify(await world.tasks.decisions(taskId, world.by(ann), {}))).not.toContain(ben.userId)
    await expect(world.tasks.history(taskId, world.by(zoe), {})).rejects.toMatchObject({ code: 'forbidden' })
    const stranger = { ...world.by(zoe), memberships: new Set<never>() }
    await expect(world.tasks.decisions(taskId, stranger, {})).rejects.toMatchObject({ code: 'not_found' })
  })

  it('lets people page through their own moves by cursors that count no moves of others', async () => {
    const world = await openEngine({ steps: [{ ...ANNOTATE, assignmentsRequired: 3 }] })
    const [ann, ben, zoe] = [await world.person('Ann'), await world.person('Ben'), await world.person('Zoe')]
    const { taskId } = await world.task()
    await world.does(ben, { label: 'da' })
    await world.does(zoe, { label: 'da' })
    await world.does(ann, { label: 'nb' })
    const pages = async (list: 'history' | 'decisions', limit: number) => {
      const [items, keys]: [object[], unknown[]] = [[], []]
      let cursor: string | undefined
      do {
        const part = await world.tasks[list](taskId, world.by(ann), { limit, ...(cursor && { cursor }) })
        items.push(...part.items)
        cursor = part.nextCursor ?? undefined
        if (cursor !== undefined) keys.push(JSON.parse(Buffer.from(cursor, 'base64url').toString())[1])
      } while (cursor !== undefined)
      return { items, keys }
    }
    const whole = await pages('history', 200)
    const single = await pages('history', 1)
    expect(single.items).toEqual(whole.items)
    expect(whole.items).toHaveLength(3)
    expect(single.keys).toEqual([[['place', 1]], [['place', 2]]])
    expect((await pages('decisions', 1)).items).toEqual((await pages('decisions', 200)).items)
  })

  it('says nothing to people of a project with controls by which one could be told', async () => {
    const world = await openEngine({ steps: [ANNOTATE, REVIEW] })
    const ann = await world.person('Ann')
    await world.projects.change(world.projectId, {
      quality: { controls: { stepId: 'annotate', rate: 0.5 } },
    })
    const given = Array.from({ length: 8 }, (_, nth) => (nth % 2 === 0 ? {} : CONTROL))
    const added = await world.addTasks(...given)
    const held = new Set<string>()
    for (let nth = 0; nth < 6; nth++) held.add((await world.claim(ann)).taskId)
    const oneOf = (purpose: 'work' | 'control') =>
      added.find((task) => held.has(task.taskId) && purposeOf(task) === purpose)
    const [work, control] = [oneOf('work'), oneOf('control')]
    const past = async (taskId: NonNullable<typeof work>['taskId'] | undefined) => {
      if (taskId === undefined) throw new Error('no task')
      const { items } = await world.tasks.history(taskId, world.by(ann), {})
      const { items: decisions } = await world.tasks.decisions(taskId, world.by(ann), {})
      return [items.map(({ taskId: _task, assignmentId: _id, at: _at, ...rest }) => rest), decisions]
    }
    expect(await past(control?.taskId)).toEqual(await past(work?.taskId))
  })
})

describe('the decisions on a task', () => {
  it('says how each assignment was given, newest first, and whether what was recorded gives it again', async () => {
    const world = await openEngine({ steps: [{ ...ANNOTATE, assignmentsRequired: 3 }, REVIEW] })
    const people = [await world.person('Ann'), await world.person('Ben'), await world.person('Cem')]
    const { taskId } = await world.task()
    await world.claim(people[0] as never)
    const pushed = await world.engine.assign({ taskId })
    await world.engine.assignBatch({ projectId: world.projectId })
    const { items } = await world.tasks.decisions(taskId, world.admin, {})
    expect(items).toMatchObject([
      { how: 'batch', replayed: true, before: null },
      { how: 'push', replayed: true, chosen: pushed.userId, strategy: 'hybrid_capacity_performance' },
      {
        how: 'pull',
        replayed: null,
        before: 0,
        chosen: people[0]?.userId,
        candidates: [],
        stepId: 'annotate',
      },
    ])
    expect(items.slice(0, 2).map(({ candidates }) => candidates.length)).toEqual([3, 3])
    const { items: moves } = await world.tasks.history(taskId, world.admin, {})
    const linked = moves.flatMap(({ decisionId }) => decisionId ?? [])
    expect(linked.toReversed()).toEqual(items.map(({ decisionId }) => decisionId))
  })

  it('replays a big batch for the decision alone that is asked for by name', async () => {
    const world = await openEngine()
    for (let nth = 0; nth < 320; nth++) await world.person(`Person ${nth}`)
    const [{ taskId } = await world.task()] = await world.addTasks(...Array.from({ length: 320 }, () => ({})))
    await world.engine.assignBatch({ projectId: world.projectId })
    const [unasked] = (await world.tasks.decisions(taskId, world.admin, {})).items
    expect(unasked).toMatchObject({ how: 'batch', replayed: null, candidates: [] })
    const replay = unasked?.decisionId
    const [asked] = (await world.tasks.decisions(taskId, world.admin, { replay })).items
    expect(asked).toMatchObject({ replayed: true, chosen: unasked?.chosen })
    expect(asked?.candidates).toHaveLength(320)
  })

  it('does not pretend that a decision gives the same again if it does not, or cannot be asked', async () => {
    const world = await openEngine()
    const [ann, ben] = [await world.person('Ann'), await world.person('Ben')]
    const { taskId } = await world.task()
    const { userId } = await world.engine.assign({ taskId, strategy: 'capacity_based' })
    expect([ann.userId, ben.userId]).toContain(userId)
    const replayed = async () => (await world.tasks.decisions(taskId, world.admin, {})).items[0]?.replayed
    const known = world.strategies.get('capacity_based')
    if (known === undefined) throw new Error('the strategy is built in')
    world.strategies.set('capacity_based', (input) => {
      const choice = known(input)
      return { ...choice, chosen: userId === ann.userId ? ben.userId : ann.userId }
    })
    expect(await replayed()).toBe(false)
    world.strategies.delete('capacity_based')
    expect(await replayed()).toBeNull()
  })
})

import { ANNOTATE, openEngine, REVIEW } from '@muster/testing/worlds'
import { describe, expect, it } from 'vitest'
import type { UserId } from '../ids.ts'
import { DEFAULT_ASSIGNMENT_CONFIG } from '../people/config.ts'

const SOMEBODY = '0190aaaa-0000-7000-8000-000000000001' as UserId

describe('people', () => {
  it('start as active annotators, with an id of their own or the one given', async () => {
    const { people } = await openEngine()
    expect(await people.add({ displayName: 'Ann', userId: SOMEBODY })).toMatchObject({
      userId: SOMEBODY,
      role: 'annotator',
      status: 'active',
      skills: {},
      maxConcurrentAssignments: null,
      scripted: false,
      version: 1,
    })
    await expect(people.add({ displayName: 'Ann', userId: SOMEBODY })).rejects.toMatchObject({
      code: 'conflict',
    })
  })

  it('are made once by the id that the host has for them, and changed in what is given after', async () => {
    const { people } = await openEngine()
    const calls = Array.from({ length: 10 }, (_, index) =>
      people.upsert({ externalId: 'crm-7', displayName: 'Ann', skills: { nl: (index % 5) + 1 } }),
    )
    const answers = await Promise.all(calls)
    expect(answers.filter(({ created }) => created)).toHaveLength(1)
    const [userId, ...others] = [...new Set(answers.map((answer) => answer.userId))]
    expect(others).toEqual([])
    if (userId === undefined) throw new Error('nobody was made')
    const { version } = await people.change(userId, { status: 'away', role: 'manager' })
    const ann = { externalId: 'crm-7', displayName: 'Anna', skills: { nl: 2 } }
    expect(await people.upsert(ann)).toEqual({ userId, created: false })
    const changed = { ...ann, status: 'away', role: 'manager', version: version + 1 }
    expect(await people.get(userId)).toMatchObject(changed)
    await people.upsert(ann)
    expect(await people.get(userId)).toMatchObject(changed)
  })

  it('lose their work if an upsert suspends them', async () => {
    const world = await openEngine()
    const ann = await world.person('Ann', { externalId: 'crm-7' })
    await world.task()
    const { assignmentId } = await world.claim(ann)
    await world.people.upsert({ externalId: 'crm-7', displayName: 'Ann', status: 'suspended' })
    expect(await world.engine.get(assignmentId)).toMatchObject({
      status: 'reassigned',
      releaseReason: 'suspended',
    })
  })

  it('have an externalId of 1 to 200 characters that nobody else has', async () => {
    const { people } = await openEngine()
    const externalId = '🦊'.repeat(200)
    const ann = await people.add({ displayName: 'Ann', externalId })
    const ben = await people.add({ displayName: 'Ben' })
    const taken = {
      code: 'conflict',
      message: `The externalId ${externalId} is taken by another user`,
      details: { errors: [{ path: 'externalId', message: `is taken by another user: ${externalId}` }] },
    }
    await expect(people.add({ displayName: 'Cat', externalId })).rejects.toMatchObject(taken)
    await expect(people.change(ben.userId, { externalId })).rejects.toMatchObject(taken)
    const listed = await people.list({}, { externalId })
    expect(listed).toEqual({ items: [ann], nextCursor: null })
    expect((await people.list({}, { externalId: 'none' })).items).toEqual([])
    const wrong = { issues: [{ path: 'externalId', message: 'must have 1 to 200 characters' }] }
    for (const other of ['', `${externalId}x`]) {
      await expect(people.upsert({ displayName: 'Ann', externalId: other })).rejects.toMatchObject(wrong)
    }
    await people.change(ann.userId, { externalId: null })
    expect(await people.change(ben.userId, { externalId })).toMatchObject({ externalId, version: 2 })
  })

  it('are refused with every fault named', async () => {
    const { people } = await openEngine()
    const input = { displayName: '', skills: { nl: 6 }, userId: '7', age: 3 }
    await expect(people.add(input)).rejects.toMatchObject({
      issues: [{ path: 'userId' }, { path: 'displayName' }, { path: 'skills.nl' }, { path: 'age' }],
    })
  })

  it('change in what is given, skills as a whole, and only from the version seen', async () => {
    const { people } = await openEngine()
    const { userId } = await people.add({ displayName: 'Ann', skills: { nl: 1, de: 2 } })
    expect(await people.change(userId, { skills: { nl: 2 } }, 1)).toMatchObject({
      displayName: 'Ann',
      skills: { nl: 2 },
      version: 2,
    })
    await expect(people.change(userId, { status: 'away' }, 1)).rejects.toMatchObject({
      code: 'version_conflict',
      details: { version: 2 },
    })
    expect(await people.change(userId, {})).toMatchObject({ version: 2 })
    await expect(people.change(SOMEBODY, {})).rejects.toMatchObject({ code: 'not_found' })
  })

  it('have the quality that is set, as it is, until it is observed', async () => {
    const { people, projectId } = await openEngine()
    const { userId } = await people.add({ displayName: 'Ann' })
    const quality = { userId, projectId, stepType: 'annotation', score: 0.93, samples: 0 }
    expect(await people.setQuality(quality)).toEqual(quality)
    expect(await people.qualityOf(userId)).toEqual([quality])
    await expect(people.setQuality({ ...quality, userId: SOMEBODY })).rejects.toMatchObject({
      code: 'not_found',
    })
    await expect(people.setQuality({ ...quality, score: 1.1 })).rejects.toMatchObject({
      issues: [{ path: 'score' }],
    })
  })

  it('are who the directory says, or whom the token names if it knows nobody', async () => {
    const world = await openEngine()
    const ann = await world.person('Ann')
    expect(await world.people.principalOf(ann.userId, 'admin')).toEqual({
      userId: ann.userId,
      role: 'annotator',
      memberships: new Set([world.projectId]),
    })
    expect(await world.people.principalOf(SOMEBODY, 'admin')).toEqual({
      userId: SOMEBODY,
      role: 'admin',
      memberships: new Set(),
    })
    await world.people.change(ann.userId, { status: 'suspended' })
    await expect(world.people.principalOf(ann.userId, 'admin')).rejects.toMatchObject({
      code: 'unauthorized',
    })
  })
})

describe('projects', () => {
  it('take the default of what they leave out, when made and when changed', async () => {
    const { projects } = await openEngine()
    const { projectId, assignment } = await projects.add({ name: 'Own', assignment: { leaseMinutes: 1 } })
    expect(assignment).toEqual({ ...DEFAULT_ASSIGNMENT_CONFIG, leaseMinutes: 1 })
    expect(await projects.change(projectId, { assignment: { maxReturns: 0 } }, 1)).toMatchObject({
      name: 'Own',
      assignment: { ...DEFAULT_ASSIGNMENT_CONFIG, maxReturns: 0 },
      version: 2,
    })
    await expect(projects.change(projectId, { name: 'x' }, 1)).rejects.toMatchObject({
      code: 'version_conflict',
    })
  })

  it('are made once by the id that the host has for them, and changed in what is given after', async () => {
    const { projects, admin } = await openEngine()
    const calls = Array.from({ length: 10 }, (_, index) =>
      projects.upsert({ externalId: 'shop', name: 'Shop', assignment: { maxReturns: index } }),
    )
    const answers = await Promise.all(calls)
    expect(answers.filter(({ created }) => created)).toHaveLength(1)
    const [projectId, ...others] = [...new Set(answers.map((answer) => answer.projectId))]
    expect(others).toEqual([])
    if (projectId === undefined) throw new Error('no project was made')
    const { version, assignment } = await projects.change(projectId, { assignment: { leaseMinutes: 1 } })
    const shop = { externalId: 'shop', name: 'The shop' }
    for (let times = 0; times < 2; times++) {
      expect(await projects.upsert(shop)).toEqual({ projectId, created: false })
      expect(await projects.get(projectId)).toMatchObject({ ...shop, assignment, version: version + 1 })
    }
    const found = await projects.list(admin, {}, { externalId: 'shop' })
    expect(found.items).toEqual([await projects.get(projectId)])
  })

  it('have an externalId that no other project has, and that finds them for their members alone', async () => {
    const world = await openEngine()
    const { projects, projectId } = world
    const { projectId: shop } = await projects.add({ name: 'Shop', externalId: 'shop' })
    const taken = {
      code: 'conflict',
      details: { errors: [{ path: 'externalId', message: 'is taken by another project: shop' }] },
    }
    await expect(projects.add({ name: 'Other', externalId: 'shop' })).rejects.toMatchObject(taken)
    await expect(projects.change(projectId, { externalId: 'shop' })).rejects.toMatchObject(taken)
    const ann = await world.person('Ann')
    const found = async () => {
      const viewer = await world.people.principalOf(ann.userId, 'annotator')
      return (await projects.list(viewer, {}, { externalId: 'shop' })).items
    }
    expect(await found()).toEqual([])
    await projects.addMember(shop, ann.userId)
    expect(await found()).toMatchObject([{ projectId: shop, externalId: 'shop' }])
  })

  it('refuse a workflow or a strategy that does not exist', async () => {
    const { projects } = await openEngine()
    await expect(projects.add({ name: 'Own', workflowId: SOMEBODY })).rejects.toMatchObject({
      issues: [{ path: 'workflowId' }],
    })
    await expect(
      projects.add({ name: 'Own', assignment: { defaultStrategy: 'luck' } }),
    ).rejects.toMatchObject({
      issues: [{ path: 'assignment.defaultStrategy' }],
    })
  })

  it('refuse pairs of steps that their workflow does not have, whichever of the two is named last', async () => {
    const { projects, workflows } = await openEngine()
    const { workflowId } = await workflows.add({ name: 'Two', steps: [ANNOTATE, REVIEW] })
    const other = await workflows.add({ name: 'One', steps: [ANNOTATE] })
    const pairs = (...crossStepExclusionPairs: [string, string][]) => ({ crossStepExclusionPairs })
    const at = (...paths: string[]) => ({
      issues: paths.map((path) => ({ path: `assignment.crossStepExclusionPairs${path}` })),
    })
    const adding = (name: string, assignment: object, workflow: string | null = workflowId) =>
      projects.add({ name, workflowId: workflow, assignment })
    await expect(adding('Own', pairs(['annotate', 'revue'], ['a', 'b']))).rejects.toMatchObject(
      at('[0][1]', '[1][0]', '[1][1]'),
    )
    await expect(adding('Own', pairs(['annotate', 'review']), null)).rejects.toMatchObject(
      at('[0][0]', '[0][1]'),
    )
    const { projectId } = await adding('Own', pairs(['annotate', 'review']))
    await expect(projects.change(projectId, { workflowId: other.workflowId })).rejects.toMatchObject(
      at('[0][1]'),
    )
    await expect(projects.change(projectId, { workflowId: null })).rejects.toMatchObject(
      at('[0][0]', '[0][1]'),
    )
    await expect(
      projects.change(projectId, { assignment: pairs(['annotate', 'settle']) }),
    ).rejects.toMatchObject(at('[0][1]'))
    const both = { workflowId: other.workflowId, assignment: {} }
    expect(await projects.change(projectId, both)).toMatchObject({ assignment: pairs() })
  })

  it('are listed to their members, and all of them to an admin', async () => {
    const world = await openEngine()
    const ann = await world.person('Ann')
    const other = await world.projects.add({ name: 'Other' })
    const names = async (viewer: typeof world.admin): Promise<string[]> =>
      (await world.projects.list(viewer, {})).items.map(({ name }) => name)
    expect(await names(world.by(ann))).toEqual(['Languages'])
    expect(await names(world.admin)).toEqual([other.name, 'Languages'])
  })

  it('have members by userId; adding one twice is fine', async () => {
    const world = await openEngine()
    const [ann, ben] = [await world.person('Ann'), await world.person('Ben', { scripted: true })]
    await world.projects.addMember(world.projectId, ann.userId)
    expect((await world.projects.members(world.projectId, {})).items).toMatchObject([
      { userId: ann.userId, displayName: 'Ann', scripted: false },
      { userId: ben.userId, displayName: 'Ben', scripted: true },
    ])
    await expect(world.projects.addMember(world.projectId, SOMEBODY)).rejects.toMatchObject({
      code: 'not_found',
    })
  })
})

describe('workflows', () => {
  it('resolve what their author left out', async () => {
    const { workflows } = await openEngine()
    const { steps } = await workflows.add({
      name: 'Three',
      steps: [
        { ...ANNOTATE, requiredSkills: [{ anyOf: ['nl'] }] },
        REVIEW,
        { stepId: 'free', stepType: 'adjudication', excludes: [] },
      ],
    })
    expect(steps).toMatchObject([
      {
        excludes: [],
        assignmentsRequired: 1,
        when: 'always',
        requiredSkills: [{ anyOf: ['nl'], minLevel: 1, dropAfterMinutes: null }],
      },
      { excludes: ['annotate'] },
      { excludes: [] },
    ])
  })

  it('name each step and rule at fault', async () => {
    const { workflows } = await openEngine()
    const adding = (...steps: Parameters<typeof workflows.add>[0]['steps'][number][]) =>
      workflows.add({ name: 'Wrong', steps })
    const at = (...paths: string[]) => ({ issues: paths.map((path) => expect.objectContaining({ path })) })
    await expect(adding({ ...ANNOTATE, excludes: ['nowhere'] }, ANNOTATE)).rejects.toMatchObject(
      at('steps[0].excludes[0]', 'steps[1].stepId'),
    )
    await expect(adding({ ...ANNOTATE, when: 'disagreement' })).rejects.toMatchObject(at('steps[0].when'))
    await expect(adding({ stepId: 'check', stepType: 'automatic' })).rejects.toMatchObject(
      at('steps[0].jobType'),
    )
    await expect(
      adding(
        { stepId: 'check', stepType: 'automatic', jobType: 'unknown' },
        { ...ANNOTATE, strategy: 'luck' },
      ),
    ).rejects.toMatchObject(at('steps[0].jobType', 'steps[1].strategy'))
    await expect(
      adding({ ...ANNOTATE, agreeOn: 'label' }, { ...REVIEW, agreeOn: '/label' }),
    ).rejects.toMatchObject(at('steps[0].agreeOn', 'steps[1].agreeOn'))
    await expect(adding()).rejects.toMatchObject(at('steps'))
  })
})

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

  it('are who the directory says, or whom the token names where it knows nobody', async () => {
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

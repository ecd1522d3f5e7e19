import type { Json, RunId } from '@muster/core'
import { MOST_TOLD, SILENT_MS } from '@muster/core/exchange'
import { formTemplates } from '@muster/core/forms'
import type { Persistence, Stores } from '@muster/core/ports'
import { NO_USAGE } from '@muster/core/usage'
import { describe, expect } from 'vitest'
import type { OpenAdapter } from '../stores/open-adapter.ts'
import { aStep, aUser, aWorkflow, newId } from '../worlds/samples.ts'
import { type ImportWorld, importCases, piecesOf, taskLine, taskLines } from './import-world.ts'
import type { Line } from './line-reader.ts'

const DAY_MS = 24 * 60 * 60 * 1_000
const NO_COUNTS = { read: 0, made: 0, same: 0, changed: 0, refused: 0, left: 0 }

/** Every promise of ImportStore, and what bringing files makes of them, on whatever `open` opens: empty each time. */
export function importStoreContract(name: string, open: OpenAdapter): void {
  describe(`${name} is an ImportStore`, () => {
    keepingCases(open)
    taskCases(open)
    faultCases(open)
    repeatCases(open)
    submissionCases(open)
    targetCases(open)
    endingCases(open)
    interruptedCases(open)
  })
}

function keepingCases(open: OpenAdapter): void {
  const it = importCases(open)

  it('keeps an import as it was asked for, and lists the newest first', async (world) => {
    const first = await world.bring([taskLine(1)], { name: '“ours”', mode: 'chunks', onConflict: 'skip' })
    expect(first).toEqual({
      importId: expect.any(String),
      projectId: world.project.projectId,
      name: '“ours”',
      format: 'lines',
      formatVersion: '1',
      target: 'tasks',
      mode: 'chunks',
      dryRun: false,
      onConflict: 'skip',
      submissions: false,
      jobType: null,
      mapping: {},
      status: 'checking',
      sha256: expect.stringMatching(/^[\da-f]{64}$/),
      bytes: JSON.stringify(taskLine(1)).length + 1,
      counts: { ...NO_COUNTS, read: 1 },
      createdIds: {},
      error: null,
      createdBy: null,
      createdAt: world.clock.now(),
      finishedAt: null,
    })
    expect(await world.calls.get(first.importId)).toEqual(first)
    await world.clock.advance(1)
    const second = await world.bring([taskLine(2)])
    const { projectId } = world.project
    const page = await world.calls.list(projectId, { limit: 1 })
    expect(page.items).toEqual([second])
    expect((await world.calls.list(projectId, { cursor: page.nextCursor ?? '' })).items).toEqual([first])
    expect(await world.calls.list(newId(), {}).catch(() => 'refused')).toBe('refused')
  })

  it('is due for a scheduler from its beginning until it has ended', async (world) => {
    const due = async () => (await world.stores.workers.findAttendance(world.clock.now())).dueAt
    expect(await due()).toBeNull()
    const { createdAt } = await world.bring([taskLine(1)])
    await world.clock.advance(1_000)
    expect(await due()).toEqual(createdAt)
    await world.work()
    expect(await due()).toBeNull()
  })

  it('refuses words that the reader does not understand, by their paths', async (world) => {
    const wrong: [options: object, path: string][] = [
      [{ format: 'xls' }, 'format'],
      [{ mapping: { idFrom: '/a' } }, 'mapping.idFrom'],
      [{ mode: 'some' }, 'mode'],
      [{ colour: 'red' }, 'colour'],
    ]
    for (const [options, path] of wrong)
      await expect(world.bring([], options)).rejects.toMatchObject({ issues: [{ path }] })
    expect((await world.calls.list(world.project.projectId, {})).items).toEqual([])
  })

  it('shows what the beginning of a file becomes, and keeps nothing', async (world) => {
    const source = piecesOf([
      { kind: 'task', id: 't-1', value: { payload: { text: 'a', n: 1 }, priority: 3 }, left: ['/odd'] },
      { kind: 'task', id: null, value: { payload: { text: null } } },
      { code: 'bad_json' },
    ])
    expect(await world.calls.preview({ source })).toEqual({
      format: 'lines',
      formatVersion: '1',
      sample: [
        { kind: 'task', line: 1, value: { payload: { text: 'a', n: 1 }, priority: 3 } },
        { kind: 'task', line: 2, value: { payload: { text: null } } },
      ],
      fields: [
        { place: '/externalId', type: 'string', share: 0.5, mappedTo: 'externalId' },
        { place: '/payload/text', type: 'mixed', share: 1, mappedTo: 'payload' },
        { place: '/payload/n', type: 'number', share: 0.5, mappedTo: 'payload' },
        { place: '/priority', type: 'number', share: 0.5, mappedTo: 'priority' },
        { place: '/odd', type: null, share: 0.5, mappedTo: null },
      ],
      findings: [
        { line: 3, place: '', externalId: null, level: 'error', code: 'bad_json', message: 'is bad' },
      ],
    })
    expect((await world.calls.list(world.project.projectId, {})).items).toEqual([])
  })
}

function taskCases(open: OpenAdapter): void {
  const it = importCases(open)

  it('makes tasks in the order of the file, and tells of a hundred at a time', async (world) => {
    const ended = await world.brought(taskLines(2_345))
    expect(ended).toMatchObject({
      status: 'completed',
      counts: { ...NO_COUNTS, read: 2_345, made: 2_345 },
      finishedAt: world.clock.now(),
    })
    const tasks = await world.tasks()
    expect(tasks.map(({ externalId }) => externalId)).toEqual(taskLines(2_345).map(({ id }) => id))
    const added = await world.added()
    expect(added.map(({ count }) => count)).toEqual([...Array.from({ length: 23 }, () => 100), 45])
    expect(added.flatMap(({ taskIds }) => taskIds)).toEqual(tasks.map(({ taskId }) => taskId))
    expect(await world.facts('import_ended')).toMatchObject([
      { audience: 'managers', data: { importId: ended.importId, status: 'completed', counts: ended.counts } },
    ])
  })

  it('makes the same tasks in chunks, and shows each when it is written', async (world) => {
    const { importId } = await world.bring(taskLines(2_345), { mode: 'chunks' })
    const [step, seen] = [world.worker(), new Set<number>()]
    while ((await step()) > 0) seen.add((await world.tasks()).length)
    expect([...seen]).toEqual([0, 1_000, 2_000, 2_345])
    expect(await world.calls.get(importId)).toMatchObject({ status: 'completed', counts: { made: 2_345 } })
  })

  it('shows nothing of an atomic one before all of it is made', async (world) => {
    await world.bring(taskLines(2_345))
    const [step, seen] = [world.worker(), new Set<number>()]
    while ((await step()) > 0) seen.add((await world.tasks()).length)
    expect([...seen]).toEqual([0, 2_345])
  })

  it('keeps priority, known answer and skills, and numbers tasks that repeat without an id', async (world) => {
    const skills = [{ anyOf: ['de'], minLevel: 2, dropAfterMinutes: null }]
    const value = { payload: { text: 'a' }, priority: 7, gold: { tone: 'good' }, requiredSkills: skills }
    const same: Line = { kind: 'task', value: { payload: { text: 'b' } } }
    await world.brought([{ kind: 'task', id: 't-1', value }, same, same])
    const [first, ...repeats] = await world.tasks()
    expect(first).toMatchObject({ ...value, externalId: 't-1' })
    expect(repeats.map(({ externalId }) => externalId)).toEqual([
      'content:{"text":"b"}',
      'content:{"text":"b"}#2',
    ])
  })
}

function faultCases(open: OpenAdapter): void {
  const it = importCases(open)
  const broken: Line[] = [
    taskLine(1),
    { code: 'bad_json' },
    { kind: 'task', id: 't-1', value: { payload: { text: 'again' } } },
    { kind: 'task', id: 'x'.repeat(201), value: { payload: {} } },
    { kind: 'task', id: 't-3', value: { payload: { text: 'a' }, priority: 5_000 } },
    { kind: 'task', id: 't-4', value: { payload: 'a\u0000b' } },
    taskLine(6),
  ]
  const found = [
    { line: 2, code: 'bad_json', externalId: null },
    { line: 3, code: 'id_repeated', externalId: 't-1' },
    { line: 4, code: 'id_too_long', externalId: null },
    { line: 5, code: 'payload_refused', externalId: 't-3', message: expect.stringMatching(/^priority /) },
    { line: 6, code: 'bad_unicode', externalId: null, message: expect.stringMatching(/^payload /) },
  ]

  it('makes nothing of a file of which a part is at fault, and says where', async (world) => {
    const ended = await world.brought(broken)
    expect(ended).toMatchObject({ status: 'refused', counts: { ...NO_COUNTS, read: 6, refused: 5 } })
    expect(await world.report(ended.importId)).toMatchObject(found)
    expect(await world.tasks()).toEqual([])
  })

  it('makes the rest in chunks', async (world) => {
    const ended = await world.brought(broken, { mode: 'chunks' })
    expect(ended).toMatchObject({
      status: 'completed',
      counts: { ...NO_COUNTS, read: 6, made: 2, refused: 5 },
    })
    expect(await world.report(ended.importId)).toMatchObject(found)
    expect(Object.keys(await world.payloads())).toEqual(['t-1', 't-6'])
  })

  it('reports on a dry run as it does otherwise, and makes nothing', async (world) => {
    await world.brought([taskLine(1), taskLine(2, 'old')])
    const lines = [...broken, taskLine(2), { kind: 'submission', value: {} }]
    for (const mode of ['atomic', 'chunks'] as const) {
      const dry = await world.brought(lines, { mode, dryRun: true })
      const tried = await world.report(dry.importId)
      expect(Object.keys(await world.payloads()).slice(2)).toEqual([])
      const real = await world.brought(lines, { mode })
      expect(tried).toEqual(await world.report(real.importId))
      expect([dry.status, dry.counts]).toEqual([real.status, real.counts])
    }
    expect(Object.keys(await world.payloads())).toEqual(['t-1', 't-2', 't-6'])
  })

  it('counts members that have no home by their place, and kinds that are not made', async (world) => {
    const left = ['/meta', '/odd']
    const { importId, counts } = await world.brought([
      { ...taskLine(1), left },
      { ...taskLine(2), left: ['/meta'] },
      { kind: 'submission', value: {} },
    ])
    expect(counts).toEqual({ ...NO_COUNTS, read: 2, made: 2, left: 3 })
    expect(
      (await world.report(importId)).map(({ level, place, message }) => [level, place, message]),
    ).toEqual([
      ['left', null, '1 records of the kind submission are not made as tasks'],
      ['left', '/meta of a task', 'has no home, 2 times'],
      ['left', '/odd of a task', 'has no home, 1 times'],
    ])
  })

  it('tells so many errors one by one, and of more how many', async (world) => {
    const lines = Array.from({ length: MOST_TOLD + 3 }, () => ({ code: 'bad_csv' }))
    const { importId, counts } = await world.brought(lines)
    expect(counts.refused).toBe(MOST_TOLD + 3)
    const report = await world.report(importId)
    expect(report).toHaveLength(MOST_TOLD + 1)
    expect(report.at(-2)).toMatchObject({ line: MOST_TOLD })
    expect(report.at(-1)).toMatchObject({ level: 'error', code: 'bad_csv', line: null, message: '3 more' })
  })

  it('refuses tasks of a project that has no workflow for them', async (world) => {
    const { projectId } = world.project
    await world.adapter.persistence.transaction(({ projects }) =>
      projects.save({ ...world.project, workflowId: null }),
    )
    const { importId } = await world.brought([taskLine(1)], { mode: 'chunks' })
    expect(await world.calls.get(importId)).toMatchObject({ status: 'refused', projectId })
    expect(await world.report(importId)).toMatchObject([
      { level: 'error', code: 'payload_refused', message: expect.stringContaining('no workflow') },
    ])
  })
}

function repeatCases(open: OpenAdapter): void {
  const it = importCases(open)

  it('answers the same file with the same options as it did at first', async (world) => {
    const first = await world.brought(taskLines(3))
    const again = await world.calls.receive(world.project.projectId, { source: piecesOf(taskLines(3)) })
    expect(again).toEqual({ import: first, repeated: true })
    expect((await world.calls.list(world.project.projectId, {})).items).toEqual([first])
    const chunks = await world.brought(taskLines(3), { mode: 'chunks' })
    expect(chunks).toMatchObject({ status: 'completed', counts: { made: 0, same: 3 } })
    expect(await world.tasks()).toHaveLength(3)
  })

  it('tries a file again that was refused', async (world) => {
    await world.brought([taskLine(1, 'old')])
    const lines = [taskLine(1)]
    expect((await world.brought(lines)).status).toBe('refused')
    const again = await world.calls.receive(world.project.projectId, { source: piecesOf(lines) })
    expect(again.repeated).toBe(false)
  })

  it('leaves a task as it is that is there and another', async (world) => {
    await world.brought([taskLine(1, 'old'), taskLine(2)])
    const lines = [...taskLines(3)]
    const refused = await world.brought(lines)
    expect(refused).toMatchObject({
      status: 'refused',
      counts: { ...NO_COUNTS, read: 3, same: 1, changed: 1 },
    })
    expect(await world.report(refused.importId)).toMatchObject([
      { line: 1, level: 'error', code: 'conflict', externalId: 't-1' },
    ])
    const skipped = await world.brought(lines, { onConflict: 'skip' })
    expect(skipped).toMatchObject({
      status: 'completed',
      counts: { ...NO_COUNTS, read: 3, made: 1, same: 1, changed: 1 },
    })
    expect(await world.report(skipped.importId)).toMatchObject([{ line: 1, level: 'note', code: 'conflict' }])
    expect(await world.payloads()).toEqual({
      't-1': { text: 'old' },
      't-2': { text: 'text 2' },
      't-3': { text: 'text 3' },
    })
  })

  for (const mode of ['chunks', 'atomic'] as const) {
    it(`makes no id twice that was taken after it was checked (${mode})`, async (world) => {
      const { importId } = await world.bring(taskLines(3), { mode })
      const step = world.worker()
      while ((await world.calls.get(importId)).status === 'checking') await step()
      await world.addTask('t-1', { text: 'theirs' })
      await world.addTask('t-2', { text: 'text 2' })
      await world.work(step)
      const ended = await world.calls.get(importId)
      expect(await world.report(importId)).toMatchObject([{ line: 1, level: 'error', code: 'conflict' }])
      const theirs = { 't-1': { text: 'theirs' }, 't-2': { text: 'text 2' } }
      const [status, made, same, tasks] =
        mode === 'atomic'
          ? (['refused', 0, 0, theirs] as const)
          : (['completed', 1, 1, { ...theirs, 't-3': { text: 'text 3' } }] as const)
      expect(ended).toMatchObject({ status, counts: { ...NO_COUNTS, read: 3, made, same, changed: 1 } })
      expect(await world.payloads()).toEqual(tasks)
    })
  }
}

/** Two people label a task, and a third decides where they differ; then it is looked over. */
const REVIEWED = aWorkflow([
  aStep('label', { assignmentsRequired: 2 }),
  aStep('decide', { stepType: 'adjudication', when: 'disagreement', excludes: ['label'] }),
  aStep('review', { stepType: 'review', excludes: ['label', 'decide'] }),
])

async function reviewing(world: ImportWorld): Promise<void> {
  await world.adapter.persistence.transaction(async ({ workflows, projects }) => {
    await workflows.add(REVIEWED)
    await projects.save({ ...world.project, workflowId: REVIEWED.workflowId })
  })
}

function answer(nth: number, person: string, label: string, more: object = {}): Line {
  return { kind: 'submission', value: { task: `t-${nth}`, person, answers: { label }, ...more } }
}

function submissionCases(open: OpenAdapter): void {
  const it = importCases(open)
  const times = { startedAt: '2020-01-01T10:00:00.000Z', submittedAt: '2020-01-01T10:01:00.000Z' }
  const lines: Line[] = [
    taskLine(1),
    answer(1, 'ls:1', 'cat', times),
    answer(1, 'ls:2', 'cat'),
    taskLine(2),
    answer(2, 'ls:1', 'cat'),
    answer(2, 'ls:2', 'dog'),
    taskLine(3),
    answer(3, 'ls:1', 'dog'),
    taskLine(4),
    answer(4, 'ls:1', 'cat'),
    answer(4, 'ls:2', 'cat'),
    answer(4, 'ls:3', 'cat'),
    taskLine(5),
  ]

  it('makes submissions of suspended people with their tasks, which go on by them', async (world) => {
    await reviewing(world)
    const ended = await world.brought(lines, { submissions: true })
    expect(ended).toMatchObject({
      status: 'completed',
      submissions: true,
      counts: { ...NO_COUNTS, read: 13, made: 13 },
    })
    expect(await world.report(ended.importId)).toEqual([])
    const { people, tasks, quality } = world.stores
    const [one, two] = await Promise.all(['ls:1', 'ls:2'].map((id) => people.findByExternalId(id)))
    expect(one).toMatchObject({ displayName: 'ls:1', status: 'suspended', imported: true, role: 'annotator' })
    expect(await people.membershipsOf(one?.userId ?? newId<'UserId'>())).toEqual([])
    expect((await world.tasks()).map(({ currentStepId }) => currentStepId)).toEqual([
      'review',
      'decide',
      'label',
      'review',
      'label',
    ])
    const works = await Promise.all((await world.tasks()).map(({ taskId }) => tasks.findWork(taskId)))
    expect(works[0]?.assignments).toMatchObject([
      {
        userId: one?.userId,
        stepId: 'label',
        status: 'submitted',
        result: { label: 'cat' },
        startedAt: new Date(times.startedAt),
        submittedAt: new Date(times.submittedAt),
        expiresAt: null,
      },
      { userId: two?.userId, submittedAt: world.clock.now() },
    ])
    const states = works.map((work) =>
      work?.slots.filter(({ stepId }) => stepId === 'label').map(({ state }) => state),
    )
    expect(states).toEqual([
      ['done', 'done'],
      ['done', 'done'],
      ['done', 'free'],
      ['done', 'done', 'done'],
      ['free', 'free'],
    ])
    const { projectId } = world.project
    const { compositions } = await quality.listCounters({ projectId }, 'overall')
    const counted = Object.fromEntries(
      compositions.map(({ composition, tasks: count }) => [composition, count]),
    )
    expect(counted).toEqual({ '{"cat":1,"dog":1}': 1, '{"cat":2}': 1, '{"cat":3}': 1 })
    expect(await people.qualityOf(one?.userId ?? newId<'UserId'>())).toEqual([])
    expect(await world.facts('task_status_changed')).toEqual([])
  })

  it('completes tasks whose workflow ends with them, and tells of that', async (world) => {
    const three = lines.slice(0, 3)
    await world.brought(three, { submissions: true })
    const [task] = await world.tasks()
    expect(task).toMatchObject({ status: 'completed', completedAt: world.clock.now() })
    expect(await world.facts('task_completed')).toMatchObject([{ data: { taskId: task?.taskId } }])
  })

  it('adds nothing when the file comes again, in whichever way, and leaves what differs', async (world) => {
    await reviewing(world)
    await world.brought(lines, { submissions: true })
    const again = await world.brought(lines, { submissions: true, mode: 'chunks' })
    expect(again).toMatchObject({ status: 'completed', counts: { ...NO_COUNTS, read: 13, same: 13 } })
    const other = [taskLine(1), answer(1, 'ls:1', 'dog'), answer(1, 'ls:9', 'cat')]
    const refused = await world.brought(other, { submissions: true })
    expect(refused).toMatchObject({ status: 'refused', counts: { same: 1, changed: 2, made: 0 } })
    expect(await world.report(refused.importId)).toMatchObject([
      { line: 2, level: 'error', code: 'conflict', message: expect.stringContaining('another result') },
      { line: 3, level: 'error', code: 'conflict', message: expect.stringContaining('without it') },
    ])
    const skipped = await world.brought(other, { submissions: true, onConflict: 'skip' })
    expect(skipped).toMatchObject({ status: 'completed', counts: { same: 1, changed: 2 } })
    expect(await world.stores.people.findByExternalId('ls:9')).toBeUndefined()
  })

  it('tells of each submission at fault by its line, and counts on a dry run as otherwise', async (world) => {
    await reviewing(world)
    const faulty: Line[] = [
      answer(1, 'ls:1', 'cat'),
      ...lines.slice(0, 3),
      answer(1, 'ls:1', 'dog'),
      answer(1, 'p'.repeat(201), 'dog'),
      answer(1, 'ls:4', 'dog', { submittedAt: 'yesterday' }),
      answer(1, 'ls:4', 'a\u0000b'),
      answer(2, 'ls:4', 'cat'),
      taskLine(1),
      answer(1, 'ls:5', 'cat'),
    ]
    const found = [
      { line: 1, level: 'error', code: 'task_missing' },
      { line: 5, level: 'left', code: 'person_repeated', externalId: 't-1' },
      { line: 6, level: 'error', code: 'payload_refused', message: expect.stringMatching(/^person /) },
      { line: 7, level: 'error', code: 'payload_refused', message: expect.stringMatching(/^submittedAt /) },
      { line: 8, level: 'error', code: 'bad_unicode' },
      { line: 9, level: 'error', code: 'task_missing', externalId: 't-2' },
      { line: 10, level: 'error', code: 'id_repeated' },
      { line: 11, level: 'error', code: 'task_missing' },
    ]
    for (const dryRun of [true, false]) {
      const ended = await world.brought(faulty, { submissions: true, mode: 'chunks', dryRun })
      expect(ended).toMatchObject({
        status: 'completed',
        counts: { ...NO_COUNTS, read: 11, made: 3, refused: 7, left: 1 },
      })
      const report = await world.report(ended.importId)
      expect([...report].sort((a, b) => (a.line ?? 0) - (b.line ?? 0))).toMatchObject(found)
    }
    expect((await world.brought(faulty, { submissions: true })).status).toBe('refused')
    const [task] = await world.tasks()
    const work = await world.stores.tasks.findWork(task?.taskId ?? newId<'TaskId'>())
    expect(work?.assignments.map(({ result }) => result)).toEqual([{ label: 'cat' }, { label: 'cat' }])
  })

  it('keeps a person whom the directory has as they are', async (world) => {
    const { people } = world.stores
    const user = aUser({ externalId: 'ls:1' })
    await world.adapter.persistence.transaction((stores) => stores.people.add(user))
    await world.brought(lines.slice(0, 2), { submissions: true })
    expect(await people.findByExternalId('ls:1')).toEqual(user)
  })

  it('makes as many with tasks of many parts, and none that stood aside', async (world) => {
    const many = taskLines(1_500).flatMap((line, nth) => [
      line,
      answer(nth + 1, 'ls:1', 'cat'),
      answer(nth + 1, 'ls:2', 'cat'),
    ])
    const ended = await world.brought(many, { submissions: true })
    expect(ended.counts).toEqual({ ...NO_COUNTS, read: 4_500, made: 4_500 })
    expect((await world.tasks()).every(({ status }) => status === 'completed')).toBe(true)
  })

  it('refuses submissions of a workflow that does not begin with annotation', async (world) => {
    const judged = aWorkflow([aStep('auto', { stepType: 'automatic', jobType: 'probe:scenario' })])
    await world.adapter.persistence.transaction(async ({ workflows, projects }) => {
      await workflows.add(judged)
      await projects.save({ ...world.project, workflowId: judged.workflowId })
    })
    const { importId } = await world.brought(lines.slice(0, 2), { submissions: true })
    expect(await world.report(importId)).toMatchObject([
      { code: 'payload_refused', message: expect.stringContaining('begins with a step of annotation') },
    ])
  })

  it('refuses submissions of anything but tasks', async (world) => {
    await expect(world.bring(lines, { submissions: true, target: 'run' })).rejects.toMatchObject({
      issues: [{ path: 'submissions' }],
    })
  })
}

function targetCases(open: OpenAdapter): void {
  const it = importCases(open)
  const scenario = (scenarioId: string, payload: Json): Line => ({
    kind: 'scenario',
    value: { scenarioId, payload },
  })

  const result = (scenarioId: string, model: string, value: Json, more: object = {}): Line => ({
    kind: 'result',
    value: { scenarioId, model, state: 'completed', result: value, error: null, ...more },
  })

  it('makes a definition of scenarios, and another version each time', async (world) => {
    const lines = [scenario('s-1', { text: 'a' }), scenario('s-2', { text: 'b' })]
    const ended = await world.brought(lines, { name: 'capitals' })
    expect(ended).toMatchObject({
      status: 'completed',
      target: 'definition',
      counts: { ...NO_COUNTS, read: 2, made: 2 },
    })
    const { definitionId } = ended.createdIds
    const { definitions } = world.stores
    expect(await definitions.find(definitionId as never)).toMatchObject({
      name: 'capitals',
      version: 1,
      scenarioCount: 2,
      jobType: 'probe:scenario',
    })
    expect(await definitions.listScenarios(definitionId as never, { limit: 9 })).toEqual([
      { place: 1, scenarioId: 's-1', payload: { text: 'a' } },
      { place: 2, scenarioId: 's-2', payload: { text: 'b' } },
    ])
    const more = await world.brought([...lines, scenario('s-3', { text: 'c' })], { name: 'capitals' })
    expect(await definitions.find(more.createdIds.definitionId as never)).toMatchObject({ version: 2 })
  })

  it('makes scenarios of tasks if asked for, and numbers those without an id', async (world) => {
    const lines: Line[] = [
      { kind: 'task', value: { payload: { text: 'a' } } },
      { kind: 'task', value: { payload: { words: 'no text' } } },
      { kind: 'task', value: { payload: { text: 'a' } } },
    ]
    const refused = await world.brought(lines, { target: 'definition' })
    expect(refused.status).toBe('refused')
    expect(await world.report(refused.importId)).toMatchObject([{ line: 2, code: 'payload_refused' }])
    const rest = await world.brought(lines, { target: 'definition', mode: 'chunks' })
    expect(rest).toMatchObject({ status: 'completed', counts: { made: 2 } })
    const scenarios = await world.stores.definitions.listScenarios(rest.createdIds.definitionId as never, {
      limit: 9,
    })
    expect(scenarios.map(({ scenarioId }) => scenarioId)).toEqual(['1', '2'])
    const nameless = await world.brought(lines, { target: 'definition', jobType: 'unheard' })
    expect(await world.report(nameless.importId)).toMatchObject([
      { line: null, message: expect.stringContaining('unheard') },
    ])
  })

  it('makes a run of results: completed, of one more definition, and not to be done again', async (world) => {
    const [s1, s2, s3] = [scenario('s-1', { vars: 1 }), scenario('s-2', 'b'), scenario('s-3', 'c')]
    const lines = [
      s1,
      result('s-1', 'small', { output: 'Lima' }),
      result('s-1', 'large', null, { latencyMs: 1_500 }),
      s2,
      result('s-2', 'large', null, { state: 'failed', error: { code: 'theirs', message: 'no key' } }),
      s3,
    ]
    const ended = await world.brought(lines, { target: 'run', name: 'capitals' })
    expect(ended).toMatchObject({
      status: 'completed',
      target: 'run',
      counts: { ...NO_COUNTS, read: 6, made: 6 },
    })
    const { runId, definitionId } = ended.createdIds
    const { runs, definitions, jobs } = world.stores
    const now = world.clock.now()
    const definition = await definitions.find(definitionId as never)
    expect(definition).toMatchObject({ name: 'capitals', version: 1, jobType: 'imported', scenarioCount: 3 })
    const run = await runs.find(runId as never)
    expect(run).toMatchObject({
      status: 'completed',
      version: 1,
      ratePerSecond: 0,
      config: { models: ['small', 'large'], origin: 'import', definitionSnapshot: definition },
      tallies: {
        total: 6,
        completed: 2,
        failed: 1,
        cancelled: 3,
        byModel: {
          small: { total: 3, completed: 1, failed: 0, cancelled: 2 },
          large: { total: 3, completed: 1, failed: 1, cancelled: 1 },
        },
      },
      createdAt: now,
      startedAt: now,
      finishedAt: now,
    })
    const results = await runs.listResults(runId as never, { limit: 9 })
    expect(
      results.map((one) => [one.result.scenarioId, one.result.model, one.result.state, one.result.result]),
    ).toEqual([
      ['s-1', 'small', 'completed', { output: 'Lima' }],
      ['s-1', 'large', 'completed', null],
      ['s-2', 'small', 'cancelled', null],
      ['s-2', 'large', 'failed', null],
      ['s-3', 'small', 'cancelled', null],
      ['s-3', 'large', 'cancelled', null],
    ])
    const { job: failed } =
      (await runs.listJobs(runId as never, { state: ['failed'] }, { limit: 9 }))[0] ?? {}
    expect(failed).toMatchObject({ attempt: 1, error: { code: 'theirs', message: 'no key' } })
    const took = (await runs.durations(runId as never, 9)).find(({ model }) => model === 'large')
    expect(took).toMatchObject({ jobs: 2, p95: 1_500 })
    expect((await jobs.countByType(world.project.projectId)).get('imported')).toMatchObject({
      pending: 0,
      active: 0,
      completed: 2,
      failed: 1,
      cancelled: 3,
    })
    expect(await world.facts('run_status_changed')).toMatchObject([
      { data: { runId, status: 'completed', from: null, version: 1 } },
    ])

    const again = { projectId: world.project.projectId, jobId: failed?.jobId as never }
    await expect(
      world.adapter.persistence.transaction((stores) => stores.jobs.retry(again.jobId, now)),
    ).rejects.toThrow('A run that was imported cannot have its failed jobs retried')
    const moved = await world.adapter.persistence.transaction(({ jobSearch }) =>
      jobSearch.moveMany([again.jobId], { action: 'retry' }, now),
    )
    expect(moved).toEqual({ [again.projectId]: { done: 0, skipped: { run_imported: 1 } } })
  })

  it('keeps the usage that results tell, of jobs and of the run, which no budget counts', async (world) => {
    const { projectId } = world.project
    const { runs, usage, budgets } = world.stores
    const budgetId = newId<'BudgetId'>()
    const settings = { capMicros: 10, soft: 0.8, hard: true, atCap: 'pause' } as const
    await world.adapter.persistence.transaction((stores) =>
      stores.budgets.add({ budgetId, projectId, scope: { projectId }, ...settings }, world.clock.now()),
    )
    const lines = [
      scenario('s-1', 'a'),
      scenario('s-2', 'b'),
      result('s-1', 'small', 'x', { usage: { inputTokens: 10, outputTokens: 3, cost: 0.00012 } }),
      result('s-2', 'small', 'x', { usage: { inputTokens: 5, cost: 0.0000001 } }),
      result('s-1', 'large', 'x', { usage: { outputTokens: 7 } }),
      result('s-2', 'large', 'x'),
    ]
    const { createdIds, status } = await world.brought(lines, { target: 'run' })
    expect(status).toBe('completed')
    const runId = createdIds.runId as RunId
    const results = await runs.listResults(runId, { limit: 9 })
    expect(results.map(({ result: one, usage: used }) => [one.scenarioId, one.model, used])).toEqual([
      ['s-1', 'small', { units: 13, costMicros: 120 }],
      ['s-1', 'large', { units: 7, costMicros: 0 }],
      ['s-2', 'small', { units: 5, costMicros: 1 }],
      ['s-2', 'large', null],
    ])
    const { total, parts } = await usage.sum({ runId }, 'model', 9)
    expect(total).toEqual({ ...NO_USAGE, calls: 3, input: 15, output: 10, costMicros: 121, unpriced: 1 })
    expect(parts).toMatchObject([
      { model: 'small', calls: 2, input: 15, output: 3, costMicros: 121, unpriced: 0 },
      { model: 'large', calls: 1, input: 0, output: 7, costMicros: 0, unpriced: 1 },
    ])
    expect((await usage.sum({ projectId }, 'run', 9)).total).toEqual(total)
    expect(await budgets.find(budgetId, world.clock.now())).toMatchObject({ spentMicros: 0 })

    const wrong = [scenario('s-1', 'a'), result('s-1', 'm', 'x', { usage: { inputTokens: -1 } })]
    const refused = await world.brought(wrong, { target: 'run' })
    expect(await world.report(refused.importId)).toMatchObject([
      { line: 2, code: 'payload_refused', message: expect.stringMatching(/^usage\.inputTokens /) },
    ])
  })

  it('refuses results that make no run, by line where one is at fault', async (world) => {
    const known = scenario('s-1', { text: 'a' })
    const stray = await world.brought([known, result('s-9', 'small', 1)], { target: 'run' })
    const twice = await world.brought([known, result('s-1', 'm', 1), result('s-1', 'm', 2)], {
      target: 'run',
    })
    const none = await world.brought([known], { target: 'run' })
    const wrong = await world.brought([known, result('s-1', '', 1)], { target: 'run' })
    const typed = await world.brought([scenario('s-1', {}), result('s-1', 'm', 1)], {
      target: 'run',
      jobType: 'probe:scenario',
    })
    const messages = []
    for (const { importId, status } of [stray, twice, none, wrong, typed]) {
      expect(status).toBe('refused')
      messages.push(...(await world.report(importId)).map(({ line, message }) => [line, message]))
    }
    expect(messages).toEqual([
      [null, expect.stringContaining('line 2: the result of small for the scenario s-9 is of no scenario')],
      [null, expect.stringContaining('line 3: the result of m for the scenario s-1 comes twice')],
      [null, expect.stringContaining('holds no results')],
      [2, expect.stringContaining('model')],
      [1, expect.stringContaining('text')],
    ])
    expect(await world.stores.runs.list(world.project.projectId, { limit: 9 })).toEqual([])
    const untold = await world.brought([known, result('s-1', 'small', 1)])
    expect(untold).toMatchObject({ target: 'definition', counts: { made: 1, left: 1 } })
  })

  it('makes a form once', async (world) => {
    const [form] = formTemplates
    const lines: Line[] = [{ kind: 'form', value: form as unknown as Json }]
    const ended = await world.brought(lines)
    expect(ended).toMatchObject({ status: 'completed', target: 'form', counts: { made: 1 } })
    expect(await world.stores.forms.find(ended.createdIds.formId as never)).toMatchObject({
      name: form?.name,
      version: 1,
    })
    const again = await world.brought(lines, { mode: 'chunks' })
    expect(again).toMatchObject({ status: 'completed', counts: { made: 0, same: 1 } })
    const bad = await world.brought([{ kind: 'form', value: { name: 'tone' } }])
    expect(await world.report(bad.importId)).toMatchObject([{ code: 'payload_refused', line: 1 }])
  })

  it('makes nothing of a file without rows, which is a fault of a definition alone', async (world) => {
    expect(await world.brought([])).toMatchObject({ status: 'completed', counts: NO_COUNTS })
    const none = await world.brought([], { target: 'definition' })
    expect(none.status).toBe('refused')
    expect(await world.report(none.importId)).toMatchObject([{ code: 'empty' }])
  })
}

function endingCases(open: OpenAdapter): void {
  const it = importCases(open)

  it('ends an import between two parts: an atomic one has made nothing, chunks stay', async (world) => {
    const [atomic, chunks] = [
      await world.bring(taskLines(2_100)),
      await world.bring(taskLines(2_100), { mode: 'chunks', name: 'chunks' }),
    ]
    expect(await world.calls.cancel(atomic.importId)).toMatchObject({
      status: 'cancelled',
      counts: { made: 0 },
    })
    const step = world.worker()
    while (
      (await world.calls.get(chunks.importId)).counts.made !== 1_000 ||
      (await world.calls.get(chunks.importId)).status !== 'writing'
    )
      await step()
    const cancelled = await world.calls.cancel(chunks.importId)
    expect(cancelled).toMatchObject({
      status: 'cancelled',
      counts: { made: 1_000 },
      finishedAt: world.clock.now(),
    })
    await world.work(step)
    expect(await world.calls.cancel(chunks.importId)).toEqual(cancelled)
    expect(await world.tasks()).toHaveLength(1_000)
    expect(await world.facts('import_ended')).toHaveLength(2)
  })

  it('ends the upload of an import that is cancelled meanwhile', async (world) => {
    async function* source(): AsyncGenerator<Uint8Array> {
      yield* piecesOf(taskLines(1_500))
      const { items } = await world.calls.list(world.project.projectId, {})
      await world.calls.cancel(items[0]?.importId as never)
      yield* piecesOf([taskLine(2_000)])
    }
    await expect(world.calls.receive(world.project.projectId, { source: source() })).rejects.toMatchObject({
      code: 'conflict',
    })
    const { items } = await world.calls.list(world.project.projectId, {})
    expect(items).toMatchObject([{ status: 'cancelled' }])
    await world.work()
    expect(await world.tasks()).toEqual([])
  })

  it('fails an import whose source fails, and passes on why', async (world) => {
    async function* source(): AsyncGenerator<Uint8Array> {
      yield* piecesOf(taskLines(1_500))
      throw new Error('the wire was cut')
    }
    await expect(world.calls.receive(world.project.projectId, { source: source() })).rejects.toThrow(
      'the wire was cut',
    )
    const [failed] = (await world.calls.list(world.project.projectId, {})).items
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'truncated' } })
    expect(await world.facts('import_ended')).toMatchObject([{ data: { status: 'failed' } }])
  })

  it('fails an import that cannot be checked because of a fault, and holds up no other', async (world) => {
    const lines: Line[] = [{ kind: 'scenario', value: { scenarioId: 's-1', payload: { text: 'a' } } }]
    const { importId } = await world.bring(lines, { jobType: 'faulty' })
    const next = await world.brought(lines)
    expect(next.status).toBe('completed')
    expect(await world.calls.get(importId)).toMatchObject({
      status: 'failed',
      error: { code: 'internal', message: expect.not.stringContaining('schema') },
      counts: { made: 0 },
    })
    expect(await world.facts('import_ended')).toHaveLength(2)
  })

  it('fails an import of whose file nothing comes for a minute', async (world) => {
    let isAsked = (): void => {}
    const asked = new Promise<void>((resolve) => {
      isAsked = resolve
    })
    async function* source(): AsyncGenerator<Uint8Array> {
      yield* piecesOf([taskLine(1)])
      isAsked()
      await new Promise(() => {})
    }
    const receiving = world.calls.receive(world.project.projectId, { source: source() })
    let isOver = false
    const outcome = receiving.then(
      () => 'read',
      (error: unknown) => (error as { readonly code?: string }).code,
    )
    void outcome.then(() => (isOver = true))
    await asked
    const began = world.clock.now().getTime()
    while (!isOver) {
      await world.clock.advance(SILENT_MS / 10)
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(await outcome).toBe('conflict')
    expect(world.clock.now().getTime() - began).toBeGreaterThanOrEqual(SILENT_MS)
    expect((await world.calls.list(world.project.projectId, {})).items).toMatchObject([{ status: 'failed' }])
  })

  it('fails an import whose process died while its file came', async (world) => {
    const { importId } = await world.bring([taskLine(1)])
    const kept = await world.stores.imports.find(importId)
    const left = { ...kept, importId: newId<'ImportId'>(), status: 'receiving', digest: null } as NonNullable<
      typeof kept
    >
    await world.adapter.persistence.transaction(({ imports }) => imports.add(left))
    await world.work()
    expect((await world.calls.get(left.importId)).status).toBe('receiving')
    await world.clock.advance(SILENT_MS)
    await world.work()
    expect(await world.calls.get(left.importId)).toMatchObject({
      status: 'failed',
      error: { code: 'truncated' },
    })
    const part = { rows: [], findings: [], bytes: 9 }
    expect(await world.stores.imports.stage(left.importId, part, world.clock.now())).toBe(false)
  })

  it('forgets rows a day after the end, and keeps the report', async (world) => {
    const { importId } = await world.brought([taskLine(1), { code: 'bad_json' }], { mode: 'chunks' })
    const { imports } = world.stores
    const before = (ms: number) => new Date(world.clock.now().getTime() - ms)
    expect(await imports.prune(before(0), 10)).toBe(0)
    await world.clock.advance(DAY_MS + 1)
    expect(await imports.prune(before(DAY_MS), 10)).toBe(1)
    expect(await imports.rows(importId, 0, 10)).toEqual([])
    expect(await world.report(importId)).toHaveLength(1)
  })
}

/** The process of whoever uses it dies at a moment that is drawn: nothing that it did since its last commit remains. */
function dying(persistence: Persistence, lives: () => boolean): Persistence {
  const mortal = (stores: Stores): Stores =>
    new Proxy(stores, {
      get: (_, store: keyof Stores) =>
        new Proxy(stores[store], {
          get: (target, method) => {
            const call = target[method as keyof typeof target] as unknown
            if (typeof call !== 'function') return call
            return (...args: unknown[]) => {
              if (!lives()) throw new DiedError()
              return (call as (...args: unknown[]) => unknown).apply(target, args)
            }
          },
        }),
    })
  return {
    ...persistence,
    stores: mortal(persistence.stores),
    transaction: async (work) => {
      const result = await persistence.transaction((stores) => work(mortal(stores)))
      if (!lives()) throw new DiedError()
      return result
    },
    snapshot: (work) => persistence.snapshot(work),
    check: () => persistence.check(),
    close: () => persistence.close(),
  }
}

class DiedError extends Error {}

function interruptedCases(open: OpenAdapter): void {
  const it = importCases(open)

  for (const mode of ['atomic', 'chunks'] as const) {
    it(`makes each task once by ${mode}, wherever a process dies and another takes over`, async (world) => {
      const lines = [
        ...taskLines(2_100),
        { code: 'bad_json' },
        taskLine(1),
        { ...taskLine(9_000), left: ['/odd'] },
      ]
      const kept = mode === 'atomic' ? lines.filter((_, nth) => nth !== 2_100 && nth !== 2_101) : lines
      const { importId } = await world.bring(kept, { mode })
      let calls = 0
      for (let deaths = 0; ; deaths++) {
        const lives = deaths + 1
        calls = 0
        const step = world.worker(dying(world.adapter.persistence, () => ++calls <= lives * 3))
        try {
          await world.work(step)
          break
        } catch (error) {
          if (!(error instanceof DiedError)) throw error
        }
      }
      const ended = await world.calls.get(importId)
      expect(ended).toMatchObject({
        status: 'completed',
        counts: { made: 2_101, read: kept.length - (mode === 'chunks' ? 1 : 0) },
      })
      expect((await world.tasks()).map(({ externalId }) => externalId)).toEqual([
        ...taskLines(2_100).map(({ id }) => id),
        't-9000',
      ])
      const added = await world.added()
      expect(added.reduce((sum, { count }) => sum + count, 0)).toBe(2_101)
      const codes = (await world.report(importId)).map(({ code }) => code)
      expect(codes).toEqual(mode === 'chunks' ? ['bad_json', 'id_repeated', 'no_home'] : ['no_home'])
      expect(await world.facts('import_ended')).toHaveLength(1)
    })
  }

  it('lets one process at a time write an import', async (world) => {
    await world.bring(taskLines(2_500), { mode: 'chunks' })
    await world.bring(taskLines(2_500).map((line) => ({ ...line, id: `u-${line.id}` })))
    await Promise.all(Array.from({ length: 3 }, () => world.work(world.worker())))
    await world.work()
    expect(await world.tasks()).toHaveLength(5_000)
    expect((await world.facts('import_ended')).map(({ data }) => data)).toMatchObject([
      { status: 'completed' },
      { status: 'completed' },
    ])
  })

  it('undoes an atomic one whose process ends, and another makes it', async (world) => {
    const { importId } = await world.bring(taskLines(1_500))
    const step = world.worker()
    while ((await world.calls.get(importId)).status === 'checking') await step()
    const stop = new AbortController()
    stop.abort()
    expect(await world.worker(world.adapter.persistence, stop.signal)()).toBe(0)
    expect(await world.tasks()).toEqual([])
    expect((await world.calls.get(importId)).status).toBe('writing')
    await world.work(step)
    expect(await world.tasks()).toHaveLength(1_500)
  })
}

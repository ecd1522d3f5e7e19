import type { ProjectId, UserId } from '@muster/core'
import type { NewForm } from '@muster/core/forms'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { tokenFor } from './backends/callers.ts'
import { addressesOf, documentsOf, type Things, type Types, WHICH_TYPES } from './blindness/asked.ts'
import { type Generated, generated, hiddenTexts } from './blindness/payloads.ts'
import { serveInProcess } from './crowd/in-process.ts'
import { connect, type Ear, type Wanted, type Wire } from './crowd/wires.ts'

/** Payloads and forms that are drawn; each is worked through. All are 200. */
const SEEDS = Number(process.env['MUSTER_WORLDS']?.replace('full', '200') ?? 2)

const WAYS: readonly (readonly [Wire, 'me' | 'project' | 'queues'])[] = [
  ['ws', 'me'],
  ['ws', 'queues'],
  ['socket.io', 'me'],
  ['socket.io', 'project'],
  ['sse', 'me'],
  ['sse', 'project'],
  ['graphql-ws', 'me'],
  ['graphql-ws', 'project'],
]

let server: Awaited<ReturnType<typeof serveInProcess>>
beforeAll(async () => {
  server = await serveInProcess()
})
afterAll(() => server.end())

interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: answers of every route
  readonly body: any
  readonly text: string
}

/** Somebody who asks for everything, and all that they were ever answered and told. */
class Reader {
  readonly userId: string
  readonly #token: string
  readonly heard: { readonly from: string; readonly text: string }[] = []
  readonly told = new Map<string, string[]>()

  constructor(userId: string, role: string) {
    this.userId = userId
    this.#token = tokenFor(userId, role)
  }

  async call(method: string, path: string, body?: unknown): Promise<Answer> {
    const reply = await fetch(`${server.origin}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await reply.text()
    this.heard.push({ from: `${method} ${path}`, text })
    const isJson = reply.headers.get('content-type')?.includes('json') && !path.includes('ndjson')
    return { status: reply.status, body: isJson && text !== '' ? JSON.parse(text) : undefined, text }
  }

  post = (path: string, body: unknown = {}): Promise<Answer> => this.call('POST', `/api/v1${path}`, body)

  ask = (query: string): Promise<Answer> => this.call('POST', '/graphql', { query })

  /** Listens on every wire. */
  listen(projectId: string): void {
    for (const [wire, kind] of WAYS) {
      const from = `${wire} ${kind}`
      const types: string[] = []
      this.told.set(from, types)
      const note = (frame: unknown): void => {
        this.heard.push({ from, text: JSON.stringify(frame) })
        const { type } = (frame ?? {}) as { readonly type?: string }
        if (type !== undefined) types.push(type)
      }
      const ear: Ear = {
        opened: (opening) => {
          note(opening)
          types.push('opened')
        },
        event: note,
        queue: note,
        progress: note,
        mark: () => undefined,
        reload: note,
        closed: note,
      }
      const wanted = (kind === 'me' ? { kind } : { kind, projectId }) as Wanted
      const request = { origin: server.origin, token: this.#token, wanted, after: undefined }
      const connection = connect(wire, request, ear)
      onTestFinished(() => connection.cut())
    }
  }

  /** Where one of these texts was heard. */
  leaks(hidden: readonly string[]): string[] {
    return this.heard.flatMap(({ from, text }) =>
      hidden.filter((one) => text.includes(one)).map((one) => `${from}: ${one}`),
    )
  }
}

/** Asks for everything that can be read. */
async function askForAll(
  reader: Reader,
  paths: Parameters<typeof addressesOf>[1],
  types: Types,
  things: Things,
) {
  for (const path of addressesOf('/api/v1', paths, things)) await reader.call('GET', path)
  for (const formId of [things['forms'], things['foreignForm']])
    await reader.call('GET', `/api/v1/forms/${formId}/schema?taskId=${things['taskId']}`)
  for (const document of documentsOf(types, things)) await reader.ask(document)
}

async function opened(world: Generated) {
  const { muster } = server
  const { workflowId } = await muster.workflows.add({
    name: 'blind',
    steps: [
      { stepId: 'label', stepType: 'annotation', assignmentsRequired: 2, form: world.annotation },
      { stepId: 'think', stepType: 'automatic', jobType: 'stub:probe' },
      { stepId: 'review', stepType: 'review', ...(world.review && { form: world.review }) },
      { stepId: 'settle', stepType: 'adjudication', when: 'rejectedByReview' },
    ],
  })
  const { projectId } = await muster.projects.add({
    name: `Blind ${world.externalId}`.slice(0, 20),
    workflowId,
    assignment: { maxReturns: 0 },
  })
  const foreign = await muster.forms.add(world.foreign)
  const [annotation] = (await muster.forms.list({ name: world.annotation.name })).items
  const person = async (
    displayName: string,
    role: 'annotator' | 'manager' = 'annotator',
  ): Promise<Reader> => {
    const { userId } = await muster.people.add({ displayName, role })
    await muster.projects.addMember(projectId, userId as UserId)
    return new Reader(userId, role)
  }
  const people = {
    ann: await person('Ann'),
    ben: await person('Ben'),
    cem: await person('Cem'),
    dan: await person('Dan'),
    max: await person('Max', 'manager'),
  }
  const [task] = await muster.tasks.add(projectId as ProjectId, [
    { payload: world.payload, externalId: world.externalId, gold: { good: true } },
  ])
  const ids = {
    projectId,
    projects: projectId,
    taskId: task?.taskId ?? '',
    tasks: task?.taskId ?? '',
    task: task?.taskId ?? '',
    workflows: workflowId,
    workflow: workflowId,
    forms: annotation?.formId ?? '',
    form: annotation?.formId ?? '',
    foreignForm: foreign.formId,
    stepId: 'label',
    externalId: world.externalId,
    question: 'good',
  }
  return { projectId, people, ids }
}

/** Claims, asks for everything, is refused, drafts, flags and submits. */
async function works(
  reader: Reader,
  all: (assignmentId: string) => Promise<void>,
  result: object,
  over: 'rest' | 'graphql' = 'rest',
): Promise<string> {
  const claim =
    over === 'rest'
      ? (await reader.post('/queue/next')).body.assignment
      : (
          await reader.ask(
            'mutation { claimNext { assignment { assignmentId } task { taskId payload externalId } } }',
          )
        ).body.data.claimNext.assignment
  const { assignmentId } = claim
  const at = `/assignments/${assignmentId}`
  await all(assignmentId)
  await reader.post(`${at}/accept`)
  await reader.post(`${at}/start`)
  await reader.post(`${at}/heartbeat`)
  await reader.call('PUT', `/api/v1${at}/draft`, { answers: result })
  await reader.call('PUT', `/api/v1${at}/draft`, { answers: { good: 1, other: 2 } })
  await reader.call('PUT', `/api/v1${at}/draft`, { answers: result })
  await reader.call('PUT', `/api/v1${at}/flag`, { comment: 'odd' })
  await reader.post(`${at}/submit`, { result: { good: 'x', best: 'nobody', words: 1 } })
  await reader.post(`${at}/submit`, { result, attempt: 9 })
  await all(assignmentId)
  const submitted =
    over === 'rest'
      ? (await reader.post(`${at}/submit`, { result })).status
      : (
          await reader.ask(
            `mutation { submitAssignment(id: "${assignmentId}", result: { good: true }) { status result } }`,
          )
        ).status
  expect(submitted).toBe(200)
  await all(assignmentId)
  return assignmentId
}

describe('a person who does not manage the project', () => {
  it.each(Array.from({ length: SEEDS }, (_, n) => n + 1))(
    'is told no byte of a payload that no form names, on any route or wire (seed %i)',
    async (seed) => {
      const world = generated(seed)
      const { projectId, people, ids } = await opened(world)
      const { ann, ben, cem, dan, max } = people
      for (const reader of Object.values(people)) reader.listen(projectId)
      const ready = (reader: Reader): boolean =>
        WAYS.every(([wire, kind]) => reader.told.get(`${wire} ${kind}`)?.includes('opened'))
      await vi.waitFor(() => expect(Object.values(people).every(ready)).toBe(true))
      const { paths } = (await max.call('GET', '/openapi.json')).body
      const types: Types = (await max.ask(WHICH_TYPES)).body.data.__schema.types
      const all = (reader: Reader) => (assignmentId: string) =>
        askForAll(reader, paths, types, {
          ...ids,
          assignments: assignmentId,
          assignment: assignmentId,
          assignmentWork: assignmentId,
        })
      const answers = { good: true }
      const first = await works(ann, all(ann), answers)
      await works(ben, all(ben), answers, 'graphql')
      await vi.waitFor(async () =>
        expect((await max.call('GET', `/api/v1/tasks/${ids.task}`)).body.currentStepId).toBe('review'),
      )
      const item = (await max.call('GET', `/api/v1/projects/${projectId}/events?type=queue_item_added`)).body
        .items[0].data.itemId
      for (const reader of [ann, cem]) {
        await reader.call('GET', `/api/v1/projects/${projectId}/queue/${item}`)
        await reader.ask(`{ queueItem(id: "${item}") { itemId state } }`)
      }
      const verdict = { verdict: 'return', ...(world.review && answers) }
      await works(cem, all(cem), verdict)
      await works(dan, all(dan), answers)
      for (const reader of [ann, ben, cem, dan]) await all(reader)(first)
      const ended = (reader: Reader): boolean =>
        WAYS.filter(([, kind]) => kind !== 'queues').every(([wire, kind]) =>
          reader.told.get(`${wire} ${kind}`)?.includes('task_completed'),
        )
      await vi.waitFor(() => expect([ann, ben, cem, dan].every(ended)).toBe(true))

      const bySteps: readonly (readonly [Reader, readonly NewForm[]])[] = [
        [ann, [world.annotation]],
        [ben, [world.annotation]],
        [cem, [world.review ?? world.annotation]],
        [dan, [world.annotation]],
      ]
      for (const [reader, forms] of bySteps) {
        const shown = hiddenTexts(world, [])
        const hidden = hiddenTexts(world, forms)
        expect(hidden.length).toBeGreaterThan(5)
        expect(reader.heard.length).toBeGreaterThan(200)
        expect(reader.leaks(hidden)).toEqual([])
        // They do see what the forms name.
        expect(reader.leaks(shown.filter((text) => !hidden.includes(text))).length).toBeGreaterThan(0)
      }
      expect(max.leaks(hiddenTexts(world, [])).length).toBeGreaterThan(0)
    },
  )
})

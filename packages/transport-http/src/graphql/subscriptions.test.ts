import type { ProjectId } from '@muster/core'
import type { Muster } from '@muster/host'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type ApiWorld, openApi, token } from '../api-world.test.support.ts'

const STREAMS = 3

let world: ApiWorld
let muster: Muster
let url: string
let projectId: ProjectId
let member: { readonly userId: string }
let bearer: string

beforeAll(async () => {
  world = await openApi({ streamsPerPerson: STREAMS })
  muster = world.muster
  projectId = (await muster.projects.add({ name: 'live' })).projectId
  member = await world.as('annotator', { member: [projectId] })
  bearer = await token({ sub: member.userId })
  url = `${await world.app.listen({ host: '127.0.0.1', port: 0 })}/graphql`
})
afterAll(() => world.close())

// biome-ignore lint/suspicious/noExplicitAny: answers of every shape
type Answer = any

/** The answers of a subscription over server-sent events, as they come. */
async function* follow(query: string, variables: object, jwt = bearer): AsyncGenerator<Answer> {
  const stop = new AbortController()
  try {
    const reply = await fetch(url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${jwt}`,
        accept: 'text/event-stream',
        'content-type': 'application/json',
      },
      body: JSON.stringify({ query, variables }),
      signal: stop.signal,
    })
    let text = ''
    const decoder = new TextDecoder()
    for await (const bytes of reply.body ?? []) {
      text += decoder.decode(bytes, { stream: true })
      const frames = text.split('\n\n')
      text = frames.pop() ?? ''
      for (const frame of frames) {
        const data = /^data: ?(.+)$/m.exec(frame)?.[1]
        if (data !== undefined) yield JSON.parse(data)
      }
    }
  } finally {
    stop.abort()
  }
}

async function until(answers: AsyncGenerator<Answer>, holds: (answer: Answer) => boolean): Promise<Answer> {
  for (;;) {
    const { value, done } = await answers.next()
    if (done) throw new Error('The subscription ended')
    if (holds(value)) return value
  }
}

const EVENTS = `subscription ($id: ID!, $after: String) { projectEvents(projectId: $id, after: $after) {
  type cursor seq prev projectId resumed snapshot data } }`

describe('subscriptions', () => {
  it('are as many for one person as they may be, and others have theirs', async () => {
    const asked = { id: projectId }
    const mine = Array.from({ length: STREAMS }, () => follow(EVENTS, asked))
    for (const live of mine) expect((await live.next()).value.data.projectEvents.type).toBe('ready')
    const headers = {
      authorization: `Bearer ${bearer}`,
      accept: 'text/event-stream',
      'content-type': 'application/json',
    }
    const body = JSON.stringify({ query: EVENTS, variables: asked })
    const more = () => fetch(url, { method: 'POST', headers, body })
    const refused = await more()
    expect([refused.status, await refused.json()]).toMatchObject([429, { code: 'rate_limited' }])
    expect(refused.headers.get('retry-after')).not.toBeNull()
    const somebody = await world.as('annotator', { member: [projectId] })
    const theirs = follow(EVENTS, asked, await token({ sub: somebody.userId }))
    expect((await theirs.next()).value.data.projectEvents.type).toBe('ready')
    for (const live of [...mine, theirs]) await live.return(undefined)
    await vi.waitFor(async () => {
      const again = await more()
      await again.body?.cancel()
      expect(again.status).toBe(200)
    })
  })

  it('begin with a snapshot, go on with facts in order, and resume behind a cursor', async () => {
    const live = follow(EVENTS, { id: projectId })
    const ready = (await live.next()).value.data.projectEvents
    expect(ready).toMatchObject({ type: 'ready', resumed: false, snapshot: { queue: { projectId } } })
    await muster.queue.pause(projectId)
    const paused = await until(live, ({ data }) => data.projectEvents.type === 'queue_paused')
    await muster.queue.resume(projectId)
    const resumed = await until(live, ({ data }) => data.projectEvents.type === 'queue_resumed')
    expect(resumed.data.projectEvents).toMatchObject({ projectId, data: { global: false } })
    expect(resumed.data.projectEvents.prev).toBe(paused.data.projectEvents.seq)
    await live.return(undefined)
    const again = follow(EVENTS, { id: projectId, after: paused.data.projectEvents.cursor })
    expect((await again.next()).value.data.projectEvents).toMatchObject({ type: 'ready', resumed: true })
    const missed = await until(again, ({ data }) => data.projectEvents.seq !== null)
    expect(missed.data.projectEvents).toMatchObject({
      type: 'queue_resumed',
      seq: resumed.data.projectEvents.seq,
    })
    await again.return(undefined)
  })

  it('tell how far a run is, to its end', async () => {
    const { definitionId } = await muster.definitions.add(projectId, {
      name: 'd',
      jobType: 'echo',
      scenarios: [{ payload: { text: 'a' } }],
    })
    const { runId } = await muster.runs.start(projectId, { definitionId, models: ['m'] })
    const progress = follow('subscription ($id: ID!) { runProgress(runId: $id) { status completed } }', {
      id: runId,
    })
    expect((await progress.next()).value.data.runProgress).toEqual({ status: 'PENDING', completed: 0 })
    await muster.work()
    const end = await until(progress, ({ data }) => data.runProgress.status === 'COMPLETED')
    expect(end.data.runProgress.completed).toBe(1)
    await progress.return(undefined)
  })

  it('refuse what is foreign, and end with an error for a person who loses the right', async () => {
    const stranger = await world.as('annotator')
    const refused = follow(EVENTS, { id: projectId }, await token({ sub: stranger.userId }))
    expect((await refused.next()).value.errors).toMatchObject([{ extensions: { code: 'not_found' } }])

    const leaving = await world.as('annotator', { member: [projectId] })
    const live = follow(EVENTS, { id: projectId }, await token({ sub: leaving.userId }))
    await live.next()
    await muster.projects.removeMember(projectId, leaving.userId as never)
    const last = await until(live, ({ errors }) => errors !== undefined)
    expect(last.errors).toMatchObject([{ extensions: { code: 'not_found' } }])
    expect((await live.next()).done).toBe(true)
  })

  it('show somebody what names them, and end with their token', async () => {
    const jwt = await token({ sub: member.userId }, { expiresIn: '1s' })
    const mine = follow('subscription { myEvents { type snapshot } }', {}, jwt)
    expect((await mine.next()).value.data.myEvents).toMatchObject({ type: 'ready' })
    await expect(until(mine, () => false)).rejects.toThrow(/terminated|ended/)
  })
})

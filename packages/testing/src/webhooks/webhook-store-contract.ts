import { DeliveryError, RETRY_SECONDS } from '@muster/core/webhooks'
import { describe, expect } from 'vitest'
import type { OpenAdapter } from '../stores/open-adapter.ts'
import { newId } from '../worlds/samples.ts'
import { webhookCases } from './webhook-world.ts'

const HOUR_MS = 60 * 60 * 1_000
/** How long a holder may say nothing, and a moment. */
const HOLD_OVER_MS = 60_001

/** Every promise of WebhookStore, and what telling makes of them, on whatever `open` opens: empty each time. */
export function webhookStoreContract(name: string, open: OpenAdapter): void {
  describe(`${name} is a WebhookStore`, () => {
    keepingCases(open)
    tellingCases(open)
    failingCases(open)
    holdingCases(open)
    replayCases(open)
    forgettingCases(open)
  })
}

/** What is kept, and found again. */
function keepingCases(open: OpenAdapter): void {
  const it = webhookCases(open)

  it('keeps a webhook as it was given, and shows its secret once', async (world) => {
    const given = { url: 'https://example.com/a?b=c', types: ['job_failed'], description: '“ours”' } as const
    const { webhook, secret } = await world.calls.add(world.project.projectId, given)
    const { webhookId } = webhook
    expect(secret).toBe('whsec_1')
    expect(webhook).toEqual({
      ...given,
      webhookId,
      projectId: world.project.projectId,
      disabled: null,
      failures: 0,
      nextAt: null,
      version: 1,
      createdBy: null,
      createdAt: world.clock.now(),
    })
    expect(await world.calls.get(webhookId)).toEqual(webhook)
    const changed = await world.calls.change(webhookId, { types: null, description: '' })
    expect(changed).toEqual({ ...webhook, types: null, description: '', version: 2 })
    await expect(world.calls.change(webhookId, {}, { ifVersion: 1 })).rejects.toMatchObject({
      code: 'version_conflict',
    })
  })

  it('lists those of a project apart from those of all, newest first', async (world) => {
    const own = []
    for (const nth of [1, 2, 3]) {
      own.unshift(await world.add({ description: `${nth}` }))
      await world.clock.advance(1)
    }
    const ofAll = await world.add({}, null)
    const first = await world.calls.list(world.project.projectId, { limit: 2 })
    expect(first.items).toEqual(own.slice(0, 2))
    const rest = await world.calls.list(world.project.projectId, { cursor: first.nextCursor ?? '' })
    expect(rest.items).toEqual(own.slice(2))
    expect((await world.calls.list(null, {})).items).toEqual([ofAll])
  })

  it('forgets a webhook with its tries', async (world) => {
    const { webhookId } = await world.add()
    await world.happen(1)
    await world.tell()
    await world.calls.remove(webhookId)
    await expect(world.calls.get(webhookId)).rejects.toMatchObject({ code: 'not_found' })
    await world.happen(1)
    await world.tell()
    expect(world.arrived()).toHaveLength(1)
  })
}

function tellingCases(open: OpenAdapter): void {
  const it = webhookCases(open)

  it('tells what happens from then on, in order, each with its data', async (world) => {
    await world.happen(2)
    await world.add()
    const happened = await world.happen(150, { atOnce: true })
    await world.tell()
    expect(world.arrived()).toEqual(happened)
    const last = (await world.facts()).at(-1)
    expect(world.sender.arrivals.at(-1)).toEqual({
      url: 'https://example.com/hooks',
      secrets: ['whsec_1'],
      message: {
        messageId: last?.eventId,
        type: 'queue_paused',
        timestamp: last?.occurredAt,
        data: { projectId: world.project.projectId, seq: 152, global: false },
      },
    })
    await world.pass(HOUR_MS)
    expect(world.arrived()).toHaveLength(150)
  })

  it('passes over facts that were not asked for', async (world) => {
    await world.add({ types: ['queue_resumed'] })
    await world.happen(120, { atOnce: true })
    await world.resume()
    await world.tell()
    expect(world.sender.arrivals.map(({ message }) => message.type)).toEqual(['queue_resumed'])
  })

  it('tells a webhook of all projects of each, and of those that come later', async (world) => {
    await world.happen(1)
    await world.add({}, null)
    const projectId = await world.addProject()
    const [other, own] = [await world.happen(2, { projectId }), await world.happen(2)]
    await world.tell()
    expect(world.arrived().toSorted()).toEqual([...own, ...other].toSorted())
  })

  it('signs with both secrets for a day after they changed', async (world) => {
    const { webhookId } = await world.add()
    expect((await world.calls.rotate(webhookId)).secret).toBe('whsec_2')
    await world.happen(1)
    await world.tell()
    expect(world.sender.arrivals.at(-1)?.secrets).toEqual(['whsec_2', 'whsec_1'])
    await world.clock.advance(24 * HOUR_MS)
    await world.happen(1)
    await world.tell()
    expect(world.sender.arrivals.at(-1)?.secrets).toEqual(['whsec_2'])
  })

  it('sends a test beside all others', async (world) => {
    const { webhookId } = await world.add()
    world.sender.answer = () => ({ status: 500, body: 'a\u0000b' })
    const tried = await world.calls.test(webhookId)
    expect(tried).toMatchObject({
      type: 'test',
      outcome: 'failed',
      status: 500,
      response: 'a\uFFFDb',
      seq: null,
    })
    expect(await world.tries(webhookId)).toEqual([tried])
    expect(await world.calls.get(webhookId)).toMatchObject({ failures: 0, disabled: null })
  })
}

function failingCases(open: OpenAdapter): void {
  const it = webhookCases(open)

  it('tries a message again after it failed, and sends none before it has arrived', async (world) => {
    const { webhookId } = await world.add()
    const [first, second] = await world.happen(2)
    world.sender.answer = () => new DeliveryError('ECONNREFUSED', 'refused')
    await world.tell()
    expect(await world.calls.get(webhookId)).toMatchObject({
      failures: 1,
      nextAt: new Date(world.clock.now().getTime() + 5_000),
    })
    await world.pass(4_999)
    expect(world.arrived()).toEqual([first])
    world.sender.answer = () => ({ status: 200, body: '' })
    await world.pass(1)
    expect(world.arrived()).toEqual([first, first, second])
    const tries = (await world.tries(webhookId)).map(({ messageId, attempt, outcome, status, error }) => {
      return { messageId, attempt, outcome, status, error: error?.code ?? null }
    })
    expect(tries).toEqual([
      { messageId: first, attempt: 1, outcome: 'failed', status: null, error: 'ECONNREFUSED' },
      { messageId: first, attempt: 2, outcome: 'delivered', status: 200, error: null },
      { messageId: second, attempt: 1, outcome: 'delivered', status: 200, error: null },
    ])
    const { items } = await world.calls.deliveries(webhookId, { outcome: 'failed' }, {})
    expect(items.map(({ messageId }) => messageId)).toEqual([first])
  })

  it('holds up no other webhook while one fails', async (world) => {
    await world.add({ url: 'https://example.com/broken' })
    await world.add()
    world.sender.answer = ({ url }) => ({ status: url.endsWith('broken') ? 503 : 200, body: '' })
    await world.happen(3)
    await world.tell()
    const urls = world.sender.arrivals.map(({ url }) => new URL(url).pathname)
    expect(urls.toSorted()).toEqual(['/broken', '/hooks', '/hooks', '/hooks'])
  })

  it('gives up after the last try, tells so, and goes on with the same message once it is enabled', async (world) => {
    const { webhookId } = await world.add({ types: ['queue_paused'] })
    const [first] = await world.happen(1)
    world.sender.answer = () => ({ status: 302, body: '' })
    await world.tell()
    for (const seconds of RETRY_SECONDS) await world.pass(seconds * 1_000)
    expect(world.arrived()).toEqual(Array.from({ length: RETRY_SECONDS.length + 1 }, () => first))
    expect(await world.calls.get(webhookId)).toMatchObject({ disabled: 'exhausted', nextAt: null })
    expect((await world.facts()).at(-1)).toMatchObject({
      type: 'webhook_disabled',
      audience: 'managers',
      data: { webhookId, reason: 'exhausted' },
    })
    await world.pass(48 * HOUR_MS)
    expect(world.arrived()).toHaveLength(RETRY_SECONDS.length + 1)

    world.sender.answer = () => ({ status: 200, body: '' })
    expect(await world.calls.enable(webhookId)).toMatchObject({ disabled: null, failures: 0 })
    await world.tell()
    expect(world.arrived().slice(RETRY_SECONDS.length + 1)).toEqual([first])
  })

  it('is disabled at once by a receiver that is gone', async (world) => {
    const { webhookId } = await world.add()
    await world.happen(2)
    world.sender.answer = () => ({ status: 410, body: '' })
    await world.tell()
    expect(world.arrived()).toHaveLength(1)
    expect(await world.calls.get(webhookId)).toMatchObject({ disabled: 'gone' })
  })

  it('waits as long as a receiver asks', async (world) => {
    const { webhookId } = await world.add()
    await world.happen(1)
    world.sender.answer = () => ({ status: 429, body: '', retryAfterSeconds: 90 })
    await world.tell()
    expect((await world.calls.get(webhookId)).nextAt).toEqual(new Date(world.clock.now().getTime() + 90_000))
  })
}

function holdingCases(open: OpenAdapter): void {
  const it = webhookCases(open)

  it('tells each message once by several deliverers', async (world) => {
    for (const nth of [1, 2, 3]) await world.add({ url: `https://example.com/${nth}` })
    const happened = await world.happen(20, { atOnce: true })
    await Promise.all(Array.from({ length: 4 }, () => world.deliverer().round()))
    for (const nth of [1, 2, 3]) {
      const arrived = world.sender.arrivals.filter(({ url }) => url.endsWith(`/${nth}`))
      expect(arrived.map(({ message }) => message.messageId)).toEqual(happened)
    }
  })

  it('goes on where a holder died, once its hold is over, and lets it note nothing more', async (world) => {
    const { webhookId } = await world.add()
    const happened = await world.happen(2)
    const { webhooks } = world.stores
    const holder = newId<'Holder'>()
    const now = world.clock.now()
    const until = new Date(now.getTime() + HOLD_OVER_MS - 1)
    expect(await webhooks.take(now, holder, until, 5)).toHaveLength(1)
    await world.tell()
    expect(world.arrived()).toEqual([])
    await world.pass(HOLD_OVER_MS)
    expect(world.arrived()).toEqual(happened)
    const late = { places: [{ projectId: world.project.projectId, seq: 0 }], deliveries: [] }
    const stands = { failures: 7, nextAt: null, disabled: null, heldUntil: null }
    expect(await webhooks.report(webhookId, holder, { ...late, ...stands })).toBe(false)
    expect(await world.calls.get(webhookId)).toMatchObject({ failures: 0 })
    expect(await webhooks.backlog(webhookId)).toEqual([])
  })

  it('ends a hold by a change', async (world) => {
    const { webhookId } = await world.add()
    await world.happen(3)
    world.sender.answer = async ({ url }) => {
      if (url.endsWith('/hooks')) await world.calls.change(webhookId, { url: 'https://example.com/new' })
      // So that it is reported before the next.
      await world.clock.advance(500)
      return { status: 200, body: '' }
    }
    await world.tell()
    await world.tell()
    expect(world.sender.arrivals.map(({ url }) => new URL(url).pathname)).toEqual([
      '/hooks',
      '/new',
      '/new',
      '/new',
    ])
  })

  it('sends nothing while it is disabled by hand', async (world) => {
    const { webhookId } = await world.add()
    await world.calls.disable(webhookId)
    const happened = await world.happen(2)
    await world.tell()
    expect(world.arrived()).toEqual([])
    await world.calls.enable(webhookId)
    await world.tell()
    expect(world.arrived()).toEqual(happened)
  })
}

function replayCases(open: OpenAdapter): void {
  const it = webhookCases(open)

  it('tells again from a time or a number on, by the same ids', async (world) => {
    const { webhookId } = await world.add()
    const happened = await world.happen(3)
    await world.tell()
    const [first, second] = await world.facts()
    await world.calls.replay(webhookId, { after: first?.occurredAt ?? new Date(0) })
    await world.tell()
    expect(world.arrived().slice(3)).toEqual(happened.slice(1))
    await world.calls.replay(webhookId, { seq: second?.seq ?? 0 })
    await world.tell()
    expect(world.arrived().slice(5)).toEqual(happened.slice(2))
    await expect(world.calls.replay(webhookId, { seq: 99 })).rejects.toMatchObject({
      code: 'validation_failed',
      issues: [{ path: 'seq', message: 'lies ahead: the last fact is 3' }],
    })
  })
}

function forgettingCases(open: OpenAdapter): void {
  const it = webhookCases(open)

  it('keeps facts that are still to be told, and tells of those that went', async (world) => {
    const { webhookId } = await world.add()
    const happened = await world.happen(3)
    world.sender.answer = ({ message }) => ({
      status: message.messageId === happened[0] ? 200 : 500,
      body: '',
    })
    await world.tell()
    await world.clock.advance(HOUR_MS)
    const { events } = world.stores
    const now = world.clock.now()
    expect(await events.prune(now, 100, new Date(now.getTime() - 2 * HOUR_MS))).toBe(1)
    expect((await world.facts()).map(({ eventId }) => eventId)).toEqual(happened.slice(1))
    await world.calls.disable(webhookId)
    expect(await events.prune(now, 100, new Date(now.getTime() - 2 * HOUR_MS))).toBe(2)

    world.sender.answer = () => ({ status: 200, body: '' })
    await world.calls.enable(webhookId)
    const [later] = await world.happen(1)
    await world.tell()
    expect(world.sender.arrivals.slice(-2).map(({ message }) => message)).toMatchObject([
      { type: 'gap', data: { projectId: world.project.projectId, from: 2, to: 3 } },
      { messageId: later },
    ])
  })

  it('forgets old tries', async (world) => {
    const { webhookId } = await world.add()
    await world.happen(2)
    await world.tell()
    await world.clock.advance(HOUR_MS)
    await world.happen(1)
    await world.tell()
    const before = new Date(world.clock.now().getTime() - 1_000)
    expect(await world.stores.webhooks.prune(before, 1)).toBe(1)
    expect(await world.stores.webhooks.prune(before, 9)).toBe(1)
    expect(await world.tries(webhookId)).toHaveLength(1)
  })
}

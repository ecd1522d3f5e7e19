import { setTimeout as delay } from 'node:timers/promises'
import type { ProjectId } from '@muster/core'
import { type Fact, fact } from '@muster/core/feed'
import type { WebhookId } from '@muster/core/webhooks'
import type { Muster } from '@muster/host'
import type { Violation } from '../findings.ts'
import { Fire } from '../fire.ts'
import { startProgram } from '../programs.ts'
import { type Arrival, Receiver } from './receiver.ts'
import { openMuster, type Way } from './world.ts'

export interface Wish {
  /** Of an empty database. */
  readonly url: string
  readonly seed: number
  /** Webhooks of each of two projects; one more is of all. */
  readonly webhooks: number
  /** Facts of each project. */
  readonly facts: number
  readonly factsPerSecond: number
  /** For how long all receivers are away at least, once a third of the facts has happened. */
  readonly awayMs: number
  /** How many times as fast as the machine's the clocks run: retries wait for hours. */
  readonly speed: number
  /** Processes that send. */
  readonly processes: number
  readonly kills: number
  readonly killEveryMs: number
  readonly patienceMs: number
  readonly trusting?: boolean
}

export interface Report {
  readonly seed: number
  readonly seconds: number
  readonly facts: number
  readonly told: number
  /** Told more than once, because an answer was lost. */
  readonly again: number
  readonly processesKilled: number
  readonly violations: readonly Violation[]
}

/** Facts that are written at once. */
const BATCH = 20

/** Tells webhooks of what happens while the processes that do it are killed and receivers are away; then holds what arrived to what happened. */
export async function webhooksUnderFire(wish: Wish): Promise<Report> {
  const start = performance.now()
  const way: Way = { url: wish.url, speed: wish.speed, epoch: Date.now(), trusting: wish.trusting ?? false }
  const muster = await openMuster(way)
  const receiver = new Receiver()
  const sending = Promise.withResolvers<void>()
  const fire = new Fire({
    ...wish,
    start: ({ ready, ended }) =>
      startProgram<Way, 'ready'>(new URL('member.ts', import.meta.url), {
        orders: way,
        hear: () => {
          ready()
          sending.resolve()
        },
        ended,
      }),
  })
  try {
    const { told, webhookIds } = await makeWebhooks(muster, await receiver.open(), wish.webhooks)
    fire.light()
    // Else receivers may be back before anything is sent.
    await sending.promise
    await happen(muster, receiver, [...told.keys()], wish)
    await fire.spent()
    const expected = await expectedOf(muster, told)
    await untilTold(muster, webhookIds, wish.patienceMs)
    await fire.end()
    const arrived = [...receiver.arrivals.values()].flat().length
    const wanted = [...expected.values()].flat().length
    return {
      seed: wish.seed,
      seconds: Math.round((performance.now() - start) / 1_000),
      facts: told.size * wish.facts,
      told: arrived,
      again: Math.max(0, arrived - wanted),
      processesKilled: fire.killed,
      violations: violationsIn(receiver, expected),
    }
  } finally {
    await fire.end()
    await receiver.close()
    await muster.close()
  }
}

interface Made {
  /** The paths of webhooks by the projects that they are told of. */
  readonly told: ReadonlyMap<ProjectId, readonly string[]>
  readonly webhookIds: readonly WebhookId[]
}

async function makeWebhooks(muster: Muster, origin: string, each: number): Promise<Made> {
  const told = new Map<ProjectId, string[]>()
  const webhookIds: WebhookId[] = []
  const add = async (projectId: ProjectId | null, path: string): Promise<void> => {
    const { webhook } = await muster.webhooks.add(projectId, { url: `${origin}${path}` })
    webhookIds.push(webhook.webhookId)
  }
  for (const name of ['one', 'two']) {
    const { projectId } = await muster.projects.add({ name })
    const paths = Array.from({ length: each }, (_, nth) => `/${name}/${nth}`)
    for (const path of paths) await add(projectId, path)
    told.set(projectId, [...paths, '/all'])
  }
  await add(null, '/all')
  return { told, webhookIds }
}

async function happen(
  muster: Muster,
  receiver: Receiver,
  projectIds: readonly ProjectId[],
  { facts, factsPerSecond, awayMs }: Wish,
): Promise<void> {
  const startedAt = performance.now()
  for (let done = 0; done < facts; done += BATCH) {
    if (done <= facts / 3 && done + BATCH > facts / 3) void receiver.leave(awayMs)
    for (const projectId of projectIds) {
      const some = Array.from({ length: Math.min(BATCH, facts - done) }, () =>
        fact(projectId, 'queue_paused', { global: false }),
      )
      await muster.persistence.transaction(({ events }) => events.append(some))
    }
    const dueMs = (1_000 * (done + BATCH) * projectIds.length) / factsPerSecond
    await delay(Math.max(0, startedAt + dueMs - performance.now()))
  }
}

/** What each path is to be told, each project in its order. */
async function expectedOf(
  muster: Muster,
  told: ReadonlyMap<ProjectId, readonly string[]>,
): Promise<ReadonlyMap<string, readonly Fact[]>> {
  const expected = new Map<string, Fact[]>()
  for (const [projectId, paths] of told) {
    const { events } = muster.persistence.stores
    const facts = await events.read(projectId, 0, await events.head(projectId))
    for (const path of paths) expected.set(path, [...(expected.get(path) ?? []), ...facts])
  }
  return expected
}

/** Until the database says that there is nothing left to tell: then every message must have arrived. */
async function untilTold(
  muster: Muster,
  webhookIds: readonly WebhookId[],
  patienceMs: number,
): Promise<void> {
  const { webhooks } = muster.persistence.stores
  const until = performance.now() + patienceMs
  const isTold = async (): Promise<boolean> => {
    const backlogs = await Promise.all(webhookIds.map((webhookId) => webhooks.backlog(webhookId)))
    return backlogs.every(({ length }) => length === 0)
  }
  while (performance.now() < until && !(await isTold())) await delay(100)
}

/** Every way in which what arrived differs from what happened. */
function violationsIn(receiver: Receiver, expected: ReadonlyMap<string, readonly Fact[]>): Violation[] {
  return [...expected].flatMap(([path, facts]) => {
    const arrived = receiver.arrivals.get(path) ?? []
    const wanted = new Map<string, Fact>(facts.map((one) => [one.eventId, one]))
    const met = new Set(arrived.map(({ messageId }) => messageId))
    const missing = facts.filter(({ eventId }) => !met.has(eventId))
    const strange = arrived.filter(({ messageId }) => !wanted.has(messageId))
    return [
      ...missing.map(({ seq }) => ({ rule: 'every fact is told', what: `${path}: ${seq}` })),
      ...strange.map(({ messageId }) => ({ rule: 'nothing else is told', what: `${path}: ${messageId}` })),
      ...disorder(path, arrived),
    ]
  })
}

/** First arrivals of each project come in its order; those that come again do not count. */
function disorder(path: string, arrived: readonly Arrival[]): Violation[] {
  const found: Violation[] = []
  const met = new Set<string>()
  const last = new Map<string, number>()
  for (const { messageId, projectId, seq } of arrived) {
    if (met.has(messageId)) continue
    met.add(messageId)
    const before = last.get(projectId) ?? 0
    if (seq < before) found.push({ rule: 'facts are told in order', what: `${path}: ${seq} after ${before}` })
    last.set(projectId, Math.max(before, seq))
  }
  return found
}

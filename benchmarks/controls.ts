import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { pgModule } from '@muster/adapters-pg'
import { createMuster } from '@muster/host'
import { SignJWT } from 'jose'
import { type Example, toldApart } from './classifier.ts'
import { openServer, query } from './databases.ts'
import type { HttpTask } from './http-server.ts'
import { silent } from './peers/muster.ts'
import { keep, machine } from './rounds.ts'

const CLAIMS = Number(process.env['CLAIMS'] ?? 20_000)
const PEOPLE = 50
const RATE = 0.2
/** As much work as is given out, with little to spare: a control's id may be from any of it, also from what nobody came to. */
const WORK = Math.ceil(CLAIMS * (1 - RATE) * 1.03) + 20
/** Tasks added in one call. */
const ADDED = 500
const HEX_OF_UUID = 32

/** One thing that a person was given, as they saw it. */
interface Seen {
  readonly taskId: string
  readonly assignmentId: string
  /** Its place among theirs, from 0. */
  readonly nth: number
  readonly latencies: readonly number[]
  readonly lengths: readonly number[]
}

/**
 * Q10: fifty people claim, look at, start and submit over HTTP, in a project of whose claims a fifth are controls. How many are, how they lie among work, and
 * how well a classifier tells them from work by all that people receive: ids, order, lengths and latencies of the answers, and numbers of facts.
 */
export async function controls(): Promise<void> {
  const server = await openServer()
  try {
    const connectionString = await server.database()
    const secret = randomBytes(32).toString('base64url')
    const { projectId, people } = await world(connectionString)
    const task: HttpTask = { kind: 'muster', connectionString, secret, authorization: '', paths: [] }
    const child = fork(new URL('./http-server.ts', import.meta.url), [JSON.stringify(task)])
    const [origin] = (await once(child, 'message')) as [string]
    const seen = await Promise.all(
      people.map(async (userId) => {
        const token = await tokenOf(userId, secret)
        return works(new Caller(`${origin}/api/v1`, token), projectId, CLAIMS / PEOPLE)
      }),
    )
    const exit = once(child, 'exit')
    child.disconnect()
    await exit
    const { rows } = await query<{ taskId: string }>(
      connectionString,
      'select task_id as "taskId" from task where returns < 0',
    )
    const known = new Set(rows.map(({ taskId }) => taskId))
    const figures = judge(seen, known)
    console.log(
      `\n${figures.claims} claims of ${PEOPLE} people, of which ${(100 * figures.share).toFixed(1)} % are controls (bar ${100 * RATE} ± 1)`,
    )
    console.log(
      `χ² of the gaps against the geometric law, 7 degrees of freedom: ${figures.gaps.toFixed(1)} (bar 24.3)`,
    )
    console.log(
      `A classifier tells controls from work in ${(100 * figures.apart.accuracy).toFixed(1)} ± ${(100 * figures.apart.error).toFixed(1)} % (bar 52), by ${figures.apart.by.join(', ')}`,
    )
    keep('controls', { machine: machine(server.version), rate: RATE, figures })
  } finally {
    await server.stop()
  }
}

async function world(connectionString: string) {
  const muster = await createMuster({ logger: silent, modules: [pgModule({ connectionString })] })
  const { workflowId } = await muster.workflows.add({
    name: 'label',
    steps: [{ stepId: 'label', stepType: 'annotation' }],
  })
  const { projectId } = await muster.projects.add({
    name: 'Benchmark',
    workflowId,
    quality: { controls: { stepId: 'label', rate: RATE } },
  })
  const people = []
  for (let nth = 0; nth < PEOPLE; nth++) {
    const { userId } = await muster.people.add({ displayName: `Person ${nth}` })
    await muster.projects.addMember(projectId, userId)
    people.push(userId)
  }
  const text = (nth: number) => ({ text: `Text ${String(nth).padStart(6, '0')}` })
  for (let from = 0; from < WORK; from += ADDED)
    await muster.tasks.add(
      projectId,
      Array.from({ length: Math.min(ADDED, WORK - from) }, (_, nth) => ({ payload: text(from + nth) })),
    )
  // Each person has some to spare: who has had all controls gets work in their place.
  const many = Math.ceil((CLAIMS / PEOPLE) * RATE * 2) + 20
  await muster.tasks.add(
    projectId,
    Array.from({ length: many }, (_, nth) => ({
      payload: text(CLAIMS + nth),
      gold: { label: 'a' },
      purpose: 'control' as const,
    })),
  )
  await muster.close()
  return { projectId, people }
}

function tokenOf(userId: string, secret: string): Promise<string> {
  return new SignJWT({ role: 'annotator' })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(userId)
    .setExpirationTime('2h')
    .sign(new TextEncoder().encode(secret))
}

interface Answer {
  // biome-ignore lint/suspicious/noExplicitAny: answers of several routes
  readonly body: any
  readonly length: number
  readonly ms: number
}

class Caller {
  readonly #origin: string
  readonly #token: string

  constructor(origin: string, token: string) {
    this.#origin = origin
    this.#token = token
  }

  async call(method: string, path: string, body?: object): Promise<Answer> {
    const at = performance.now()
    const reply = await fetch(`${this.#origin}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await reply.text()
    const ms = performance.now() - at
    if (!reply.ok) throw new Error(`${method} ${path} answered ${reply.status}: ${text}`)
    const headers = [...reply.headers].reduce((sum, [name, value]) => sum + name.length + value.length, 0)
    return { body: JSON.parse(text), length: text.length + headers, ms }
  }
}

/** Somebody who does `count` things, one after the other. */
async function works(caller: Caller, projectId: string, count: number): Promise<Seen[]> {
  const seen: Seen[] = []
  for (let nth = 0; nth < count; nth++) {
    const claim = await caller.call('POST', '/queue/next', { projectId })
    const { taskId, assignmentId } = claim.body.assignment
    const at = `/assignments/${assignmentId}`
    const answers = [
      claim,
      await caller.call('GET', `${at}/work`),
      await caller.call('GET', `/tasks/${taskId}`),
      await caller.call('POST', `${at}/start`, {}),
      await caller.call('POST', `${at}/submit`, { result: { label: 'a' } }),
      await caller.call('GET', '/queue/outlook'),
    ]
    seen.push({
      taskId,
      assignmentId,
      nth,
      latencies: answers.map(({ ms }) => ms),
      lengths: answers.map(({ length }) => length),
    })
  }
  return seen
}

function judge(seen: readonly (readonly Seen[])[], known: ReadonlySet<string>) {
  const all = seen.flat()
  const kinds = (of: readonly Seen[]): boolean[] => of.map(({ taskId }) => known.has(taskId))
  const examples = all.map(
    (one): Example => ({ features: featuresOf(one), thing: one.taskId, isOne: known.has(one.taskId) }),
  )
  return {
    claims: all.length,
    share: kinds(all).filter(Boolean).length / all.length,
    gaps: chiSquare(seen.flatMap((mine) => gapsOf(kinds(mine)))),
    apart: toldApart(examples, NAMES),
  }
}

const ROUTES = ['claim', 'work', 'task', 'start', 'submit', 'outlook']
const TURNS = [2, 3, 5, 10]
const NAMES = [
  'order',
  ...TURNS.map((turn) => `order in ${turn}`),
  ...ROUTES.flatMap((route) => [`ms of ${route}`, `ms of ${route} in a tick`, `length of ${route}`]),
  ...Array.from({ length: HEX_OF_UUID }, (_, nth) => `digit ${nth + 1} of the task`),
  ...Array.from({ length: HEX_OF_UUID }, (_, nth) => `digit ${nth + 1} of the assignment`),
]

function featuresOf({ taskId, assignmentId, nth, latencies, lengths }: Seen): number[] {
  const digits = (id: string): number[] =>
    (id.match(/[\da-f]/g) ?? []).map((digit) => Number.parseInt(digit, 16))
  return [
    nth,
    ...TURNS.map((turn) => nth % turn),
    ...latencies.flatMap((ms, place) => [ms, ms % 100, lengths[place] ?? 0]),
    ...digits(taskId),
    ...digits(assignmentId),
  ]
}

/** How much work lies before each control. */
function gapsOf(kinds: readonly boolean[]): number[] {
  const gaps: number[] = []
  let gap = 0
  for (const isControl of kinds) {
    if (!isControl) gap += 1
    else {
      gaps.push(gap)
      gap = 0
    }
  }
  return gaps
}

/** χ² of the gaps up to 6, and of the longer ones together. */
function chiSquare(gaps: readonly number[]): number {
  let [sum, rest] = [0, 1]
  for (let gap = 0; gap < 8; gap++) {
    const isLast = gap === 7
    const wanted = gaps.length * (isLast ? rest : rest * RATE)
    const found = gaps.filter((one) => (isLast ? one >= gap : one === gap)).length
    sum += (found - wanted) ** 2 / wanted
    rest *= 1 - RATE
  }
  return sum
}

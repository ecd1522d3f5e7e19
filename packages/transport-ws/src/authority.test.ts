import type { Role } from '@muster/core'
import { CHANNEL_AUTHORITY } from '@muster/core/feed'
import { describe, expect, it } from 'vitest'
import { type Person, plain, socketIo, tokenOf, WsWorld } from './ws-world.test.support.ts'

const ROLES: readonly Role[] = ['annotator', 'manager', 'admin']

/** Somebody who asks, as they stand to the project that the channel is of. */
interface Asker extends Pick<Person, 'token'> {
  readonly name: string
  /** `null` where nobody believes who they are. */
  readonly role: Role | null
  readonly member: boolean
}

interface Place {
  readonly world: WsWorld
  readonly runId: string
}

/** Subscribes, or throws why not. */
type Ask = (place: Place, asker: Asker) => Promise<unknown>

const overSocketIo =
  (channelOf: (place: Place) => string): Ask =>
  async (place, asker) => {
    const { answer } = await socketIo(place.world, asker, channelOf(place))
    if (!answer.ok) throw Object.assign(new Error(), { data: answer })
  }

const overPlain =
  (pathOf: (place: Place) => string): Ask =>
  (place, asker) =>
    plain(place.world, pathOf(place), asker)

/** Every way to each of the channels. */
const WAYS: Readonly<Record<string, Readonly<Record<string, Ask>>>> = {
  me: {
    'socket.io': overSocketIo(() => 'me'),
    'plain, /queue/ws': overPlain(() => '/api/v1/queue/ws'),
  },
  project: { 'socket.io': overSocketIo(({ world }) => `project:${world.projectId}`) },
  run: { 'socket.io': overSocketIo(({ runId }) => `run:${runId}`) },
  queues: {
    'plain, /queue_updates': overPlain(({ world }) => `/queue_updates?projectId=${world.projectId}`),
  },
  admin: { 'socket.io': overSocketIo(() => 'admin') },
}

const CODE_BY_STATUS: Readonly<Record<number, string>> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
}

async function outcomeOf(ask: Ask, place: Place, asker: Asker): Promise<unknown> {
  try {
    await ask(place, asker)
    return 'in'
  } catch (error) {
    const { status, data } = error as { status?: number; data?: { code: string } }
    return data?.code ?? CODE_BY_STATUS[status ?? 0] ?? error
  }
}

function expected(rule: string | undefined, { role, member }: Asker): string {
  if (role === null) return 'unauthorized'
  if (rule === 'admins') return role === 'admin' ? 'in' : 'forbidden'
  return rule === 'self' || member || role === 'admin' ? 'in' : 'not_found'
}

async function askersOf(world: WsWorld): Promise<Asker[]> {
  const suspended = await world.person('admin', world.projectId)
  await world.muster.people.change(suspended.userId, { status: 'suspended' })
  const askers: Asker[] = [
    { name: 'no token', role: null, member: false, token: '' },
    { name: 'a suspended admin', role: null, member: true, token: suspended.token },
  ]
  for (const role of ROLES) {
    const stranger = tokenOf('0198a5a0-0000-7000-8000-000000000001', role)
    askers.push(
      {
        name: `a member, ${role}`,
        role,
        member: true,
        token: (await world.person(role, world.projectId)).token,
      },
      { name: `of another project, ${role}`, role, member: false, token: (await world.person(role)).token },
      { name: `unknown to the directory, ${role}`, role, member: false, token: stranger },
    )
  }
  return askers
}

describe('every channel, for everybody', () => {
  it('is asked for here', () => {
    expect(Object.keys(WAYS).sort()).toEqual(Object.keys(CHANNEL_AUTHORITY).sort())
  })

  const all = Object.entries(WAYS).flatMap(([channel, ways]) =>
    Object.entries(ways).map(([way, ask]) => [channel, way, ask] as const),
  )
  it.each(all)('%s over %s is for those whom its row names', async (channel, _way, ask) => {
    const world = await WsWorld.open()
    const { muster, projectId } = world
    const scenarios = [{ payload: { text: 'hi' } }]
    const definition = { name: 'd', jobType: 'echo', scenarios }
    const { definitionId } = await muster.definitions.add(projectId, definition)
    const { runId } = await muster.runs.start(projectId, { definitionId, models: ['m'] })
    const rule = CHANNEL_AUTHORITY[channel as keyof typeof CHANNEL_AUTHORITY]
    const askers = await askersOf(world)
    const seen = await Promise.all(askers.map((asker) => outcomeOf(ask, { world, runId }, asker)))
    const named = (outcomes: readonly unknown[]): object =>
      Object.fromEntries(askers.map(({ name }, nth) => [name, outcomes[nth]]))
    expect(named(seen)).toEqual(named(askers.map((asker) => expected(rule, asker))))
  })
})

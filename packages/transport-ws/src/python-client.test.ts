import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { pythonSocketio } from '@muster/test-services'
import { io, type Socket } from 'socket.io-client'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { checkFrame, failures } from './asyncapi.test.support.ts'
import { tokenOf, until, WsWorld } from './ws-world.test.support.ts'

const SCRIPT = fileURLToPath(new URL('python-client.test.support.py', import.meta.url))

// biome-ignore lint/suspicious/noExplicitAny: tests look into frames of every shape
type Frame = any

/** A client of socket.io that a test tells what to do. */
interface Driven {
  /** Events as they came, with their name as `frame`. */
  readonly frames: readonly Frame[]
  /** `connected`, or what it was refused with. */
  connect(token: string): Promise<unknown>
  call(event: string, request: object): Promise<Frame>
  disconnect(): Promise<unknown>
}

/** socket.io's own, on which ours stands. */
function own(origin: string): Driven {
  const frames: Frame[] = []
  let socket: Socket
  return {
    frames,
    async connect(token) {
      socket = io(origin, { transports: ['websocket'], forceNew: true, reconnection: false, auth: { token } })
      onTestFinished(() => void socket.close())
      socket.onAny((frame: string, data: object) => frames.push({ frame, ...data }))
      return new Promise((resolve) => {
        socket.once('connect', () => resolve('connected'))
        socket.once('connect_error', (error) => resolve((error as Error & { data: unknown }).data))
      })
    },
    call: (event, request) => socket.timeout(10_000).emitWithAck(event, request),
    disconnect: async () => socket.close(),
  }
}

/** Debian's, which others wrote. */
function pythons(python: string, origin: string): Driven {
  const child: ChildProcessWithoutNullStreams = spawn(python, [SCRIPT, origin])
  onTestFinished(() => void child.kill('SIGKILL'))
  child.stderr.pipe(process.stderr)
  const frames: Frame[] = []
  let answered: (answer: Frame) => void = () => {}
  createInterface(child.stdout).on('line', (line) => {
    const said = JSON.parse(line)
    if ('frame' in said) frames.push(said)
    else answered(said.answer)
  })
  const order = async (what: object): Promise<Frame> => {
    const { promise, resolve, reject } = Promise.withResolvers<Frame>()
    answered = resolve
    const ended = (): void => reject(new Error('The client ended'))
    child.once('exit', ended)
    child.stdin.write(`${JSON.stringify(what)}\n`)
    return promise.finally(() => child.removeListener('exit', ended))
  }
  return {
    frames,
    connect: (token) => order({ do: 'connect', token }),
    call: (event, request) => order({ do: 'call', event, request }),
    disconnect: () => order({ do: 'disconnect' }),
  }
}

const factsOf = ({ frames }: Driven): Frame[] =>
  frames.filter(({ frame, seq }) => frame === 'event' && seq !== null)

describe.each(['socket.io-client', 'python-socketio'])('%s', (name) => {
  let drive: (origin: string) => Driven
  let missing: string | undefined
  beforeAll(async () => {
    const found = name === 'python-socketio' ? await pythonSocketio() : undefined
    if (found !== undefined && 'missing' in found) missing = found.missing
    drive = found !== undefined && 'python' in found ? (origin) => pythons(found.python, origin) : own
  })

  it('is let in or refused, follows, resumes, hears of queues, is present and leaves', async ({ skip }) => {
    if (missing !== undefined) skip(missing)
    const world = await WsWorld.open()
    const { muster, projectId, origin } = world
    const ann = await world.person('annotator', projectId)
    const foreign = (await muster.projects.add({ name: 'Other' })).projectId
    const channel = `project:${projectId}`
    const client = drive(origin)

    expect(await client.connect(tokenOf(ann.userId, 'annotator', -1))).toEqual({ code: 'unauthorized' })
    expect(await client.connect(ann.token)).toBe('connected')
    expect(await client.call('subscribe', { channel: `project:${foreign}` })).toMatchObject({
      code: 'not_found',
    })
    expect(await client.call('subscribe', { channel: 'admin' })).toMatchObject({ code: 'forbidden' })
    expect(await client.call('subscribe', { channel })).toMatchObject({
      ok: true,
      resumed: false,
      snapshot: { queue: { projectId } },
    })
    await world.clear(1, 2)
    await until(() => expect(factsOf(client)).toHaveLength(2))
    expect(await client.call('presence', { projectId, state: 'active' })).toEqual({ ok: true })
    await until(() => expect(client.frames.find(({ type }) => type === 'presence_update')).toBeDefined())
    const { cursor } = factsOf(client)[1]
    await client.disconnect()

    await world.clear(3)
    await muster.queue.add(projectId, { type: 'echo', payload: { text: 'hi' } }, null)
    expect(await client.connect(ann.token)).toBe('connected')
    expect(await client.call('subscribe', { channel, after: cursor })).toMatchObject({ resumed: true })
    await until(() => expect(factsOf(client)).toHaveLength(4))
    expect(factsOf(client).map(({ seq, prev }) => [seq, prev])).toEqual([
      [1, 0],
      [2, 1],
      [3, 2],
      [4, 3],
    ])
    const updates = () => client.frames.filter(({ frame }) => frame === `queue:updated:${projectId}`)
    await until(() => expect(updates().at(-1)).toMatchObject({ counts: { pending: 1 } }))
    expect(await client.call('unsubscribe', { channel })).toEqual({ ok: true })
    await client.disconnect()
    for (const { frame, ...data } of client.frames) checkFrame(frame, data)
    expect(failures.splice(0)).toEqual([])
  })
})

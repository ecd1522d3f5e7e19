import { Parser } from '@asyncapi/parser'
import { FACT_TYPES, SIGNAL_TYPES } from '@muster/core/feed'
import { aboutSchema } from '@muster/test-services/documents'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { asyncapiText, checkFrame, failures, requestSchema, schema } from './asyncapi.test.support.ts'
import { HeldClock, plain, socketIo, until, WsWorld } from './ws-world.test.support.ts'

it('is a document that AsyncAPI’s own parser has nothing against', async () => {
  const { document, diagnostics } = await new Parser().parse(asyncapiText)
  expect(diagnostics.filter(({ severity }) => severity === 0)).toEqual([])
  expect(document?.version()).toBe('3.0.0')
})

it('names every fact and every signal', () => {
  const [, names = ''] = /EventType:\n\s+type: string\n\s+enum:\n((?:\s+- \w+\n)+)/.exec(asyncapiText) ?? []
  const named = new Set(names.match(/\w+/g))
  expect([...FACT_TYPES, ...SIGNAL_TYPES].filter((type) => !named.has(type))).toEqual([])
})

it('refuses a frame that it does not describe', () => {
  checkFrame('mark', { channel: 'me', cursor: 'A'.repeat(30), more: true })
  expect(failures.splice(0)).toHaveLength(1)
})

/** Requests of a schema's name at its limits and beside them, some of both verdicts, with what the document says. */
function judged(name: string): readonly (readonly [request: unknown, fault: string | undefined])[] {
  const check = schema(name)
  const requests = fc.sample(aboutSchema(requestSchema(name)), 150).map((one) => [one, check(one)] as const)
  const taken = requests.filter(([, fault]) => fault === undefined).length
  expect(taken).toBeGreaterThan(20)
  expect(requests.length - taken).toBeGreaterThan(10)
  return requests
}

it.each(['subscribe', 'unsubscribe', 'presence'])(
  'says of what socket.io is asked as %s what the server does',
  async (call) => {
    const clock = new HeldClock()
    const world = await WsWorld.open({ clock })
    const client = await socketIo(world, await world.person('manager', world.projectId))
    for (const [request, fault] of judged(`${call[0]?.toUpperCase()}${call.slice(1)}`)) {
      clock.pass(1_000)
      const { code, detail } = await client.call(call, request as object)
      // That a cursor is one of this server is told in words.
      const isTold = fault === undefined && /cursor/.test(String(detail))
      const isRefused = code === 'validation_failed' && !isTold
      expect([request, isRefused]).toEqual([request, fault !== undefined])
    }
    expect(failures.splice(0)).toEqual([])
  },
)

it('says of the frames that a plain connection takes what the server does', async () => {
  const clock = new HeldClock()
  const world = await WsWorld.open({ clock })
  const client = await plain(world, '/api/v1/queue/ws', await world.person('manager', world.projectId))
  const answers = (): readonly { readonly code?: string }[] =>
    client.frames.filter(({ type }) => type === 'error' || type === 'presence_ack')
  const requests = judged('PlainPresence')
  for (const [place, [request, fault]] of requests.entries()) {
    clock.pass(1_000)
    client.socket.send(JSON.stringify(request))
    await until(() => expect(answers()).toHaveLength(place + 1))
    expect([request, answers()[place]?.code === 'validation_failed']).toEqual([request, fault !== undefined])
  }
  expect(failures.splice(0)).toEqual([])
})

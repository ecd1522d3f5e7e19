import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js'
import { createMusterClient } from '@muster/client'
import { expect, it, onTestFinished } from 'vitest'
import { LARGEST_ANSWER, shortened, sizeOf } from './answer.ts'
import { serveMcp } from './http.ts'
import { createMcpServer } from './server.ts'
import { settingsOf, UsageError } from './settings.ts'

const RUN = '0190cbb0-0000-7000-8000-00000000abcd'
const TOKEN = 'a-secret-token'

/** The SDK's client of a server whose Muster answers every call so; and what was logged. */
async function connected(answer: (request: Request) => Response, write = true) {
  const logged: unknown[] = []
  const muster = createMusterClient({
    url: 'http://muster.test',
    token: TOKEN,
    fetch: async (request) => answer(request),
  })
  const [ours, theirs] = InMemoryTransport.createLinkedPair()
  await createMcpServer({ muster, write, log: (error) => logged.push(error) }).connect(ours)
  const client = new Client({ name: 'test', version: '1.0.0' })
  await client.connect(theirs)
  onTestFinished(() => client.close())
  return { client, logged }
}

const html = (status: number) => () =>
  new Response(`<h1>${TOKEN}</h1>`, { status, headers: { 'content-type': 'text/html' } })
const json =
  (value: unknown, status = 200) =>
  () =>
    Response.json(value, { status })

it('tells clients of at most 25 tools in at most 4 000 tokens, and whether each changes something', async () => {
  const { client } = await connected(html(404))
  const { tools } = await client.listTools()
  expect(tools.length).toBeLessThanOrEqual(25)
  // Four characters of English or JSON are a token or less, so this counts too many rather than too few.
  expect(JSON.stringify(tools).length / 4).toBeLessThanOrEqual(4_000)
  for (const { name, title, description, annotations, inputSchema } of tools) {
    expect([name, title, description].every(Boolean)).toBe(true)
    const { readOnlyHint, destructiveHint } = annotations ?? {}
    const { required = [], properties = {} } = inputSchema
    const asked = { key: required.includes('idempotencyKey'), confirm: 'confirm' in properties }
    expect([name, asked]).toEqual([name, { key: readOnlyHint === false, confirm: destructiveHint }])
    expect([name, destructiveHint]).toEqual([name, name === 'cancel_run'])
  }
  const reading = await (await connected(html(404), false)).client.listTools()
  expect(reading.tools.map(({ name }) => name)).toEqual(
    tools.filter(({ annotations }) => annotations?.readOnlyHint).map(({ name }) => name),
  )
  expect(tools.filter(({ name }) => /claim|submit|accept/.test(name))).toEqual([])
})

it.each<[string, () => Response, object]>([
  ['a page of a proxy', html(404), { code: 'no_problem' }],
  ['a page with status 200', html(200), { code: 'no_problem' }],
  ['JSON of another service', json({ message: TOKEN }, 418), { code: 'no_problem' }],
  [
    'a problem of Muster',
    json({ code: 'conflict', detail: 'The run has ended', errors: [{ path: 'a', message: 'b' }] }, 409),
    { code: 'conflict', message: 'The run has ended', issues: [{ path: 'a', message: 'b' }] },
  ],
  ['a run of a shape that no Muster gives', json({ runId: RUN, secret: TOKEN }), { code: 'internal' }],
  ['JSON with status 200', json({ hello: 1 }), { code: 'no_problem' }],
])('says why a call failed, without a stack or the token: %s', async (_, answer, expected) => {
  const { client, logged } = await connected(answer)
  const result = await client.callTool({ name: 'cancel_run', arguments: { runId: RUN, idempotencyKey: 'k' } })
  expect(result).toMatchObject({ isError: true, structuredContent: { error: expected } })
  expect(JSON.stringify(result)).not.toMatch(/a-secret-token|\bat .+:\d+/)
  expect(logged).toHaveLength('code' in expected && expected.code === 'internal' ? 1 : 0)
})

it('takes for data nothing that another server answers well with', async () => {
  const { client, logged } = await connected(json({ hello: 1 }))
  const ids = { projectId: RUN, runId: RUN, taskId: RUN, formId: RUN, importId: RUN }
  const { tools } = await client.listTools()
  const found: Record<string, unknown> = {}
  for (const { name, inputSchema, annotations } of tools) {
    if (!annotations?.readOnlyHint) continue
    const fields = Object.keys(inputSchema.properties ?? {})
    const input = Object.fromEntries(Object.entries(ids).filter(([field]) => fields.includes(field)))
    const side = { runId: RUN, model: 'm' }
    const more = name === 'compare_runs' ? { baseline: side, candidate: side } : {}
    const { structuredContent } = await client.callTool({ name, arguments: { ...input, ...more } })
    found[name] = structuredContent
  }
  const wrong = { error: { code: 'no_problem' } }
  expect(found).toMatchObject(Object.fromEntries(Object.keys(found).map((name) => [name, wrong])))
  expect(logged).toEqual([])
})

it.each<[string, object, object[]]>([
  ['get_run', {}, [{ path: 'runId' }]],
  ['get_run', { runId: '..' }, [{ path: 'runId', message: expect.stringContaining('must be an id') }]],
  ['get_results', { runId: RUN, limit: 51, nonsense: 1 }, [{ path: 'limit' }, { path: 'nonsense' }]],
  [
    'add_tasks',
    { projectId: RUN, idempotencyKey: 'k', tasks: [{ payload: 1 }, { payload: 2, priority: 0.5, a: 1 }] },
    [{ path: 'tasks[1].priority' }, { path: 'tasks[1].a', message: 'is no field here' }],
  ],
  ['pause_run', { runId: RUN }, [{ path: 'idempotencyKey' }]],
  ['escalate', { runId: RUN, idempotencyKey: 'k' }, [{ path: 'scenarioIds' }]],
  ['escalate', { runId: RUN, idempotencyKey: 'k', scenarioIds: ['a'], dryRun: true }, [{ path: 'dryRun' }]],
  ['get_report', { importId: RUN, cursor: 'next' }, [{ path: 'cursor' }]],
  ['find_jobs', { cause: 2 ** 40 }, [{ path: 'cause', message: expect.stringContaining('2147483647') }]],
  ['find_jobs', { model: '\ud800' }, [{ path: 'model', message: 'must not contain a lone surrogate' }]],
  [
    'add_tasks',
    { projectId: RUN, idempotencyKey: '\udfff', tasks: [{ payload: { a: ['\ud800'] } }] },
    [{ path: 'idempotencyKey' }, { path: 'tasks[0].payload.a[0]' }],
  ],
  [
    'add_tasks',
    { projectId: RUN, idempotencyKey: 'k', tasks: [{ payload: { id: 2 ** 60, ok: 2 ** 53 - 1 } }] },
    [{ path: 'tasks[0].payload.id', message: expect.stringContaining('send it as text') }],
  ],
])('names the fields that are wrong, before Muster is asked: %s %j', async (name, input, issues) => {
  const { client } = await connected(() => {
    throw new Error('Muster was asked')
  })
  const result = await client.callTool({ name, arguments: { ...input } })
  expect(result).toMatchObject({
    isError: true,
    structuredContent: { error: { code: 'validation_failed', issues } },
  })
})

it('makes a page of forms shorter by whole forms, and goes on behind it', async () => {
  const words = 'word '.repeat(60)
  const form = { name: 'tone', version: 1, title: words, help: words, show: [], questions: [{}, {}] }
  const forms = Array.from({ length: 45 }, (_, n) => ({ formId: `f${n}`, ...form }))
  const { client } = await connected(({ url }) => {
    const query = new URL(url).searchParams
    const from = Number(query.get('cursor'))
    const end = from + Number(query.get('limit'))
    return Response.json({ items: forms.slice(from, end), nextCursor: end < forms.length ? `${end}` : null })
  })
  const seen: unknown[] = []
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const input = { limit: 50, ...(cursor && { cursor }) }
    const { structuredContent } = await client.callTool({ name: 'list_forms', arguments: input })
    const { cut, data } = structuredContent as { cut?: true; data: { items: object[]; nextCursor: string } }
    expect(cut).toBeUndefined()
    seen.push(...data.items)
    cursor = data.nextCursor
  }
  expect(seen).toEqual(forms.map(({ show: _show, ...rest }) => ({ ...rest, questions: 2 })))
})

it('sends any text as a key, each as another', async () => {
  const sent: (string | null)[] = []
  const { client, logged } = await connected(({ headers }) => {
    sent.push(headers.get('idempotency-key'))
    return Response.json({ runId: RUN })
  })
  for (const idempotencyKey of ['plain key', 'schlüssel 鍵', '“quoted”', 'two\nlines', ' ', '  ', '  '])
    await client.callTool({ name: 'pause_run', arguments: { runId: RUN, idempotencyKey } })
  expect(sent).toEqual(['plain key', ...Array(6).fill(expect.stringMatching(/^sha256:[\da-f]{64}$/))])
  expect(new Set(sent).size).toBe(6)
  expect(logged).toEqual([])
})

it('shortens what is too large, and says what it left out', () => {
  const wide = Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`${n} `.repeat(9), { n: [n, n] }]))
  let deep: unknown = 'end'
  for (let n = 0; n < 5_000; n++) deep = [deep]
  const long = '𝒳'.repeat(50_000)
  for (const value of [wide, [deep], long, { long, wide, list: Array(9_000).fill(long.slice(0, 50)) }]) {
    const cut = shortened(value, LARGEST_ANSWER)
    expect(sizeOf(cut)).toBeLessThanOrEqual(LARGEST_ANSWER)
    expect(JSON.stringify(cut)).toMatch(/left out|more characters/)
    expect(JSON.stringify(cut)).not.toMatch(/\\ud83[45](?!\\)/)
  }
})

it.each<[string, readonly string[], Record<string, string>, string]>([
  ['no address', [], {}, 'MUSTER_URL'],
  ['another protocol', [], { MUSTER_URL: 'ftp://a' }, 'http://'],
  ['a password', ['--server', 'http://a:b@c'], {}, 'no name and no password'],
  ['no token', [], { MUSTER_URL: 'http://a' }, 'set MUSTER_TOKEN'],
  ['a token of two lines', [], { MUSTER_URL: 'http://a', MUSTER_TOKEN: 'a\nb' }, 'MUSTER_TOKEN holds'],
  ['an option that is none', ['--token', 'x'], { MUSTER_URL: 'http://a' }, '--token'],
  ['no port', ['--http', 'x'], { MUSTER_URL: 'http://a' }, 'from 0 to 65535'],
  ['a host without --http', ['--host', 'a'], { MUSTER_URL: 'http://a', MUSTER_TOKEN: 't' }, 'are of --http'],
  [
    'a token that would be lent',
    ['--http', '80', '--host', '0.0.0.0', '--allow-host', 'a'],
    { MUSTER_URL: 'http://a', MUSTER_TOKEN: 't' },
    'MUSTER_TOKEN would be lent',
  ],
  ['a host without names', ['--http', '80', '--host', '::'], { MUSTER_URL: 'http://a' }, '--allow-host'],
])('names the setting that is wrong: %s', (_, args, env, message) => {
  expect(() => settingsOf(args, env)).toThrow(UsageError)
  expect(() => settingsOf(args, env)).toThrow(message)
})

it('takes its settings from arguments and the environment', () => {
  const env = { MUSTER_URL: 'http://a/', MUSTER_TOKEN: 't' }
  expect(settingsOf([], env)).toEqual({ url: 'http://a', token: 't', write: false })
  expect(settingsOf(['--write', '--http', '0', '--server', 'http://b'], env)).toEqual({
    url: 'http://b',
    token: 't',
    write: true,
    http: { port: 0, host: '127.0.0.1', allowedHosts: [] },
  })
  const open = ['--http', '80', '--host', '0.0.0.0', '--allow-host', 'mcp.example']
  expect(settingsOf(open, { MUSTER_URL: 'http://a' })?.http?.allowedHosts).toEqual(['mcp.example'])
})

it('refuses to lend a token to other machines', async () => {
  const options = { url: 'http://a', token: TOKEN, port: 0, host: '0.0.0.0', log: () => {} }
  await expect(serveMcp(options)).rejects.toThrow('token: would be lent')
})

it('refuses an option that there is not', async () => {
  const options = { url: 'http://a', port: 0, log: () => {}, wirte: true }
  await expect(serveMcp(options)).rejects.toThrow('wirte: is no option of serveMcp, which has url, token,')
  const muster = createMusterClient({ url: 'http://a' })
  const given = { muster, log: () => {}, read: true }
  expect(() => createMcpServer(given)).toThrow('read: is no option of createMcpServer, which has muster,')
})

it('says in a sentence where it cannot listen', async () => {
  const options = { url: 'http://a', port: 0, log: () => {} }
  const first = await serveMcp(options)
  onTestFinished(() => first.close())
  const port = Number(new URL(first.url).port)
  await expect(serveMcp({ ...options, port })).rejects.toThrow(
    `Cannot listen at port ${port} of 127.0.0.1: something else listens there`,
  )
})

it.each(['', 'Bearer', 'Bearer ', 'Bearer x y', 'Bearer: x', 'Token x', 'Basic abc'])(
  'lends its token to nobody who brings something else: %j',
  async (authorization) => {
    const served = await serveMcp({ url: 'http://muster.test', token: TOKEN, port: 0, log: () => {} })
    onTestFinished(() => served.close())
    const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }
    const body = '{"jsonrpc":"2.0","id":1,"method":"tools/list"}'
    const ask = (more: object) =>
      fetch(served.url, { method: 'POST', body, headers: { ...headers, ...more } })
    const refused = await ask({ authorization })
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
    expect((await ask({})).status).toBe(200)
  },
)

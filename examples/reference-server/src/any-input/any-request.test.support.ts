import { type Answered, answerChecks, type DescribedAnswers, serverOf } from '@muster/test-services/documents'
import fc from 'fast-check'
import type { InjectOptions } from 'fastify'
import { stubProbe } from '../stub-probe.ts'
import { type Known, nearSchema, nearText, type Schema } from './near-schema.test.support.ts'

interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required?: boolean
  readonly schema: Schema
}
/** One documented operation. */
export interface Operation {
  readonly method: string
  readonly path: string
  readonly parameters: readonly Parameter[]
  readonly body: Schema | undefined
  /** What is wrong with an answer, or nothing. */
  readonly faultOf: (answered: Omit<Answered, 'method' | 'path'>) => string | undefined
  /** Statuses of answers that carry an ETag. */
  readonly tagged: ReadonlySet<number>
}

/** What there is when a request is sent: ids by the names of {@link PLACE}. */
export type Things = Readonly<Record<string, string>>

/** The operations of an OpenAPI document. */
export function operationsOf(
  document: DescribedAnswers & {
    paths: Record<
      string,
      Record<
        string,
        {
          parameters?: Parameter[]
          requestBody?: { content: Record<string, { schema: Schema }> }
          responses: Record<string, { content?: Record<string, { schema: object }>; headers?: object }>
        }
      >
    >
  },
): Operation[] {
  const check = answerChecks(document)
  const base = serverOf(document)
  return Object.entries(document.paths).flatMap(([below, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody, responses }]) => ({
      method: method.toUpperCase(),
      path: base + below,
      parameters,
      body: requestBody?.content['application/json']?.schema,
      faultOf: (answered) => check({ ...answered, method, path: base + below }),
      tagged: new Set(
        Object.entries(responses).flatMap(([status, { headers = {} }]) =>
          'etag' in headers ? [Number(status)] : [],
        ),
      ),
    })),
  )
}

/** Bodies that no schema makes. */
const RAW = [
  ['', ' ', '{', 'null', '[]', '"x"', '7', '{}{}', '\ufeff{}', '1e999', '{"a":1,"a":2}', '[1,]', '\u0000'],
  ['{"__proto__":{"role":"admin"}}', '{"constructor":{"prototype":{"role":"admin"}}}', '['.repeat(20_000)],
].flat()
const TYPES = [
  'application/json',
  'application/json; charset=utf-8',
  'application/json; charset=latin1',
  'text/plain',
]
const ODD_TYPES = [
  'application/x-ndjson',
  'multipart/form-data',
  'application/merge-patch+json',
  'nonsense',
  '/',
  '',
]
const TAGS = ['"1"', 'W/"1"', '*', '1', '""', '"1", "2"', '"9999999999"', '"\u00ff"']
const KEYS = ['', 'k', 'another', 'x'.repeat(300), ' ', ',']

/** Stands in a request for the thing of that kind that there is when it is sent. */
export const PLACE: Things = Object.fromEntries(
  ['project', 'workflow', 'user', 'task', 'assignment', 'definition', 'run', 'item'].map((kind, index) => [
    `${kind}Id`,
    `00000000-0000-4000-8000-00000000000${index}`,
  ]),
)
/** What fields of a body and a query could mean. */
const KNOWN: Known = { ...PLACE, jobType: stubProbe.name, type: stubProbe.name, stepId: 'label', payload: {} }

/** Requests that near enough fit the operation, from somebody with one of the tokens. */
export function requests(
  { method, path, parameters, body }: Operation,
  tokens: readonly string[],
): fc.Arbitrary<InjectOptions> {
  const segment = (name: string): fc.Arbitrary<string> => {
    const own = PLACE[name === 'id' ? `${path.split('/')[3]?.slice(0, -1)}Id` : name] ?? ''
    return fc.oneof(
      { weight: 20, arbitrary: fc.constant(own) },
      { weight: 1, arbitrary: fc.constantFrom(...Object.values(PLACE)) },
      { weight: 1, arbitrary: nearText({ type: 'string' }, KNOWN) },
    )
  }
  const query = parameters.filter((parameter) => parameter.in === 'query')
  const named = fc.tuple(
    ...query.map(({ name, schema, required }) =>
      fc.tuple(
        fc.constant(name),
        fc.option(nearText(schema, KNOWN, name), { nil: undefined, freq: required ? 20 : 1 }),
      ),
    ),
  )
  const unasked = fc.oneof(
    { weight: 20, arbitrary: fc.constant([]) },
    {
      weight: 1,
      arbitrary: fc.array(fc.tuple(fc.constantFrom('page', '__proto__', 'limit', ''), fc.string())),
    },
  )
  const payload =
    body === undefined
      ? fc.oneof(
          { weight: 9, arbitrary: fc.constant(undefined) },
          { weight: 1, arbitrary: fc.constantFrom(...RAW) },
        )
      : fc.oneof(
          { weight: 15, arbitrary: nearSchema(body, KNOWN).map((value) => JSON.stringify(value)) },
          { weight: 1, arbitrary: fc.constantFrom(undefined, ...RAW) },
        )
  return fc
    .record({
      segments: fc.tuple(...[...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => segment(name))),
      query: fc.tuple(named, unasked),
      payload,
      type: fc.oneof(
        { weight: 20, arbitrary: fc.constantFrom(...TYPES.slice(0, 2)) },
        { weight: 1, arbitrary: fc.constantFrom(...TYPES, ...ODD_TYPES) },
      ),
      tag: rarely(fc.constantFrom(...TAGS)),
      key: rarely(fc.constantFrom(...KEYS)),
      token: fc.oneof(
        { weight: 5, arbitrary: fc.constant(tokens[0]) },
        { weight: 2, arbitrary: fc.constantFrom(...tokens) },
      ),
    })
    .map(({ segments, query: [known, unknown], payload: sent, type, tag, key, token }) => {
      const rest = [...segments]
      const url = path.replaceAll(/\{\w+\}/g, () => encodeURIComponent(rest.shift()?.toWellFormed() ?? ''))
      const search = [...known, ...unknown]
        .filter((pair): pair is [string, string] => pair[1] !== undefined)
        .map((pair) => pair.map((part) => encodeURIComponent(part.toWellFormed())).join('='))
      return {
        method: method as 'GET',
        url: search.length === 0 ? url : `${url}?${search.join('&')}`,
        headers: {
          authorization: `Bearer ${token}`,
          ...(sent === undefined ? {} : { 'content-type': type }),
          ...(tag === undefined ? {} : { 'if-match': tag }),
          ...(key === undefined ? {} : { 'idempotency-key': key }),
        },
        ...(sent === undefined ? {} : { payload: sent }),
      }
    })
}

function rarely(value: fc.Arbitrary<string>): fc.Arbitrary<string | undefined> {
  return fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value })
}

/** The request with the ids of these things. */
export function withThings<Request extends object>(request: Request, things: Things): Request {
  let text = JSON.stringify(request)
  for (const [kind, place] of Object.entries(PLACE)) text = text.replaceAll(place, things[kind] ?? '')
  return JSON.parse(text) as Request
}

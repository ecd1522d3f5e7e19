import { aboutSchema, type DocumentSchema, schemaChecks } from '@muster/test-services/documents'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ApiWorld, type Caller, openApi, token } from './api-world.test.support.ts'

interface Parameter {
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly style?: string
  readonly explode?: boolean
  readonly schema: DocumentSchema
}
interface Documented {
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: {
    readonly required?: boolean
    readonly content: Readonly<Record<string, { readonly schema: DocumentSchema }>>
  }
}
interface Operation extends Documented {
  readonly name: string
  readonly method: string
  readonly path: string
}
/** What a request is made from: absent is `undefined`. */
interface Request {
  readonly query: Readonly<Record<string, unknown>>
  readonly body: unknown
}

/** Rules that JSON Schema cannot say, which the document tells in words: by the paths and the messages of their refusals. */
const TOLD: readonly (readonly [path: RegExp, message: RegExp])[] = [
  [/^cursor$/, /is not a cursor of this list/],
  [/^items\[\d+\]$/, /^is there twice/],
  [/^usage$/, /^cannot be asked for together/],
  [/^from$/, /^must not be after to$/],
  [/^tasks\[\d+\]\.externalId$/, /^repeats /],
  [/^tasks\[\d+\]\.gold$/, /^is required of a control$/],
  [
    /^(escalation\.)?task\.(payload|requiredSkills|gold)\b/,
    /JSON Pointer|^must be true or false$|beside \$$/,
  ],
  [/^mode$/, /^must be atomic for the target run/],
  [/^submissions$/, /^must be absent: only tasks have submissions/],
  [/^(definitionId|jobType)$/, /^(is required, unless after|cannot stand beside)/],
  [/^after\.from\.(scenarioId|payload)\b/, /JSON Pointer|^must be true or false$|beside \$$|^names nothing/],
  [/^steps\[\d+\]\.stepId$/, /^repeats the step /],
  [/^steps\[\d+\]\.excludes\[\d+\]$/, /^names /],
  [/^steps\[\d+\]\.assignmentsRequired\.(max|until)/, /^(must be at least min|repeats|needs a form)/],
  [/^steps\[\d+\]\.when$/, /^needs an? (annotation|review) step before it$/],
  [/^steps\[\d+\]\.(form\b|formId$|agreeOn$)/, /./],
  [/^metrics\[\d+\]\.(name|range|score)/, /^(repeats|is required|must be two numbers)/],
  [/^burst$/, /^(needs perMinute beside it|must not be greater than perMinute)$/],
  [/^adaptive$/, /^needs concurrency beside it$/],
  [/^adaptive\.(min|start)$/, /^must be (less than concurrency|from min to concurrency)$/],
  [/^day$/, /^(must be a name of the zone database|is of a project, not of a run$)/],
  [/^start\.job\.payload\b/, /JSON Pointer|^must be true or false$|beside \$$|^names nothing/],
  [
    /^start\.run\.escalation\.task\.(payload|requiredSkills|gold)\b/,
    /JSON Pointer|^must be true or false$|beside \$$/,
  ],
  [/^(range|models|anytime|strata|floor|clusterBy|judge|truth|taskPayload)$/, /^(must|needs) /],
  [/^rules(\[\d+\])?/, /^(is required, unless|is held against means|slice by|cannot stand beside)/],
  [/^types\[\d+\]$/, /^is none that the token names$/],
  [/^jobs\[\d+\]\.step\.index$/, /^must be at most total$/],
  [/^outcomes\[\d+\]\.result$/, /^must be given, or else error/],
  [/^report$/, /^must be given beside usage$/],
  // The meta-schema says what parts of forms are.
  [/^(show|questions|skip|help|comment|example)\b/, /./],
]

/** Faults of single outcomes, but not of the attempts that they name: a settle answers each outcome by itself, with 200. */
const OF_AN_OUTCOME = /^outcomes\/\d+(\/(result|error|ask|keep|usage)\b| must NOT have additional properties)/

function isAnsweredApart({ name }: Operation, said: string): boolean {
  const faults = said.replace(/^data\//, '').split(', data/')
  return name === 'POST /workers/{id}/settle' && faults.every((fault) => OF_AN_OUTCOME.test(fault))
}

let world: ApiWorld
let document: { readonly paths: Readonly<Record<string, Readonly<Record<string, Documented>>>> }
let stranger: Caller
let worker: Caller

beforeAll(async () => {
  world = await openApi()
  document = (await world.withToken(undefined)('GET', '//openapi.json')).body
  stranger = await world.as('annotator')
  const { projectId } = await world.muster.projects.add({ name: 'of strangers' })
  const grant = { types: ['none'], projects: [projectId] }
  worker = world.withToken(await token({ sub: 'strangers', role: 'worker', ...grant }))
})
afterAll(() => world.close())

function operationsOf({ paths }: typeof document): Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, documented]) => ({
      ...documented,
      name: `${method.toUpperCase()} ${path}`,
      method: method.toUpperCase(),
      path,
    })),
  )
}

const queryOf = ({ parameters = [] }: Operation): Parameter[] =>
  parameters.filter((each) => each.in === 'query')
const bodyOf = ({ requestBody }: Operation): DocumentSchema | undefined =>
  requestBody?.content['application/json']?.schema

function requestsOf(operation: Operation): fc.Arbitrary<Request> {
  const body = bodyOf(operation)
  return fc.record({
    query: fc
      .tuple(
        ...queryOf(operation).map(({ name, schema }) =>
          fc.tuple(fc.constant(name), fc.option(inQuery(schema), { nil: undefined, freq: 2 })),
        ),
      )
      .map((pairs) => Object.fromEntries(pairs)),
    body:
      body === undefined
        ? fc.constant(undefined)
        : fc.option(aboutSchema(body), { nil: undefined, freq: 20 }),
  })
}

/** Values that their text in a query leaves what they are: no text that is a number's or has the comma of lists. */
function inQuery(schema: DocumentSchema): fc.Arbitrary<unknown> {
  const isList = schema.type === 'array'
  return aboutSchema(schema).filter((value) => {
    const parts = isList ? [value].flat() : [value]
    if (Array.isArray(value) !== isList) return false
    return parts.every((part) =>
      typeof part === 'string'
        ? schema.type === 'string' || !/^[\d,]*$/.test(part)
        : (schema.type === 'integer' || schema.type === 'number') && typeof part === 'number',
    )
  })
}

/** One for all operations: each compiles the schema of schemas anew. */
const compile = schemaChecks()

/** What the document says of requests to an operation. */
function verdictOf(operation: Operation): (request: Request) => string | undefined {
  const query = queryOf(operation).map(
    ({ name, schema, required = false }) => [name, required, compile(schema)] as const,
  )
  const schema = bodyOf(operation)
  const checkBody = schema && compile(schema)
  const isNeeded = operation.requestBody?.required === true
  return (request) => {
    const inQuery = query.map(([name, required, check]) => {
      const value = request.query[name]
      if (value === undefined) return required ? `${name} is needed` : undefined
      return check(value)
    })
    const inBody =
      request.body === undefined ? (isNeeded ? 'is needed' : undefined) : checkBody?.(request.body)
    return [...inQuery, inBody].find((fault) => fault !== undefined)
  }
}

/** The server's refusal of a request, as a stranger hears it: what it takes is not there, or not theirs. */
interface Refusal {
  readonly text: string
  /** Whether each of its reasons is one that the document tells in words alone. */
  readonly isTold: boolean
}

async function refusalOf(
  { method, path }: Operation,
  { query, body }: Request,
): Promise<Refusal | undefined> {
  const search = Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${encodeURIComponent([value].flat().join(','))}`)
  const url = path.replaceAll(/\{\w+\}/g, '0190cbb0-0000-7000-8000-00000000abcd')
  const caller = path.startsWith('/workers') ? worker : stranger
  const { status, body: answer } = await caller(
    method,
    search.length > 0 ? `${url}?${search.join('&')}` : url,
    body === undefined ? undefined : JSON.stringify(body),
    body === undefined ? {} : { 'content-type': 'application/json' },
  )
  if (status >= 500) return { text: `${status}: ${JSON.stringify(answer)}`, isTold: false }
  // How many bytes a body may have is told in words.
  if (status === 413) return { text: JSON.stringify(answer), isTold: true }
  if (status !== 400) return undefined
  const errors = answer.errors as readonly { readonly path: string; readonly message: string }[]
  const silent = errors.filter(
    (error) => !TOLD.some(([path, message]) => path.test(error.path) && message.test(error.message)),
  )
  return { text: JSON.stringify(errors), isTold: silent.length === 0 }
}

interface Compared {
  readonly taken: number
  readonly refused: number
  /** Requests of which the document says one thing and the server does another. */
  readonly differing: readonly string[]
}

async function compare(operation: Operation, numRuns: number, seed: number): Promise<Compared> {
  const verdict = verdictOf(operation)
  let taken = 0
  const differing: string[] = []
  const requests = fc.sample(requestsOf(operation), { numRuns, seed })
  for (const request of requests) {
    const said = verdict(request)
    const done = await refusalOf(operation, request)
    if (said === undefined) taken++
    const agree =
      said === undefined
        ? done === undefined || done.isTold
        : done !== undefined || isAnsweredApart(operation, said)
    if (agree) continue
    const shown = JSON.stringify(request).slice(0, 400)
    differing.push(`document: ${said ?? 'taken'}; server: ${done?.text ?? 'taken'}; request: ${shown}`)
  }
  return { taken, refused: requests.length - taken, differing }
}

/** Compares, from `seed` on, until something was taken and something refused. */
async function compareBoth(operation: Operation, seed: number): Promise<void> {
  let [taken, refused] = [0, 0]
  for (let round = 0; round < 20 && Math.min(taken, refused) === 0; round++) {
    const compared = await compare(operation, 40, seed + round)
    if (compared.differing.length > 0)
      throw new Error(
        `${operation.name} differs, seed ${seed + round}:\n${compared.differing.slice(0, 3).join('\n')}`,
      )
    taken += compared.taken
    refused += compared.refused
  }
  if (Math.min(taken, refused) === 0)
    throw new Error(`${operation.name}, seed ${seed}: ${taken} taken, ${refused} refused`)
}

it('takes what the document says, and refuses the rest, for every operation that is told something', async () => {
  const told = operationsOf(document).filter(
    (operation) => bodyOf(operation) !== undefined || queryOf(operation).length > 0,
  )
  expect(told.length).toBeGreaterThan(40)
  const { seed } = fc.readConfigureGlobal()
  for (const operation of told) await compareBoth(operation, seed ?? Date.now() | 0)
})

it.each([
  ['POST /users', '"maxLength":200', '"maxLength":201'],
  ['POST /users', '"maximum":5', '"maximum":6'],
  ['POST /users', '0-9a-fA-F', '0-9a-f'],
  ['POST /users', 'x00]', 'x01]'],
  ['POST /projects', '"exclusiveMinimum":0', '"minimum":0'],
  ['POST /projects', '"uniqueItems":true', '"uniqueItems":false'],
  ['POST /workflows', '"maxItems":0', '"maxItems":1'],
  ['PATCH /me', '"additionalProperties":false', '"additionalProperties":true'],
  ['GET /projects/{projectId}/queue/status', '"pending",', '"pending","waiting",'],
  ['POST /projects/{projectId}/queue/pause', '"required":false', '"required":true'],
])('notices a document of %s that has %s as %s', async (name, from, to) => {
  const text = JSON.stringify(document)
  expect(text).toContain(from)
  const told = operationsOf(JSON.parse(text.replaceAll(from, to)))
  const operation = told.find((each) => each.name === name)
  if (operation === undefined) throw new Error(`There is no ${name}`)
  let found = 0
  for (let tries = 0; tries < 30 && found === 0; tries++)
    found += (await compare(operation, 30, tries)).differing.length
  expect(found).toBeGreaterThan(0)
})

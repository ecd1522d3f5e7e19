import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'

export { aboutSchema, type DocumentSchema } from './about-schema.ts'

/** What is wrong with a value, or `undefined` if it is what a schema says. */
export type Check = (value: unknown) => string | undefined

/** Compiles schemas of JSON Schema 2020-12 as OpenAPI 3.1 and AsyncAPI 3 have them, strictly, formats included. `documents` are what they may refer to, by name. */
export function schemaChecks(documents: Readonly<Record<string, object>> = {}): (schema: object) => Check {
  const ajv = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false, allErrors: true })
  // A CommonJS module as Node's ES modules see it.
  ;(addFormats as unknown as typeof addFormats.default)(ajv)
  for (const [name, document] of Object.entries(documents)) ajv.addSchema(document, name)
  return (schema) => {
    const validate = ajv.compile(schema)
    return (value) => (validate(value) ? undefined : ajv.errorsText(validate.errors))
  }
}

/** What of an OpenAPI document says what answers are like. */
export interface DescribedAnswers {
  /** Of the first of them its path: what all paths lie below. */
  readonly servers: readonly { readonly url: string }[]
  readonly paths: Readonly<
    Record<
      string,
      Readonly<Record<string, { readonly responses: Readonly<Record<string, DescribedAnswer>> }>>
    >
  >
  readonly components?: { readonly schemas?: Readonly<Record<string, object>> }
}
interface DescribedAnswer {
  readonly content?: Readonly<Record<string, { readonly schema: object }>>
}

/** What the paths of a document lie below. */
export function serverOf({ servers: [server] }: Pick<DescribedAnswers, 'servers'>): string {
  return server === undefined || server.url === '/' ? '' : server.url
}

/** An answer as it came. */
export interface Answered {
  readonly method: string
  /** Its path, without the query. */
  readonly path: string
  readonly status: number
  readonly contentType: string | undefined
  /** Its text. */
  readonly body: string
}

const compiled = new Map<string, (schema: object) => Check>()

/** Compiles a schema once, however many documents have it beside the same ones. */
function checksOf({ schemas = {} }: DescribedAnswers['components'] = {}): (schema: object) => Check {
  const beside = withinDefs(schemas)
  const known = compiled.get(beside)
  if (known) return known
  const compile = schemaChecks({ [DOCUMENT]: { $defs: JSON.parse(beside) as object } })
  const byText = new Map<string, Check>()
  // To write the text of a schema for each answer took a tenth of a test of many calls.
  const bySchema = new WeakMap<object, Check>()
  const checks = (schema: object): Check => {
    const met = bySchema.get(schema)
    if (met) return met
    const text = withinDefs(schema)
    const check = byText.get(text) ?? compile(JSON.parse(text) as object)
    byText.set(text, check)
    bySchema.set(schema, check)
    return check
  }
  compiled.set(beside, checks)
  return checks
}

/** The name of what the schemas of a document stand in. */
const DOCUMENT = 'openapi.json'

/** The text of a schema that refers to others where JSON Schema has them, not where OpenAPI does. */
function withinDefs(schema: object): string {
  return JSON.stringify(schema).replaceAll('"#/components/schemas/', `"${DOCUMENT}#/$defs/`)
}

/**
 * Holds answers to an OpenAPI document: gives what is wrong with one, or `undefined`. An answer of an operation that the document does not
 * have is right only as a problem.
 */
export function answerChecks({
  servers,
  paths,
  components,
}: DescribedAnswers): (answered: Answered) => string | undefined {
  const base = serverOf({ servers })
  const checkOf = checksOf(components)
  const operations = Object.entries(paths).map(([path, methods]) => ({
    pattern: new RegExp(`^${(base + path).replaceAll(/[.]/g, '\\$&').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
    // Where two fit, the one with fewer parameters is meant.
    parameters: path.split('{').length,
    methods,
  }))
  operations.sort((one, other) => one.parameters - other.parameters)

  return ({ method, path, status, contentType = '', body }) => {
    if (method === 'OPTIONS') return undefined
    const asked = method === 'HEAD' ? 'get' : method.toLowerCase()
    const operation = operations.find(({ pattern, methods }) => pattern.test(path) && asked in methods)
    if (operation === undefined)
      return status >= 400 && contentType === 'application/problem+json' ? undefined : 'is not documented'
    const responses = operation.methods[asked]?.responses ?? {}
    const described = responses[status] ?? responses[`${Math.floor(status / 100)}XX`]
    if (described === undefined) return `the status ${status} is not documented`
    const [type = ''] = contentType.split(';')
    // Of lines and of a file's bytes there may be none.
    const mayBeEmpty = ['application/x-ndjson', 'application/octet-stream'].includes(type)
    if (body === '' && method !== 'HEAD' && described.content && !mayBeEmpty) return 'has no body'
    if (body === '') return undefined
    const media = described.content?.[type]
    if (media === undefined) return `the type ${type} is not documented`
    return checkOf(media.schema)(
      type.endsWith('json') && type !== 'application/x-ndjson' ? JSON.parse(body) : body,
    )
  }
}

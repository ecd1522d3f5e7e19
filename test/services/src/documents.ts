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
  readonly paths: Readonly<
    Record<
      string,
      Readonly<Record<string, { readonly responses: Readonly<Record<string, DescribedAnswer>> }>>
    >
  >
}
interface DescribedAnswer {
  readonly content?: Readonly<Record<string, { readonly schema: object }>>
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

let compileAnswer: ReturnType<typeof schemaChecks> | undefined
const byText = new Map<string, Check>()

/** Compiles a schema once, however many documents have it. */
function checkOf(schema: object): Check {
  const text = JSON.stringify(schema)
  compileAnswer ??= schemaChecks()
  const check = byText.get(text) ?? compileAnswer(schema)
  byText.set(text, check)
  return check
}

/**
 * Holds answers to an OpenAPI document: gives what is wrong with one, or `undefined`. An answer of an operation that the document does not
 * have is right only as a problem.
 */
export function answerChecks({ paths }: DescribedAnswers): (answered: Answered) => string | undefined {
  const operations = Object.entries(paths).map(([path, methods]) => ({
    pattern: new RegExp(`^${path.replaceAll(/[.]/g, '\\$&').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
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
    // Of lines there may be none.
    if (body === '' && method !== 'HEAD' && described.content && type !== 'application/x-ndjson')
      return 'has no body'
    if (body === '') return undefined
    const media = described.content?.[type]
    if (media === undefined) return `the type ${type} is not documented`
    return checkOf(media.schema)(
      type.endsWith('json') && type !== 'application/x-ndjson' ? JSON.parse(body) : body,
    )
  }
}

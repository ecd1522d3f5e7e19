import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { compile, type JSONSchema } from 'json-schema-to-typescript'

const DOCUMENT = new URL('../../transport-http/openapi.json', import.meta.url)
const SCHEMA: string = fileURLToPath(new URL('../src/api/schema.ts', import.meta.url))

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema?: JSONSchema }>>
}

interface Parameter {
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly schema: JSONSchema
}

interface Operation {
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: Content
  readonly responses: Readonly<Record<string, Content>>
}

/** The types of every call of the API, by `METHOD /path`, made of its document. */
export async function schemaText(): Promise<string> {
  const text = readFileSync(DOCUMENT, 'utf8').replaceAll('"#/components/schemas/', '"#/$defs/')
  const { paths, components } = JSON.parse(text) as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
    readonly components: { readonly schemas: Readonly<Record<string, JSONSchema>> }
  }
  const operations: Record<string, JSONSchema> = {}
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(methods))
      operations[`${method.toUpperCase()} ${path}`] = callOf(operation)
  }
  const $defs = Object.fromEntries(
    Object.entries(components.schemas).map(([name, schema]) => [name, plain(schema)]),
  )
  const types = await compile({ ...closed(operations), $defs }, 'Operations', {
    bannerComment: '// Written by `npm run console:schema` from the API’s own document.',
    additionalProperties: false,
    format: false,
    maxItems: 4,
    strictIndexSignatures: false,
    unreachableDefinitions: false,
  })
  return types.replaceAll('[k: string]: unknown | undefined', '[k: string]: unknown')
}

function callOf({ parameters = [], requestBody, responses }: Operation): JSONSchema {
  const inside = (place: string): JSONSchema | undefined => {
    const there = parameters.filter((parameter) => parameter.in === place)
    if (there.length === 0) return undefined
    const required = there.filter((parameter) => parameter.required).map(({ name }) => name)
    return closed(Object.fromEntries(there.map(({ name, schema }) => [name, plain(schema)])), required)
  }
  const answers = Object.entries(responses)
    .filter(([status]) => status.startsWith('2'))
    .map(([, { content = {} }]) => plain(content['application/json']?.schema ?? {}))
  const body = requestBody?.content?.['application/json']?.schema
  const params = inside('path')
  const query = inside('query')
  return closed({
    ...(params && { params }),
    ...(query && { query }),
    ...(body && { body: plain(body) }),
    answer: answers.length === 1 ? (answers[0] ?? {}) : { anyOf: answers },
  })
}

function closed(
  properties: Record<string, JSONSchema>,
  required: string[] = Object.keys(properties),
): JSONSchema {
  return { type: 'object', properties, required, additionalProperties: false }
}

/** Shapes alone: descriptions, titles and bounds make no type. */
function plain(schema: unknown): JSONSchema {
  if (Array.isArray(schema)) return schema.map(plain) as unknown as JSONSchema
  if (typeof schema !== 'object' || schema === null) return schema as JSONSchema
  const kept = Object.entries(schema).filter(
    ([key]) =>
      !['title', 'description', 'default', 'minItems', 'maxItems', 'pattern', 'examples'].includes(key),
  )
  return Object.fromEntries(
    kept.map(([key, value]) => [key, key === 'properties' ? members(value) : plain(value)]),
  )
}

/** Members may be called as keywords are. */
const members = (properties: unknown): unknown =>
  Object.fromEntries(Object.entries(properties as object).map(([name, schema]) => [name, plain(schema)]))

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) writeFileSync(SCHEMA, await schemaText())

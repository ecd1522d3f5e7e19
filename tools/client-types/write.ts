import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import openapiTypescript, { astToString, type OpenAPI3 } from 'openapi-typescript'

const DOCUMENT = new URL('../../packages/transport-http/openapi.json', import.meta.url)
/** Where the sources of the client lie. */
export const SOURCES: URL = new URL('../../packages/client/src/', import.meta.url)
const BANNER = '// Written by `npm run client:types` from the API’s own document.\n\n'

/** What says nothing to a reader, and makes a third of the text: there are no cookies, and literals show themselves. */
const NOISE =
  /^ *(\/\*\* @(enum|constant).*\*\/|\/\*\* Format: .*\*\/|cookie\?: never;|export type (webhooks|\$defs) = .*)\n/gm

interface Operation {
  readonly operationId: string
  readonly parameters?: readonly { readonly name: string; readonly in: string }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, object>> }
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Shape }>> }>
  >
}

interface Shape {
  readonly properties?: Readonly<Record<string, unknown>>
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

/** The files of the client that are made of the API's document, by name. */
export async function clientFiles(): Promise<Readonly<Record<string, string>>> {
  const text = readFileSync(DOCUMENT, 'utf8')
  const types = await openapiTypescript(JSON.parse(text) as OpenAPI3)
  return {
    'schema.ts': `${BANNER}${astToString(types).replaceAll(NOISE, '')}`,
    'operations.ts': operationsText(JSON.parse(text) as Document),
  }
}

/** What a call needs to know of its operation while it runs; its types say the rest. */
function operationsText({ paths }: Document): string {
  const entries = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      const { operationId, parameters = [], requestBody } = operation
      const has = (place: string, name?: string): boolean =>
        parameters.some((each) => each.in === place && (name === undefined || each.name === name))
      const said = {
        method: method.toUpperCase(),
        path,
        input: inputOf(requestBody, has('query')),
        answer: answerOf(operation, has('query', 'cursor')),
        keyed: has('header', 'Idempotency-Key'),
      }
      return `  ${operationId}: ${JSON.stringify(said)},`
    }),
  )
  return `${BANNER}/** Every operation of the API, by its id. */\nexport const OPERATIONS = {\n${entries.join('\n')}\n} as const\n`
}

function inputOf(body: Operation['requestBody'], hasQuery: boolean): 'body' | 'file' | 'query' | 'none' {
  if (body) return 'application/json' in body.content ? 'body' : 'file'
  return hasQuery ? 'query' : 'none'
}

function answerOf(
  { responses }: Operation,
  hasCursor: boolean,
): 'lines' | 'page' | 'text' | 'bytes' | 'json' | 'nothing' {
  const { content = {} } = Object.entries(responses).find(([status]) => status.startsWith('2'))?.[1] ?? {}
  if ('application/x-ndjson' in content) return 'lines'
  if ('application/json' in content || 'application/schema+json' in content)
    return hasCursor && content['application/json']?.schema.properties?.['nextCursor'] ? 'page' : 'json'
  if ('application/octet-stream' in content) return 'bytes'
  return Object.keys(content).length > 0 ? 'text' : 'nothing'
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  for (const [name, text] of Object.entries(await clientFiles()))
    writeFileSync(fileURLToPath(new URL(name, SOURCES)), text)

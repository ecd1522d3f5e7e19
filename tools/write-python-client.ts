import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'

const DOCUMENT = new URL('../packages/transport-http/openapi.json', import.meta.url)
/** Where the sources of the Python client lie. */
export const PYTHON_SOURCES: URL = new URL('../clients/python/src/muster_client/', import.meta.url)
const BANNER = 'Written by `npm run client:python` from the API’s own document.'

interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | Schema
}

interface Parameter {
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly schema: Schema
}

type Content = Readonly<Record<string, { readonly schema: Schema }>>

interface Operation {
  readonly operationId: string
  readonly summary: string
  readonly description?: string
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly required?: boolean; readonly content: Content }
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

const SCALARS: Readonly<Record<string, string>> = {
  string: 'str',
  integer: 'int',
  number: 'float',
  boolean: 'bool',
  null: 'None',
  array: 'list[t.Any]',
  object: 'dict[str, t.Any]',
}

/** Types of Python for schemas; each object gets a `TypedDict`, named by the place where it is met first. */
class Types {
  readonly #named = new Map<string, string>()
  readonly #texts = new Map<string, string>()

  get text(): string {
    const texts = [...this.#texts].sort(([one], [other]) => (one < other ? -1 : 1))
    return texts.map(([, text]) => text).join('\n')
  }

  /** Gives a component its own name, whichever has the same shape. */
  component(name: string, schema: Schema): void {
    if (schema.properties) this.#define(name, schema)
    else this.#texts.set(name, `${name}: t.TypeAlias = ${JSON.stringify(this.of(schema, `${name}_`))}\n`)
  }

  /** `name`: of the object, if it is one without a name yet. */
  of(schema: Schema, name: string): string {
    if (schema.$ref !== undefined) return schema.$ref.replace('#/components/schemas/', '')
    if (schema.const !== undefined) return `t.Literal[${literal(schema.const)}]`
    if (schema.enum) return `t.Literal[${schema.enum.map(literal).join(', ')}]`
    const kinds = schema.anyOf ?? schema.oneOf
    if (kinds) return union(kinds.map((kind, nth) => this.of(kind, nth === 0 ? name : `${name}${nth + 1}`)))
    if (Array.isArray(schema.type)) return union(schema.type.map((type: string) => SCALARS[type] ?? 't.Any'))
    if (schema.type === 'array' && schema.items) return `list[${this.of(schema.items, `${name}Item`)}]`
    if (schema.properties) return this.#object(name, schema)
    if (typeof schema.additionalProperties === 'object')
      return `dict[str, ${this.of(schema.additionalProperties, `${name}Value`)}]`
    return SCALARS[schema.type as string] ?? 't.Any'
  }

  #object(name: string, schema: Schema): string {
    const key = JSON.stringify(schema)
    const known = this.#named.get(key)
    if (known !== undefined) return known
    let free = name
    for (let nth = 2; this.#texts.has(free); nth++) free = `${name}_${nth}`
    this.#named.set(key, free)
    return this.#define(free, schema)
  }

  #define(name: string, { properties = {}, required = [] }: Schema): string {
    this.#texts.set(name, '')
    const members = Object.entries(properties).map(([member, schema]) => {
      const type = this.of(schema, `${name}${pascal(member)}`)
      // Checkers do not take a None alone.
      const given =
        type === 'None' ? 't.Literal[None]' : required.includes(member) ? type : `t.NotRequired[${type}]`
      return `        ${JSON.stringify(member)}: ${JSON.stringify(given)},\n`
    })
    this.#texts.set(name, `${name} = t.TypedDict(\n    "${name}",\n    {\n${members.join('')}    },\n)\n`)
    return name
  }
}

function union(types: readonly string[]): string {
  return types.includes('t.Any') ? 't.Any' : [...new Set(types)].join(' | ')
}

function literal(value: unknown): string {
  return value === true ? 'True' : value === false ? 'False' : value === null ? 'None' : JSON.stringify(value)
}

const pascal = (name: string): string =>
  name.replace(/(?:^|[^A-Za-z0-9]+)([A-Za-z0-9])/g, (_, first: string) => first.toUpperCase())
const snake = (name: string): string => name.replace(/(?<=[a-z0-9])([A-Z])/g, '_$1').toLowerCase()

function callOf(types: Types, path: string, method: string, operation: Operation): readonly [string, string] {
  const { operationId, summary, description, parameters = [], requestBody, responses } = operation
  const placed = (place: string): readonly Parameter[] => parameters.filter((each) => each.in === place)
  const name = pascal(operationId)
  const contents = Object.entries(responses).flatMap(([status, { content }]) =>
    status.startsWith('2') && content ? [content] : [],
  )
  const jsons = contents.flatMap(
    (content) => content['application/json'] ?? content['application/schema+json'] ?? [],
  )
  const hasCursor = placed('query').some((each) => each.name === 'cursor')
  const items = hasCursor ? jsons[0]?.schema.properties?.['items']?.items : undefined
  const isLines = contents[0]?.['application/x-ndjson'] !== undefined
  const [answer, type] = items
    ? ['page', `Listing[${types.of(items, `${name}Item`)}]`]
    : isLines
      ? ['lines', `t.Iterator[dict[str, t.Any]]`]
      : jsons.length > 0
        ? ['json', union(jsons.map(({ schema }) => types.of(schema, `${name}Answer`)))]
        : contents[0]?.['application/octet-stream'] !== undefined
          ? ['bytes', 't.Iterator[bytes]']
          : contents.length > 0
            ? ['text', 'str']
            : ['nothing', 'None']
  const body = requestBody?.content['application/json']?.schema
  const given = body ? 'body' : requestBody ? 'file' : 'none'
  const isKeyed = placed('header').some((each) => each.name === 'Idempotency-Key')
  const isMatched = placed('header').some((each) => each.name === 'If-Match')
  const query = placed('query').filter((each) => items === undefined || each.name !== 'cursor')
  const queryType = types.of(
    {
      type: 'object',
      properties: Object.fromEntries(query.map((each) => [each.name, each.schema])),
      required: query.filter((each) => each.required === true).map((each) => each.name),
    },
    `${name}Query`,
  )
  const isQueryNeeded = query.some((each) => each.required === true)
  const plain = [
    ...placed('path').map((each) => `${snake(each.name)}: str`),
    ...(body ? [`body: ${types.of(body, `${name}Body`)}`] : []),
    ...(given === 'file' ? ['file: bytes | str | t.IO[bytes]'] : []),
  ]
  const keywords = [
    ...(query.length > 0 ? [`query: ${queryType}${isQueryNeeded ? '' : ' | None = None'}`] : []),
    ...(isKeyed ? ['idempotency_key: str | None = None'] : []),
    ...(isMatched ? ['if_match: int | None = None'] : []),
  ]
  const inputs = ['self', ...plain, ...(keywords.length > 0 ? ['*', ...keywords] : [])].join(', ')
  const pathGiven = placed('path').map((each) => `"${each.name}": ${snake(each.name)}`)
  const passed = [
    `"${operationId}", {${pathGiven.join(', ')}}`,
    ...(body ? ['body'] : given === 'file' ? ['file'] : []),
    ...(query.length > 0 ? ['query=query'] : []),
    ...(isKeyed ? ['idempotency_key=idempotency_key'] : []),
    ...(isMatched ? ['if_match=if_match'] : []),
  ]
  const told = [summary, description].filter((part) => part !== undefined).join('.\n\n        ')
  const text = `    def ${snake(operationId)}(${inputs}) -> ${type}:\n        """${told.replaceAll('\\', '\\\\')}${told.endsWith('.') ? '' : '.'}"""\n        return self._call(${passed.join(', ')})\n`
  const row = `    "${operationId}": ("${method.toUpperCase()}", "${path}", "${given}", "${answer}", ${isKeyed ? 'True' : 'False'}),\n`
  return [text, row]
}

/** The files of the Python client that are made of the API's document, by name. */
export function pythonFiles(): Readonly<Record<string, string>> {
  const { paths, components } = JSON.parse(readFileSync(DOCUMENT, 'utf8')) as Document
  const types = new Types()
  for (const [name, schema] of Object.entries(components.schemas)) types.component(name, schema)
  const calls = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => callOf(types, path, method, operation)),
  )
  const table = `#: Every operation by its id: method, path, what it takes, what kind of answer it gives, and whether it takes an Idempotency-Key.\nOPERATIONS: dict[str, tuple[str, str, str, str, bool]] = {\n${calls.map(([, row]) => row).join('')}}\n`
  return {
    'types.py': `"""The types of what the API takes and gives. ${BANNER}"""\n\nfrom __future__ import annotations\n\nimport typing as t\n\n${types.text}`,
    'operations.py': `# mypy: disable-error-code="no-any-return"\n"""Every operation of the API. ${BANNER}"""\n\nfrom __future__ import annotations\n\nimport typing as t\n\nif t.TYPE_CHECKING:\n    from .client import Listing\n    from .types import *\n\n${table}\n\nclass Calls:\n    """Every operation of the API as a call."""\n\n    def _call(self, operation: str, path: t.Mapping[str, str], body: t.Any = None, query: t.Mapping[str, t.Any] | None = None, idempotency_key: str | None = None, if_match: int | None = None) -> t.Any:\n        raise NotImplementedError\n\n${calls.map(([text]) => text).join('\n')}`,
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  for (const [name, text] of Object.entries(pythonFiles()))
    writeFileSync(fileURLToPath(new URL(name, PYTHON_SOURCES)), text)

import fc from 'fast-check'
import { PLACE } from './any-request.test.support.ts'
import { nearSchema, type Schema } from './near-schema.test.support.ts'

interface TypeRef {
  readonly kind: string
  readonly name: string | null
  readonly ofType: TypeRef | null
}
interface Input {
  readonly name: string
  readonly type: TypeRef
}
interface Field extends Input {
  readonly args: readonly Input[]
}

/** What a schema tells of itself. */
export interface Introspection {
  readonly __schema: {
    readonly queryType: { readonly name: string }
    readonly mutationType: { readonly name: string }
    readonly types: readonly {
      readonly kind: string
      readonly name: string
      readonly fields: readonly Field[] | null
      readonly inputFields: readonly Input[] | null
      readonly enumValues: readonly { readonly name: string }[] | null
      readonly possibleTypes: readonly { readonly name: string }[] | null
    }[]
  }
}

/** The least that says what documents may ask. */
export const INTROSPECTION = `{ __schema { queryType { name } mutationType { name } types { kind name
  fields { name type { ...T } args { name type { ...T } } } inputFields { name type { ...T } } enumValues { name } possibleTypes { name } } } }
fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }`

/** A field that an operation can begin with. */
export interface RootField extends Field {
  readonly kind: 'query' | 'mutation'
}

export function fieldsOf({ __schema }: Introspection): RootField[] {
  return (['query', 'mutation'] as const).flatMap((kind) => {
    const root = __schema[`${kind}Type`].name
    const fields = __schema.types.find(({ name }) => name === root)?.fields ?? []
    return fields.map((field) => ({ ...field, kind }))
  })
}

/** What is no document, or no request for one. */
export const NO_DOCUMENTS: readonly object[] = [
  {},
  [],
  [{ query: '{ __typename }' }],
  { query: null },
  { query: 7 },
  { query: '' },
  { query: '{' },
  { query: '\u0000' },
  { query: '{ __proto__ }' },
  { query: '{ __typename', variables: 'x' },
  { query: '{ __typename }', operationName: 'other' },
  { query: '{ __typename }', extensions: [] },
  { query: `{ ${'a: __typename '.repeat(20_000)} }` },
  { query: `${'{ node(id: "x") '.repeat(2_000)}${'}'.repeat(2_000)}` },
  { query: 'query q { ...f } fragment f on Query { ...f }' },
  { query: 'query q($a: Nothing!) { __typename }', variables: { a: 1 } },
  { query: 'subscription { myEvents(after: "x") { __typename } }' },
]

interface Document {
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
  readonly token: string | undefined
}

/** Documents that near enough fit the field, from somebody with one of the tokens. */
export function documents(
  field: RootField,
  { __schema }: Introspection,
  tokens: readonly string[],
): fc.Arbitrary<Document> {
  const typeOf = (name: string | null) => __schema.types.find((type) => type.name === name)
  const values = fc.tuple(
    ...field.args.map(({ name, type }) =>
      fc.oneof(
        { weight: 20, arbitrary: valueFor(type, name) },
        { weight: 1, arbitrary: nearSchema({}, KNOWN) },
        { weight: type.kind === 'NON_NULL' ? 1 : 8, arbitrary: fc.constant(undefined) },
      ),
    ),
  )
  const declared = field.args.map(({ name, type }) => `$${name}: ${textOf(type)}`).join(', ')
  const given = field.args.map(({ name }) => `${name}: $${name}`).join(', ')
  const query = `${field.kind} any${declared && `(${declared})`} { ${field.name}${given && `(${given})`} ${selection(field.type, 2)} }`
  return fc
    .record({
      values,
      token: fc.oneof(
        { weight: 5, arbitrary: fc.constant(tokens[0]) },
        { weight: 2, arbitrary: fc.constantFrom(...tokens) },
      ),
    })
    .map(({ values: all, token }) => ({
      query,
      token,
      variables: Object.fromEntries(field.args.map(({ name }, place) => [name, all[place]])),
    }))

  /** Everything that can be asked without arguments, so deep. */
  function selection(type: TypeRef, deep: number): string {
    const named = typeOf(nameOf(type))
    if (named?.possibleTypes) {
      return `{ __typename ${named.possibleTypes.map(({ name }) => `... on ${name} { __typename }`).join(' ')} }`
    }
    if (!named?.fields) return ''
    const asked = named.fields
      .filter(({ args }) => args.every(({ type: { kind } }) => kind !== 'NON_NULL'))
      .filter(({ type: inner }) => deep > 0 || !typeOf(nameOf(inner))?.fields)
      .map(({ name, type: inner }) => `${name} ${selection(inner, deep - 1)}`)
    return `{ __typename ${asked.join(' ')} }`
  }

  function valueFor(type: TypeRef, name: string): fc.Arbitrary<unknown> {
    if (type.kind === 'NON_NULL' && type.ofType) return valueFor(type.ofType, name)
    if (type.kind === 'LIST' && type.ofType) return fc.array(valueFor(type.ofType, name), { maxLength: 3 })
    const named = typeOf(type.name)
    if (named?.enumValues) return fc.constantFrom(...named.enumValues.map((value) => value.name))
    if (named?.inputFields) {
      const inputs = named.inputFields.map((input) => {
        const required = input.type.kind === 'NON_NULL'
        return fc.tuple(
          fc.constant(input.name),
          fc.option(valueFor(input.type, input.name), { nil: undefined, freq: required ? 20 : 1 }),
        )
      })
      return fc
        .tuple(...inputs)
        .map((pairs) => Object.fromEntries(pairs.filter(([, value]) => value !== undefined)))
    }
    return nearSchema(SCALARS[type.name ?? ''] ?? {}, { ...KNOWN, id: ownId(field) }, name)
  }
}

const SCALARS: Readonly<Record<string, Schema>> = {
  ID: { type: 'string', pattern: '[0-9a-f]{8}' },
  Int: { type: 'integer', minimum: -(2 ** 31), maximum: 2 ** 31 - 1 },
  Float: { type: 'number' },
  Boolean: { type: 'boolean' },
  String: { type: 'string', maxLength: 200 },
}

/** What arguments could mean by their names. */
const KNOWN = { ...PLACE, type: 'stub:probe', strategy: 'round_robin', payload: {} }

/** The thing that `id` names in this field. */
function ownId({ name }: Field): string | undefined {
  const kind = ['assignment', 'run', 'queueItem', 'task'].find((word) =>
    name.toLowerCase().endsWith(word.toLowerCase()),
  )
  return PLACE[`${kind === 'queueItem' ? 'item' : (kind ?? 'definition')}Id`]
}

function nameOf(type: TypeRef): string | null {
  return type.ofType ? nameOf(type.ofType) : type.name
}

function textOf({ kind, name, ofType }: TypeRef): string {
  if (kind === 'NON_NULL' && ofType) return `${textOf(ofType)}!`
  if (kind === 'LIST' && ofType) return `[${textOf(ofType)}]`
  return name ?? ''
}

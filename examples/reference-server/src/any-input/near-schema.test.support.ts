import fc from 'fast-check'

/** What of JSON Schema the served documents use. */
export interface Schema {
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: Schema | boolean
  readonly items?: Schema | false
  readonly prefixItems?: readonly Schema[]
  readonly pattern?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
}

const DEEP = JSON.parse(`${'['.repeat(70)}${']'.repeat(70)}`) as unknown

/** What a careless or hostile caller puts where something else belongs. */
const ODD_TEXT = [
  ['', ' ', '\n', '\u0000', 'a\u0000b', '\ud800', '\udfff', '\ufeff', '\u202e', '🦊', 'é', 'null', 'NaN'],
  ['__proto__', 'constructor', 'toString', '%', '%00', '../..', "'; drop table jobs; --", '{{7*7}}', '-0'],
  ['2024-02-30', '9'.repeat(40), 'x'.repeat(201), 'x'.repeat(70_000), '00000000-0000-0000-0000-000000000000'],
].flat()
const ODD_NUMBERS = [
  0,
  -0,
  -1,
  1.5,
  1e-320,
  1e308,
  -1e308,
  2 ** 31,
  -(2 ** 31) - 1,
  2 ** 53,
  2 ** 63,
  1001,
  5e9,
]
const ODD = [null, true, false, [], {}, [[]], [null], { '': 0 }, { toString: 1 }, DEEP]

const oddText = fc.constantFrom(...ODD_TEXT)
const oddNumber = fc.constantFrom(...ODD_NUMBERS)
const odd: fc.Arbitrary<unknown> = fc.oneof(fc.constantFrom<unknown>(...ODD), oddText, oddNumber)
const anyJson = fc.oneof(
  { weight: 4, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  { weight: 1, arbitrary: odd },
)

/** Ids and values that exist, for fields that could mean them. */
export type Known = Readonly<Record<string, unknown>>

/** Values that `schema` takes, and such as it nearly takes; `field` is where it stands, and `known` what exists by the name of the field. */
export function nearSchema(schema: Schema, known: Known, field = ''): fc.Arbitrary<unknown> {
  const right = known[field]
  return fc.oneof(
    { weight: 14, arbitrary: meant(schema, known) },
    { weight: right === undefined ? 0 : 40, arbitrary: fc.constant(right) },
    { weight: 1, arbitrary: odd },
  )
}

function meant(schema: Schema, known: Known): fc.Arbitrary<unknown> {
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum)
  const either = schema.anyOf ?? (schema.properties ? undefined : schema.oneOf)
  if (either !== undefined) return fc.oneof(...either.map((one) => meant(one, known)))
  const types = [schema.type ?? []].flat()
  return types.length === 0 ? anyJson : fc.oneof(...types.map((type) => meantAs(type, schema, known)))
}

function meantAs(type: string, schema: Schema, known: Known): fc.Arbitrary<unknown> {
  switch (type) {
    case 'object':
      return objectNear(schema, known)
    case 'array':
      return arrayNear(schema, known)
    case 'string':
      return textNear(schema, known)
    case 'integer':
    case 'number':
      return numberNear(schema)
    case 'boolean':
      return fc.boolean()
    default:
      return fc.constant(null)
  }
}

function objectNear({ properties = {}, required = [], additionalProperties }: Schema, known: Known) {
  const fields = Object.entries(properties).map(([name, schema]) =>
    fc.tuple(
      fc.constant(name),
      // What is required is left out now and then.
      fc.option(nearSchema(schema, known, name), { nil: undefined, freq: required.includes(name) ? 20 : 1 }),
    ),
  )
  const others =
    typeof additionalProperties === 'object'
      ? fc.array(fc.tuple(fc.oneof(fc.string(), oddText), nearSchema(additionalProperties, known)), {
          maxLength: 3,
        })
      : fc.oneof(
          { weight: 20, arbitrary: fc.constant([]) },
          { weight: 1, arbitrary: fc.array(fc.tuple(oddText, odd), { minLength: 1, maxLength: 1 }) },
        )
  return fc
    .tuple(fc.tuple(...fields), others)
    .map(([named, unknown]) =>
      Object.fromEntries([...named, ...unknown].filter(([, value]) => value !== undefined)),
    )
}

function arrayNear({ prefixItems, items }: Schema, known: Known): fc.Arbitrary<unknown> {
  if (prefixItems !== undefined) return fc.tuple(...prefixItems.map((item) => nearSchema(item, known)))
  return fc.array(nearSchema(items || {}, known), { maxLength: 4 })
}

function textNear({ pattern, minLength = 0, maxLength = 50 }: Schema, known: Known) {
  if (pattern?.includes('{12}')) return fc.oneof(fc.constantFrom(...idsOf(known)), fc.uuid())
  if (pattern?.includes('x00') === false) return fc.oneof(fc.stringMatching(new RegExp(pattern)), oddText)
  return fc.oneof(
    fc.string({ unit: 'grapheme', minLength, maxLength: Math.min(maxLength, 12) }),
    fc.constantFrom('annotation', 'de', '\u{1f98a}'.repeat(maxLength), 'x'.repeat(maxLength + 1)),
    oddText,
  )
}

function idsOf(known: Known): string[] {
  return Object.values(known).filter(
    (value): value is string => typeof value === 'string' && value.length === 36,
  )
}

function numberNear({ minimum = -1000, maximum = 1000 }: Schema): fc.Arbitrary<number> {
  return fc.oneof(
    fc.integer({
      min: Math.ceil(Math.max(minimum, -(2 ** 31))),
      max: Math.floor(Math.min(maximum, 2 ** 31)),
    }),
    fc.constantFrom(minimum, maximum, minimum - 1, maximum + 1, (minimum + maximum) / 2),
    oddNumber,
  )
}

/** As text in a query or a path, and what nobody would write there. */
export function nearText(schema: Schema, known: Known, field = ''): fc.Arbitrary<string> {
  const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))
  return nearSchema(schema, known, field).map((value) =>
    Array.isArray(value) ? value.map(textOf).join(',') : textOf(value),
  )
}

import fc from 'fast-check'

/** What of JSON Schema 2020-12 the documents use. */
export interface DocumentSchema {
  readonly type?: string | readonly string[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly DocumentSchema[]
  readonly oneOf?: readonly DocumentSchema[]
  readonly properties?: Readonly<Record<string, DocumentSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: DocumentSchema | boolean
  readonly propertyNames?: DocumentSchema
  readonly items?: DocumentSchema
  readonly minItems?: number
  readonly maxItems?: number
  readonly uniqueItems?: boolean
  readonly pattern?: string
  readonly format?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly exclusiveMaximum?: number
}

/** Among values that do not keep to their schema: how many places keep to it, for one that does not. */
const KEEPING = 16

const UUID = '0190cbb0-0000-7000-8000-00000000abcd'

/** Texts that one who reads a pattern or a format otherwise takes for others: case, ends of lines, forms of ids. */
const ODD = [
  '',
  ' ',
  '\n',
  '\u0000',
  'a\u0000',
  'e\u0301',
  '\u{1f98a}',
  'null',
  '1',
  '-',
  '/',
  '~',
  '/~1~0',
  '/~2',
  'a\n',
  '\u00df',
]
const ODD_IDS = [
  UUID,
  UUID.toUpperCase(),
  `${UUID}\n`,
  ` ${UUID}`,
  `urn:uuid:${UUID}`,
  `{${UUID}}`,
  UUID.replaceAll('-', ''),
  UUID.replace('b', 'g'),
  '00000000-0000-0000-0000-000000000000',
  'ffffffff-ffff-ffff-ffff-ffffffffffff',
]
const ODD_NUMBERS = [0, -0, 1, -1, 0.5, 1.5, 1e-7, 5e-324, 2 ** 31 - 1, 2 ** 31, 2 ** 53 - 1, 2 ** 53, 1e15]

/** How values are to be: all as their schema says, or here and there beside it. */
type Mode = 'fitting' | 'near'

/**
 * Values at the limits of a schema and about them: as long as may be and one longer, in characters of one and of two units; numbers at the bounds
 * and beside them; what is required left out, what is not known put in. Half of them are meant to fit. No text has a lone surrogate.
 */
export function aboutSchema(schema: DocumentSchema): fc.Arbitrary<unknown> {
  return fc.oneof(values(schema, 'fitting'), values(schema, 'near'))
}

function values(schema: DocumentSchema, mode: Mode): fc.Arbitrary<unknown> {
  if (mode === 'fitting') return meant(schema, mode)
  return fc.oneof(
    { weight: KEEPING, arbitrary: meant(schema, mode) },
    { weight: 1, arbitrary: fc.constantFrom<unknown>(null, true, 0, '', [], {}, [null], ...ODD_NUMBERS) },
  )
}

function meant(schema: DocumentSchema, mode: Mode): fc.Arbitrary<unknown> {
  const { anyOf, oneOf, ...rest } = schema
  if ('const' in rest) return fc.constant(rest.const)
  if (rest.enum !== undefined) {
    const odd = mode === 'near' ? [String(rest.enum[0]).toUpperCase(), `${String(rest.enum[0])} `] : []
    return fc.constantFrom(...rest.enum, ...odd)
  }
  const either = anyOf ?? oneOf
  if (either !== undefined) return fc.oneof(...either.map((one) => meant(both(rest, one), mode)))
  const types = [rest.type ?? []].flat()
  return types.length === 0
    ? fc.jsonValue({ maxDepth: 2 })
    : fc.oneof(...types.map((type) => meantAs(type, rest, mode)))
}

/** A schema that says what both say; the second is the narrower if they say it of the same. */
function both(one: DocumentSchema, other: DocumentSchema): DocumentSchema {
  if (one.anyOf !== undefined && other.type !== undefined && one.type === undefined) {
    const { anyOf, ...rest } = one
    const fitting = anyOf.find(({ type }) => type === other.type)
    return { ...rest, ...fitting, ...other }
  }
  const names = Object.keys({ ...one.properties, ...other.properties })
  const properties = names.map((name) => [
    name,
    both(one.properties?.[name] ?? {}, other.properties?.[name] ?? {}),
  ])
  return {
    ...one,
    ...other,
    ...(names.length > 0 && { properties: Object.fromEntries(properties) }),
    ...(one.required && other.required && { required: [...one.required, ...other.required] }),
  }
}

function meantAs(type: string, schema: DocumentSchema, mode: Mode): fc.Arbitrary<unknown> {
  switch (type) {
    case 'object':
      return objects(schema, mode)
    case 'array':
      return arrays(schema, mode)
    case 'string':
      return texts(schema, mode)
    case 'integer':
    case 'number':
      return numbers(schema, mode)
    case 'boolean':
      return fc.boolean()
    default:
      return fc.constant(null)
  }
}

function objects(
  { properties = {}, required = [], additionalProperties, propertyNames = {} }: DocumentSchema,
  mode: Mode,
): fc.Arbitrary<unknown> {
  const isNear = mode === 'near'
  const fields = Object.entries(properties).map(([name, schema]) => {
    const value = values(schema, mode)
    const isKept = required.includes(name)
    return fc.tuple(
      fc.constant(name),
      isKept && !isNear ? value : fc.option(value, { nil: undefined, freq: isKept ? KEEPING : 2 }),
    )
  })
  const others =
    typeof additionalProperties === 'object'
      ? fc.array(fc.tuple(texts(propertyNames, mode), values(additionalProperties, mode)), { maxLength: 3 })
      : fc.constant<(readonly [string, unknown])[]>([])
  const unasked = fields.length === 0 ? KEEPING : 1
  const unknown = fc.oneof(
    { weight: KEEPING, arbitrary: others },
    { weight: isNear ? unasked : 0, arbitrary: fc.constant([['more', 1] as const]) },
  )
  return fc
    .tuple(fc.tuple(...fields), unknown)
    .map(([named, more]) =>
      Object.fromEntries([...named, ...more].filter(([, value]) => value !== undefined)),
    )
}

function arrays(
  { items = {}, minItems = 0, maxItems = 3, uniqueItems }: DocumentSchema,
  mode: Mode,
): fc.Arbitrary<unknown> {
  const most = Math.min(maxItems, minItems + 2)
  const some = { minLength: minItems, maxLength: most }
  const few = uniqueItems ? fc.uniqueArray(values(items, mode), some) : fc.array(values(items, mode), some)
  // Long lists repeat one item: what is about their length need not be about what is in them.
  const lengths = mode === 'near' ? [minItems - 1, minItems, maxItems, maxItems + 1] : [minItems, maxItems]
  const possible = lengths.filter((length) => length >= 0 && length <= 1001)
  const filled = fc
    .tuple(fc.constantFrom(...possible), meant(items, 'fitting'))
    .map(([length, one]) => Array.from({ length }, (_, place) => distinct(one, uniqueItems ? place : 0)))
  return fc.oneof(
    { weight: 6, arbitrary: few },
    { weight: 1, arbitrary: filled },
    {
      weight: mode === 'near' ? 1 : 0,
      arbitrary: few.map((list) => [...list, ...list.slice(0, 1)]),
    },
  )
}

function distinct(one: unknown, place: number): unknown {
  return typeof one === 'string' && place > 0 ? `x${place}` : one
}

/** Any character but half of a pair. fast-check's `'binary'`, which means the same, makes a table of a million first. */
const CHARACTER = fc
  .nat({ max: 0x10ffff })
  .map((codePoint) => String.fromCodePoint(codePoint))
  .filter((character) => character.isWellFormed())

const UNITS = ['x', '\u{1f98a}', '\u{10ffff}', 'e\u0301', '/', 'A-']

function texts(
  { pattern, format, minLength = 0, maxLength = 40 }: DocumentSchema,
  mode: Mode,
): fc.Arbitrary<string> {
  const isNear = mode === 'near'
  const form = pattern === undefined ? undefined : new RegExp(pattern, 'u')
  const isId = format === 'uuid' || /^\^\[0-9a-f(A-F)?\]\{8\}/.test(pattern ?? '')
  const beside = isNear ? [minLength - 1, maxLength + 1] : []
  const lengths = [minLength, maxLength - 1, maxLength, ...beside].filter((length) => length >= 0)
  const filled = fc
    .tuple(fc.constantFrom(...lengths), fc.constantFrom(...UNITS))
    .map(([length, unit]) => Array.from(unit.repeat(length)).slice(0, length).join(''))
  const plain = isId ? [UUID, UUID.toUpperCase(), UUID.replace('0190', 'aFfF')] : ['de', 'x', 'label']
  const odd = isId ? ODD_IDS : ODD
  const text = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...plain) },
    { weight: isId ? 0 : 4, arbitrary: form === undefined ? fc.string() : matching(form) },
    { weight: 4, arbitrary: filled },
    { weight: isNear ? 2 : 0, arbitrary: fc.constantFrom(...odd) },
    { weight: isNear ? 1 : 0, arbitrary: fc.string({ unit: CHARACTER, maxLength: 6 }) },
  )
  if (isNear) return text
  return text.filter((value) => {
    const { length } = Array.from(value)
    return length >= minLength && length <= maxLength && form?.test(value) !== false
  })
}

const byPattern = new Map<string, fc.Arbitrary<string>>()

/** Texts of a pattern. They are costly to prepare, and few patterns stand in many places. */
function matching(form: RegExp): fc.Arbitrary<string> {
  const known = byPattern.get(form.source) ?? fc.stringMatching(form, { size: 'xsmall' })
  byPattern.set(form.source, known)
  return known
}

function numbers(
  { type, minimum, maximum, exclusiveMinimum, exclusiveMaximum }: DocumentSchema,
  mode: Mode,
): fc.Arbitrary<number> {
  const least = minimum ?? exclusiveMinimum ?? -1000
  const most = maximum ?? exclusiveMaximum ?? 1000
  const within =
    type === 'integer'
      ? fc.integer({ min: Math.ceil(least), max: Math.floor(most) })
      : fc.double({
          min: least,
          max: most,
          noNaN: true,
          minExcluded: exclusiveMinimum !== undefined,
          maxExcluded: exclusiveMaximum !== undefined,
        })
  const bounds = [minimum, maximum].filter((bound) => bound !== undefined)
  const beside = [least, most].flatMap((bound) => [bound, bound - 1, bound + 1, bound - 1e-6, bound + 1e-6])
  return fc.oneof(
    { weight: 6, arbitrary: within },
    ...bounds.map((bound) => ({ weight: 1, arbitrary: fc.constant(bound) })),
    { weight: mode === 'near' ? 3 : 0, arbitrary: fc.constantFrom(...beside, ...ODD_NUMBERS) },
  )
}

import { type Issue, type Json, pathOf } from '../json/json.ts'
import { FORM_LIMITS, RESULT_LIMITS } from './form.ts'
import { patternFault, patternSize } from './pattern.ts'

/** A JSON Schema of the keywords that a question of type `json` may use. */
type Schema = { readonly [keyword: string]: Json }

const MOST_BYTES = 16 * 1024
const MOST_DEEP = 8
const TYPES = ['null', 'boolean', 'object', 'array', 'number', 'string', 'integer']
/** Steps that one answer may cost: some 50 ms. */
const MOST_STEPS = 500_000

const isObject = (value: Json | undefined): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isList = (value: Json): value is readonly Json[] => Array.isArray(value)
const isNumber = (value: Json): value is number => typeof value === 'number'
const isCount = (value: Json): boolean => isNumber(value) && Number.isInteger(value) && value >= 0
const isText = (value: Json): boolean => typeof value === 'string'
const areNames = (value: Json): boolean =>
  isList(value) && value.every(isText) && new Set(value).size === value.length

/** The type of each keyword's value, but of those that hold schemas. */
const KEYWORDS: Readonly<Record<string, readonly [is: (value: Json) => boolean, rule: string]>> = {
  type: [
    (value) =>
      TYPES.includes(value as string) ||
      (isList(value) &&
        value.length > 0 &&
        areNames(value) &&
        value.every((one) => TYPES.includes(one as string))),
    `must be one or several of ${TYPES.join(', ')}`,
  ],
  enum: [(value) => isList(value) && value.length > 0, 'must be an array that is not empty'],
  const: [() => true, ''],
  required: [areNames, 'must be an array of names, each once'],
  minItems: [isCount, 'must be a whole number from 0'],
  maxItems: [isCount, 'must be a whole number from 0'],
  minLength: [isCount, 'must be a whole number from 0'],
  maxLength: [isCount, 'must be a whole number from 0'],
  uniqueItems: [(value) => typeof value === 'boolean', 'must be true or false'],
  minimum: [isNumber, 'must be a number'],
  maximum: [isNumber, 'must be a number'],
  exclusiveMinimum: [isNumber, 'must be a number'],
  exclusiveMaximum: [isNumber, 'must be a number'],
  multipleOf: [(value) => isNumber(value) && value > 0, 'must be a number greater than 0'],
  pattern: [isText, 'must be text'],
  title: [isText, 'must be text'],
  description: [isText, 'must be text'],
}
const ONE_SCHEMA = ['additionalProperties', 'items', 'not']
const SCHEMAS = ['prefixItems', 'anyOf', 'allOf']

/** Everything that keeps a schema from being the one of a question: keywords, their values, its size, and what an answer may cost. */
export function schemaFaults(schema: Schema, at: readonly PropertyKey[]): Issue[] {
  if (new TextEncoder().encode(JSON.stringify(schema)).length > MOST_BYTES)
    return [{ path: pathOf(at), rule: 'tooLong', message: 'must be at most 16 KiB of JSON' }]
  const issues: Issue[] = []
  look(schema, at, 1, issues)
  if (issues.length === 0 && costOf(schema, 1) > MOST_STEPS) {
    const message = 'may take too long to check: bound its arrays by maxItems, and its patterns by maxLength'
    issues.push({ path: pathOf(at), rule: 'tooCostly', message })
  }
  return issues
}

function look(schema: Json, at: readonly PropertyKey[], depth: number, issues: Issue[]): void {
  const refuse = (rule: string, message: string, ...more: PropertyKey[]): void => {
    issues.push({ path: pathOf([...at, ...more]), rule, message })
  }
  if (typeof schema === 'boolean') return
  if (!isObject(schema)) {
    refuse('type', 'must be a schema: an object, true or false')
    return
  }
  if (depth > MOST_DEEP) {
    refuse('tooDeep', `must not be nested deeper than ${MOST_DEEP} schemas`)
    return
  }
  for (const [keyword, value] of Object.entries(schema)) {
    const known = Object.hasOwn(KEYWORDS, keyword) ? KEYWORDS[keyword] : undefined
    if (known !== undefined) {
      if (!known[0](value)) refuse('type', known[1], keyword)
    } else if (ONE_SCHEMA.includes(keyword)) {
      look(value, [...at, keyword], depth + 1, issues)
    } else if (SCHEMAS.includes(keyword)) {
      if (!isList(value) || value.length === 0) refuse('type', 'must be an array of schemas', keyword)
      else for (const [place, one] of value.entries()) look(one, [...at, keyword, place], depth + 1, issues)
    } else if (keyword === 'properties') {
      if (!isObject(value)) refuse('type', 'must be an object of schemas', keyword)
      else
        for (const [name, one] of Object.entries(value)) look(one, [...at, keyword, name], depth + 1, issues)
    } else {
      refuse('unknownField', 'is no keyword that the schema of a question may use', keyword)
    }
  }
  if (Object.hasOwn(isObject(schema['properties']) ? schema['properties'] : {}, '__proto__'))
    refuse('unknownField', 'must not be named __proto__', 'properties')
  const { pattern, maxLength } = schema
  if (typeof pattern !== 'string') return
  const fault =
    pattern.length > FORM_LIMITS.pattern
      ? `must have at most ${FORM_LIMITS.pattern} characters`
      : patternFault(pattern)
  if (fault !== undefined) refuse('pattern', fault, 'pattern')
  if (typeof maxLength !== 'number' || maxLength > FORM_LIMITS.patterned)
    refuse('pattern', `needs a maxLength of at most ${FORM_LIMITS.patterned} beside it`, 'pattern')
}

/** How many steps a check of `many` values by the schema may take. */
function costOf(schema: Json, many: number): number {
  if (!isObject(schema)) return 0
  const times = Math.min(many, RESULT_LIMITS.values)
  const { properties, pattern, maxLength, maxItems, uniqueItems, items, enum: values } = schema
  const length = Math.min(
    typeof maxItems === 'number' ? maxItems : Number.POSITIVE_INFINITY,
    RESULT_LIMITS.items,
  )
  let steps = times
  if (isList(values ?? null)) steps += (times * (values as readonly Json[]).length) / 8
  if (typeof pattern === 'string' && typeof maxLength === 'number')
    steps += (times * patternSize(pattern) * maxLength) / 4
  if (uniqueItems === true && !isScalar(items))
    steps += (Math.max(times, RESULT_LIMITS.values / Math.max(length, 1)) * length ** 2) / 2
  const inside = (one: Json | undefined, factor: number): void => {
    if (one !== undefined) steps += costOf(one, times * factor)
  }
  for (const one of Object.values(isObject(properties) ? properties : {})) inside(one, 1)
  inside(schema['additionalProperties'], RESULT_LIMITS.items)
  inside(items, length)
  inside(schema['not'], 1)
  for (const keyword of SCHEMAS) {
    const list = schema[keyword]
    if (list !== undefined && isList(list)) for (const one of list) inside(one, 1)
  }
  return steps
}

/** Whether items are all of one scalar type, so that repeats are found in one pass. */
function isScalar(items: Json | undefined): boolean {
  const type = isObject(items) ? items['type'] : undefined
  return typeof type === 'string' && type !== 'object' && type !== 'array'
}

import type { ReadOptions } from './record.ts'

/** Whether a value is what an option takes, and the rule in words. */
type Rule = readonly [holds: (value: unknown) => boolean, rule: string]

const isText: Rule = [(value) => typeof value === 'string' && value !== '', 'must be text']
const isFlag: Rule = [(value) => typeof value === 'boolean', 'must be true or false']
const isObject: Rule = [
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'must be an object',
]
const isCount: Rule = [
  (value) => Number.isSafeInteger(value) && (value as number) > 0,
  'must be a whole number greater than 0',
]
const oneOf = (...values: readonly string[]): Rule => [
  (value) => values.includes(value as string),
  `must be one of ${values.join(', ')}`,
]

/** Each option of {@link ReadOptions}, and what it may be. */
const RULES: { readonly [Name in keyof Required<ReadOptions>]: Rule } = {
  encoding: oneOf('utf-8', 'utf-16le', 'utf-16be', 'windows-1252'),
  numbers: oneOf('refuse', 'string'),
  keepRest: isFlag,
  idFrom: isText,
  delimiter: [(value) => typeof value === 'string' && value.length === 1, 'must be one character'],
  types: isObject,
  decimal: oneOf('.', ','),
  nest: isFlag,
  offsets: oneOf('utf16', 'codepoint', 'grapheme'),
  models: isObject,
  model: isText,
  task: isText,
  transcript: isFlag,
  questions: isObject,
  classLabels: isObject,
  name: isText,
  split: isText,
  maxBytes: isCount,
  maxSeconds: isCount,
}

/** Longest name of a scenario or a model, in characters (code points). */
export const LONGEST_NAME = 200

/** Whether Muster takes the text as the name of a scenario or a model. */
export function isName(text: string): boolean {
  const { length } = Array.from(text)
  return length >= 1 && length <= LONGEST_NAME
}

const isTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.every((one) => typeof one === 'string')

/** Of options that are objects, the rule of each member. */
const MEMBERS: Readonly<Record<string, Rule>> = {
  models: [
    (value) => typeof value === 'string' && isName(value),
    `must be a name of 1 to ${LONGEST_NAME} characters`,
  ],
  types: oneOf('string', 'number', 'boolean', 'json'),
  classLabels: [isTexts, 'must be a list of texts'],
  questions: [
    (value) => {
      const { type, textAt = '', sides = [], ...others } = (value ?? {}) as Record<string, unknown>
      const isHint = typeof type === 'string' && typeof textAt === 'string' && isTexts(sides)
      return isHint && Object.keys(others).length === 0
    },
    'must be an object with type, and maybe textAt and sides',
  ],
}

/** The members of `options` that are no options of {@link ReadOptions}, or have a value that they do not take. */
export function optionFaults(options: unknown): { readonly path: string; readonly message: string }[] {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    return [{ path: '', message: 'must be an object' }]
  return Object.entries(options).flatMap(([path, value]) => {
    const rule = Object.hasOwn(RULES, path) ? RULES[path as keyof ReadOptions] : undefined
    if (rule === undefined) return { path, message: `must be one of ${Object.keys(RULES).join(', ')}` }
    const [holds, message] = rule
    if (!holds(value)) return { path, message }
    const member = MEMBERS[path]
    if (member === undefined) return []
    return Object.entries(value as object).flatMap(([name, one]) =>
      member[0](one) ? [] : { path: `${path}.${name}`, message: member[1] },
    )
  })
}

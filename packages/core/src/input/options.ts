import type { Issue } from '../json/json.ts'
import { nearestName } from './near-name.ts'
import { normalOrigin } from './origins.ts'

/** The rule of one option of a host, in words and as a question. */
export interface OptionRule {
  /** The words after "must be". */
  readonly rule: string
  readonly holds: (value: unknown) => boolean
  /** Not to be left out. */
  readonly needed?: true
  /** Says more of what is wrong than that the rule does not hold, with what is at fault. */
  readonly issue?: (value: unknown) => string | undefined
  /** The rules of the options inside it. */
  readonly inside?: Readonly<Record<string, OptionRule>>
}

type KeyOf<Options> = Options extends unknown ? keyof Options : never

/** A rule for each option there is, those of all members of a union. */
export type OptionRules<Options> = { readonly [Name in KeyOf<Options> & string]-?: OptionRule }

/** Of a list that has to say something: anything but the empty one. */
interface ListOf {
  readonly least?: number
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return (typeof value === 'object' && value !== null && !Array.isArray(value)) || typeof value === 'function'
}

function isOrigin(value: unknown): boolean {
  return typeof value === 'string' && normalOrigin(value) !== undefined
}

/** The rules that options are made of. */
export const option = {
  /** A whole number within bounds. */
  whole: (least: number, most: number = Number.MAX_SAFE_INTEGER): OptionRule => ({
    rule:
      most === Number.MAX_SAFE_INTEGER
        ? `a whole number from ${least} up`
        : `a whole number from ${least} to ${most}`,
    holds: (value) => Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most,
  }),
  /** A number within bounds. */
  number: (least: number, most: number): OptionRule => ({
    rule: `a number from ${least} to ${most}`,
    holds: (value) => typeof value === 'number' && value >= least && value <= most,
  }),
  flag: { rule: 'true or false', holds: (value) => typeof value === 'boolean' },
  text: { rule: 'a text that is not empty', holds: (value) => typeof value === 'string' && value !== '' },
  /** Empty too, such as a path that is none. */
  anyText: { rule: 'a text', holds: (value) => typeof value === 'string' },
  callable: { rule: 'a function', holds: (value) => typeof value === 'function' },
  anything: { rule: 'anything', holds: () => true },
  signal: { rule: 'an AbortSignal', holds: (value) => value instanceof AbortSignal },
  url: { rule: 'a URL', holds: (value) => value instanceof URL },
  /** An object with these methods. */
  having: (...methods: readonly string[]): OptionRule => ({
    rule: methods.length === 0 ? 'an object' : `an object with the methods ${methods.join(', ')}`,
    holds: (value) => isObject(value) && methods.every((method) => typeof value[method] === 'function'),
  }),
  list: ({ least = 0 }: ListOf = {}): OptionRule => ({
    rule: least === 0 ? 'a list' : 'a list that is not empty',
    holds: (value) => Array.isArray(value) && value.length >= least,
  }),
  texts: ({ least = 0 }: ListOf = {}): OptionRule => ({
    rule: least === 0 ? 'a list of texts' : 'a list of texts that is not empty',
    holds: (value) =>
      Array.isArray(value) &&
      value.length >= least &&
      value.every((each) => typeof each === 'string' && each !== ''),
  }),
  /** Origins of pages, each by its name. */
  origins: {
    rule: 'a list of origins, such as ["https://app.example.org"]',
    holds: (value) => Array.isArray(value) && value.every(isOrigin),
    issue: (value) => {
      const wrong = Array.isArray(value) ? value.find((each) => !isOrigin(each)) : undefined
      if (typeof wrong !== 'string') return undefined
      return `has ${wrong}, which is no origin: give scheme, host and port alone, such as https://app.example.org`
    },
  } satisfies OptionRule as OptionRule,
  /** Options inside an option. */
  group: <Options>(inside: OptionRules<Options>): OptionRule => ({
    rule: 'an object',
    holds: isObject,
    inside: inside as Readonly<Record<string, OptionRule>>,
  }),
  /** One of two kinds. */
  either: (one: OptionRule, other: OptionRule): OptionRule => ({
    rule: `${one.rule}, or ${other.rule}`,
    holds: (value) => one.holds(value) || other.holds(value),
    ...(other.inside && { inside: other.inside }),
  }),
  needed: (rule: OptionRule): OptionRule => ({ ...rule, needed: true }),
} as const satisfies Record<string, OptionRule | ((...given: never[]) => OptionRule)>

/**
 * The faults of options that a host gives, by the path of each; undefined counts as left out. An unknown option does
 * nothing, so it is wrong, too.
 */
export function optionIssues(
  given: unknown,
  rules: Readonly<Record<string, OptionRule>>,
  path = '',
): readonly Issue[] {
  if (!isObject(given)) return [{ path, message: `must be an object of options, not ${shown(given)}` }]
  const within = (name: string): string => (path === '' ? name : `${path}.${name}`)
  const unknown = Object.keys(given)
    .filter((name) => !Object.hasOwn(rules, name) && given[name] !== undefined)
    .map((name) => ({ path: within(name), message: unknownMessage(name, Object.keys(rules)) }))
  const wrong = Object.entries(rules).flatMap(([name, rule]) => {
    const value = given[name]
    if (value === undefined) {
      return rule.needed ? [{ path: within(name), message: `is missing: it must be ${rule.rule}` }] : []
    }
    if (!rule.holds(value)) {
      const message = rule.issue?.(value) ?? `must be ${rule.rule}, not ${shown(value)}`
      return [{ path: within(name), message }]
    }
    return rule.inside && isObject(value) ? optionIssues(value, rule.inside, within(name)) : []
  })
  return [...unknown, ...wrong]
}

/**
 * Refuses options that cannot be meant.
 * @param owner what takes them, such as `musterHttp`
 * @throws TypeError naming owner, option and rule, of the first that is wrong
 */
export function assertOptions(
  owner: string,
  given: unknown,
  rules: Readonly<Record<string, OptionRule>>,
): void {
  const [issue] = optionIssues(given, rules)
  if (issue === undefined) return
  throw new TypeError(`${owner}: ${issue.path === '' ? 'what it is given' : issue.path} ${issue.message}`)
}

function unknownMessage(name: string, known: readonly string[]): string {
  const near = nearestName(name, known)
  return near === undefined
    ? `is not known: there ${known.length === 1 ? 'is' : 'are'} ${known.join(', ')}`
    : `is not known: did you mean ${near}?`
}

/** Texts and objects are not repeated, since they may be secret. */
function shown(value: unknown): string {
  if (value === null || ['number', 'boolean', 'undefined', 'bigint'].includes(typeof value))
    return String(value)
  if (typeof value === 'string') return value === '' ? 'an empty text' : 'a text'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

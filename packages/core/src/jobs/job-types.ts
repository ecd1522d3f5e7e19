import { nearestName } from '../input/near-name.ts'
import { isName, LONGEST_NAME } from '../input/parse.ts'
import type { JobType } from './job.ts'

/** Jobs at once in one process, and attempts of one job, that anybody can mean. */
export const MOST_SLOTS = 10_000
/** Thirty days: nobody waits longer for an attempt, or between two. */
const MOST_MS = 30 * 86_400_000

/** How many jobs at once there may be. */
export const SLOTS_RULE: string = `an integer from 1 to ${MOST_SLOTS}`

export function isSlots(value: unknown): boolean {
  return Number.isInteger(value) && within(value, 1, MOST_SLOTS)
}

function within(value: unknown, least: number, most: number): boolean {
  return typeof value === 'number' && value >= least && value <= most
}

/** Numbers of a type by their path, each with its rule. */
const RULES: readonly (readonly [
  path: string,
  of: (type: JobType) => unknown,
  rule: string,
  holds: (value: unknown) => boolean,
])[] = [
  ['concurrency', (type) => type.concurrency, SLOTS_RULE, isSlots],
  [
    'timeoutMs',
    (type) => type.timeoutMs,
    `a number of ms greater than 0 and at most ${MOST_MS}`,
    (value) => value !== 0 && within(value, 0, MOST_MS),
  ],
  ['retry.maxAttempts', (type) => type.retry?.maxAttempts, SLOTS_RULE, isSlots],
  [
    'retry.baseMs',
    (type) => type.retry?.baseMs,
    `from 0 to ${MOST_MS}`,
    (value) => within(value, 0, MOST_MS),
  ],
  ['retry.capMs', (type) => type.retry?.capMs, `from 0 to ${MOST_MS}`, (value) => within(value, 0, MOST_MS)],
]

/** @throws TypeError for types that cannot be meant, by the type's name and the field */
export function assertJobTypes(types: readonly JobType[]): void {
  const names = new Set<string>()
  for (const [index, type] of types.entries()) {
    if (!isName(type.name))
      throw new TypeError(`jobTypes[${index}].name must be a text of 1 to ${LONGEST_NAME} characters`)
    if (names.has(type.name)) throw new TypeError(`jobTypes has two of the name ${type.name}`)
    names.add(type.name)
    const refuse = (field: string, rule: string): never => {
      throw new TypeError(`jobTypes[${type.name}].${field} must be ${rule}`)
    }
    if (type.remote !== undefined && type.remote !== true) refuse('remote', 'true, or left out')
    if (typeof type.handler !== 'function') refuse('handler', 'a function')
    for (const field of ['limits', 'estimate'] as const) {
      if (type[field] !== undefined && typeof type[field] !== 'function') refuse(field, 'a function')
    }
    for (const field of ['payload', 'result'] as const) {
      if (field === 'result' && type.result === undefined) continue
      if (typeof schemaOf(type, field)?.validate !== 'function')
        refuse(field, 'a Standard Schema, such as of Zod')
    }
    const slip = misspelled(type)
    if (slip)
      throw new TypeError(`jobTypes[${type.name}].${slip.path} is not known: did you mean ${slip.meant}?`)
    for (const [path, of, rule, holds] of RULES) {
      const value = of(type)
      if (value !== undefined && !holds(value)) refuse(path, rule)
    }
  }
}

/** Every field of a job type, and of its `retry`. */
const FIELDS: Readonly<Record<keyof JobType, true>> = {
  name: true,
  payload: true,
  handler: true,
  remote: true,
  result: true,
  concurrency: true,
  timeoutMs: true,
  leaseSeconds: true,
  retry: true,
  limits: true,
  estimate: true,
}
const RETRY_FIELDS: Readonly<Record<keyof NonNullable<JobType['retry']>, true>> = {
  maxAttempts: true,
  baseMs: true,
  capMs: true,
}

/** Fields near a known one, which do nothing. Others are the host's own. */
function misspelled(type: JobType): { readonly path: string; readonly meant: string } | undefined {
  const places = [
    { at: '', given: type as object, known: FIELDS as Readonly<Record<string, true>> },
    { at: 'retry.', given: type.retry ?? {}, known: RETRY_FIELDS as Readonly<Record<string, true>> },
  ]
  for (const { at, given, known } of places) {
    for (const name of Object.keys(given)) {
      const meant = Object.hasOwn(known, name) ? undefined : nearestName(name, Object.keys(known))
      if (meant !== undefined) return { path: at + name, meant: at + meant }
    }
  }
  return undefined
}

/** A host that writes JavaScript may leave it out, or give another thing. */
function schemaOf(type: JobType, field: 'payload' | 'result'): { readonly validate?: unknown } | undefined {
  return (type[field] as JobType['payload'] | undefined)?.['~standard']
}

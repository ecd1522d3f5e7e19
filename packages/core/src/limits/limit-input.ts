import { z } from 'zod'
import { ValidationError } from '../errors.ts'
import { parse, text } from '../input/parse.ts'
import { isKey, KEY_RULE, LONGEST_KEY } from './key.ts'
import { burstOf, type LimitSettings, OPEN } from './keys.ts'
import type { LimitDefault } from './limit.ts'

/** The window that an adaptive key begins with if nobody says another. */
const FIRST_WINDOW = 8

/** Settings of a key as somebody gives them: what is left out, or null, is not limited. */
export interface NewLimit {
  /** Jobs that may run at once, 0 to 100 000. */
  readonly concurrency?: number | null | undefined
  /** Starts in a minute, 0.01 to 10 000 000. */
  readonly perMinute?: number | null | undefined
  /** Starts that may come at once, 1 to `perMinute`. Default: a hundredth of it, at least 1. */
  readonly burst?: number | null | undefined
  /** Units in a minute, 1 to 10¹². */
  readonly unitsPerMinute?: number | null | undefined
  /** Units of a start whose job type estimates none, 1 to 10⁹. */
  readonly estimate?: number | null | undefined
  /**
   * `concurrency` is the most: how many really run at once is found by what the other side says, from `min` (at least 1) up, first `start` (default 8, or
   * `concurrency` if that is less).
   */
  readonly adaptive?: { readonly min: number; readonly start?: number | undefined } | null | undefined
  /** Nothing begins. Default false. */
  readonly paused?: boolean | undefined
}

/** Settings of a key. */
export const newLimit: z.ZodType<NewLimit> = z
  .strictObject({
    concurrency: z.int().min(0).max(100_000).nullish(),
    perMinute: z.number().min(0.01).max(10_000_000).nullish(),
    burst: z.int().min(1).max(10_000_000).nullish(),
    unitsPerMinute: z.number().min(1).max(1_000_000_000_000).nullish(),
    estimate: z.int().min(1).max(1_000_000_000).nullish(),
    adaptive: z
      .strictObject({ min: z.int().min(1).max(100_000), start: z.int().min(1).max(100_000).optional() })
      .nullish(),
    paused: z.boolean().optional(),
  })
  .superRefine(({ concurrency, adaptive }, context) => {
    if (adaptive == null) return
    const { min, start } = adaptive
    const refuse = (path: string[], message: string): void =>
      context.addIssue({ code: 'custom', path: ['adaptive', ...path], message })
    if (concurrency == null) refuse([], 'needs concurrency beside it')
    else if (min >= concurrency) refuse(['min'], 'must be less than concurrency')
    else if (start !== undefined && (start < min || start > concurrency))
      refuse(['start'], 'must be from min to concurrency')
  })
  .superRefine(({ perMinute, burst }, context) => {
    if (burst == null) return
    const message =
      perMinute == null
        ? 'needs perMinute beside it'
        : burst > Math.max(1, perMinute)
          ? 'must not be greater than perMinute'
          : undefined
    if (message !== undefined) context.addIssue({ code: 'custom', path: ['burst'], message })
  })

/** For how long a key cools. */
export const coolRequest: z.ZodType<{ readonly seconds: number }> = z.strictObject({
  seconds: z.number().gt(0).max(86_400),
})

/** Which keys are listed. */
export const limitsFilter: { readonly prefix: z.ZodType<string | undefined, string | undefined> } = {
  prefix: text(0, LONGEST_KEY).optional(),
}

/** The beginning of the keys that are listed. @throws ValidationError at `prefix` */
export function readPrefix(prefix: string | undefined): string {
  return parse(limitsFilter.prefix, prefix, ['prefix']) ?? ''
}

/** The settings with everything in them. */
export function settingsOf(given: NewLimit): LimitSettings {
  const settings = {
    ...OPEN,
    concurrency: given.concurrency ?? null,
    perMinute: given.perMinute ?? null,
    burst: given.burst ?? null,
    unitsPerMinute: given.unitsPerMinute ?? null,
    estimate: given.estimate ?? null,
    adaptive: adaptiveOf(given),
    paused: given.paused ?? false,
  }
  return settings.perMinute === null ? settings : { ...settings, burst: burstOf(settings) }
}

function adaptiveOf({ concurrency, adaptive }: NewLimit): LimitSettings['adaptive'] {
  if (adaptive == null || concurrency == null) return null
  const { min, start = Math.min(FIRST_WINDOW, concurrency) } = adaptive
  return { min, start: Math.max(min, start) }
}

/** @throws ValidationError at `key` */
export function checkKey(key: string): void {
  if (!isKey(key)) throw new ValidationError([{ path: 'key', message: `must be ${KEY_RULE}` }])
}

/**
 * The defaults that an application has for keys, by their names or, with a `*` at the end, by their beginnings.
 * @throws TypeError naming the key and the field
 */
export function limitDefaults(limits: Readonly<Record<string, NewLimit>>): LimitDefault[] {
  return Object.entries(limits).map(([pattern, given]) => {
    const name: string = pattern
    const isPrefix = pattern.endsWith('*') && isKey(pattern.replace(/\*$/, ':x').replace('::', ':'))
    if (!isPrefix && !isKey(pattern))
      throw new TypeError(`limits[${name}] must be ${KEY_RULE}, or begin so and end in *`)
    try {
      return { pattern, settings: settingsOf(parse(newLimit, given)) }
    } catch (error) {
      if (!(error instanceof ValidationError)) throw error
      const [issue] = error.issues
      const at = issue?.path ? `.${issue.path}` : ''
      throw new TypeError(`limits[${pattern}]${at} ${issue?.message}`)
    }
  })
}

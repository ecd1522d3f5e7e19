import type { Requirement } from './workflow.ts'

/** A requirement that somebody does not meet, with the best level they have among the skills it names (0: none). */
export interface UnmetRequirement {
  readonly anyOf: readonly string[]
  readonly minLevel: number
  readonly level: number
}

type Skills = Readonly<Record<string, number>>

/** Those that are not waived for a step that has been open for `openForMs`. */
export function standingRequirements(requirements: readonly Requirement[], openForMs: number): Requirement[] {
  return requirements.filter((requirement) => openForMs < waivedAfterMs(requirement))
}

/** The requirements of a step, open for `openForMs`, that these skills do not meet. Requirements waived by then are met. */
export function unmetRequirements(
  skills: Skills,
  requirements: readonly Requirement[],
  openForMs: number,
): UnmetRequirement[] {
  return standingRequirements(requirements, openForMs)
    .filter((requirement) => levelOf(skills, requirement) < requirement.minLevel)
    .map((requirement) => ({
      anyOf: requirement.anyOf,
      minLevel: requirement.minLevel,
      level: levelOf(skills, requirement),
    }))
}

/**
 * Of steps that are alike in their requirements, which these skills suffice for at `now`: those that opened at or before `openedUntil`
 * (null: whenever they opened), or `undefined` if they suffice for none, however long it waits.
 */
export function sufficientUntil(
  skills: Skills,
  requirements: readonly Requirement[],
  now: Date,
): { readonly openedUntil: Date | null } | undefined {
  const waits = requirements
    .filter((requirement) => levelOf(skills, requirement) < requirement.minLevel)
    .map(waivedAfterMs)
  if (waits.length === 0) return { openedUntil: null }
  const longest = Math.max(...waits)
  return longest === Number.POSITIVE_INFINITY ? undefined : { openedUntil: new Date(now.getTime() - longest) }
}

function levelOf(skills: Skills, { anyOf }: Requirement): number {
  return Math.max(0, ...anyOf.map((skill) => (Object.hasOwn(skills, skill) ? (skills[skill] ?? 0) : 0)))
}

function waivedAfterMs({ dropAfterMinutes }: Requirement): number {
  return dropAfterMinutes === null ? Number.POSITIVE_INFINITY : dropAfterMinutes * 60_000
}

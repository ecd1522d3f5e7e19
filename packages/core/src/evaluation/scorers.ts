import { ValidationError } from '../errors.ts'
import { normalText } from '../forms/agreement.ts'
import { type Json, readerAt, sameJson } from '../json/json.ts'
import type { Expected, ScoreFunction, Scorer } from './metric.ts'

/** A completed job whose value is asked for. `payload` is of its scenario. */
export interface ScoredJob {
  readonly scenarioId: string
  readonly repeat: number
  readonly payload: Json
  readonly result: Json
}

/** The value of a completed job; null if it has none. Never NaN. */
export type Score = (job: ScoredJob) => number | null

/** Values that jobs have elsewhere, of one model of one run: by the scenario and the repeat. */
export type OutsideScores = (scenarioId: string, repeat: number) => number | null

/** The scorer as a function. `outside` are the values that a judge or people gave. */
export function scoreBy(
  scorer: Scorer,
  {
    outside,
    registered,
    at,
  }: {
    readonly outside: OutsideScores | undefined
    readonly registered: Readonly<Record<string, ScoreFunction>>
    readonly at: string
  },
): Score {
  switch (scorer.type) {
    case 'value': {
      const read = readerAt(scorer.at)
      return ({ result }) => numberOf(read(result))
    }
    case 'equals': {
      const same = scorer.as === 'text' ? sameText : sameJson
      return held(scorer, same)
    }
    case 'within': {
      const { abs = 0, rel = 0 } = scorer
      return held(scorer, (given, wanted) => {
        if (typeof wanted !== 'number') return null
        return typeof given === 'number' && Math.abs(given - wanted) <= Math.max(abs, rel * Math.abs(wanted))
      })
    }
    case 'includes':
      return held(scorer, (given, wanted) =>
        Array.isArray(given)
          ? given.some((item: Json) => sameJson(item, wanted))
          : typeof given === 'string' && typeof wanted === 'string' && given.includes(wanted),
      )
    case 'judge':
    case 'people':
      return ({ scenarioId, repeat }) => outside?.(scenarioId, repeat) ?? null
    case 'registered':
      return byHost(scorer.name, registered, at)
  }
}

/** The number that a value stands for; null if none. */
export function numberOf(value: Json | undefined): number | null {
  if (typeof value === 'boolean') return value ? 1 : 0
  return typeof value === 'number' ? value : null
}

/** 1 or 0 by what a result has, and should; null if nothing is known that it should have. */
function held(
  { at, to }: { readonly at: string; readonly to: Expected },
  holds: (given: Json, wanted: Json) => boolean | null,
): Score {
  const read = readerAt(at)
  const wantedOf = 'value' in to ? (): Json => to.value : readerAt(to.scenario)
  return ({ payload, result }) => {
    const wanted = wantedOf(payload)
    if (wanted === undefined) return null
    const given = read(result)
    const verdict = holds(given ?? null, wanted)
    if (verdict === null) return null
    return given !== undefined && verdict ? 1 : 0
  }
}

function sameText(given: Json, wanted: Json): boolean {
  return typeof given === 'string' && typeof wanted === 'string' && normalText(given) === normalText(wanted)
}

function byHost(name: string, registered: Readonly<Record<string, ScoreFunction>>, at: string): Score {
  const score = Object.hasOwn(registered, name) ? registered[name] : undefined
  if (score === undefined)
    throw new ValidationError([{ path: `${at}.name`, message: `names no registered scorer: ${name}` }])
  return ({ scenarioId, payload, result }) => {
    const value: unknown = called(() => score(result, payload), { name, scenarioId, at })
    return typeof value === 'number' && Number.isFinite(value) ? value : null
  }
}

/** A host's function that throws has no value to go by: the call is refused, and names the scenario. */
function called(
  score: () => unknown,
  { name, scenarioId, at }: { readonly name: string; readonly scenarioId: string; readonly at: string },
): unknown {
  try {
    return score()
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    const message = `names the scorer ${name}, which threw at scenario ${scenarioId}: ${why}`
    throw new ValidationError([{ path: `${at}.name`, message }])
  }
}

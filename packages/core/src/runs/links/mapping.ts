import { name } from '../../input/parse.ts'
import { type Issue, type Json, pathOf } from '../../json/json.ts'
import { type ScenarioResult, toldResult } from '../escalation/decide.ts'
import { drawnOrder } from '../escalation/draw.ts'
import { fill } from '../escalation/template.ts'
import type { Scenario } from '../run.ts'
import { type LinkMapping, type LinkRefusal, MOST_REFUSALS } from './link.ts'

/** A scenario of the run before, whose jobs have all ended. */
export interface SourceScenario {
  readonly scenarioId: string
  readonly payload: Json
  /** In the order of that run's models, then of its repeats. */
  readonly results: readonly ScenarioResult[]
  /** Whether people were asked about it. */
  readonly escalated: boolean
  /** The result that they settled on; null: none. */
  readonly outcome: Json
  /** Why they were asked. */
  readonly reasons: readonly string[]
}

/** One that is made from a scenario, or why it is not. */
export type MadeScenario =
  | { readonly scenario: Scenario }
  | { readonly refused: readonly Issue[]; readonly of: string }

/** The scenarios that come from one of the run before, in its drawn order; none where `where` says so. The same arguments give the same on every machine. */
export function mapScenario(
  mapping: LinkMapping,
  sampleSeed: number,
  source: SourceScenario,
): readonly MadeScenario[] {
  const { per, where = {}, revealModels = false } = mapping
  if (where.escalated !== undefined && where.escalated !== source.escalated) return []
  const { scenarioId, payload, outcome, reasons } = source
  const isMeant = ({ state, model }: ScenarioResult): boolean =>
    (where.state?.includes(state) ?? true) && (where.model?.includes(model) ?? true)
  const order = drawnOrder(sampleSeed, scenarioId, source.results.length)
  const drawn = order.map((place) => source.results[place] as ScenarioResult)
  const results = drawn.map((result) => toldResult(result, { revealsModel: revealModels }))
  const told = {
    scenario: { scenarioId, payload },
    results,
    ...(outcome === null ? {} : { outcome }),
    reasons: [...reasons],
  }
  if (per === 'scenario') {
    return drawn.some(isMeant) ? [made(mapping, told, scenarioId, scenarioId)] : []
  }
  return drawn.flatMap((result, index) =>
    isMeant(result)
      ? [made(mapping, { ...told, ...results[index] }, scenarioId, `${scenarioId}/${index + 1}`)]
      : [],
  )
}

function made(mapping: LinkMapping, data: Json, of: string, defaultId: string): MadeScenario {
  const payload = fill(mapping.payload, data, ['payload'], true)
  const id = fill(mapping.scenarioId ?? defaultId, data, ['scenarioId'], true)
  const missing = [...id.missing, ...payload.missing]
  if (missing.length > 0) return { refused: missing, of }
  if (payload.value === undefined) {
    return { refused: [{ path: 'payload', message: 'is empty: its pointer leads nowhere' }], of }
  }
  const scenarioId = name.safeParse(id.value)
  if (scenarioId.success) return { scenario: { scenarioId: scenarioId.data, payload: payload.value } }
  const refused = scenarioId.error.issues.map(({ path, message }) => ({
    path: pathOf(['scenarioId', ...path]),
    message,
  }))
  return { refused, of }
}

/** The refusals with those of one more scenario, of which the first issue says why. */
export function withRefusal(
  refusals: readonly LinkRefusal[],
  [issue]: readonly Issue[],
  scenarioId: string,
): readonly LinkRefusal[] {
  const { path, message } = issue ?? { path: '', message: 'is refused' }
  const isSame = (known: LinkRefusal): boolean => known.path === path && known.message === message
  if (refusals.some(isSame)) {
    return refusals.map((known) => (isSame(known) ? { ...known, count: known.count + 1 } : known))
  }
  return refusals.length < MOST_REFUSALS ? [...refusals, { path, message, count: 1, scenarioId }] : refusals
}

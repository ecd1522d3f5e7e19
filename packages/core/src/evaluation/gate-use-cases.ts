import { NotFoundError } from '../errors.ts'
import { fact } from '../events/event.ts'
import type { CalibrationId, GateId, ProjectId } from '../ids.ts'
import { parse } from '../input/parse.ts'
import { newestKey, type Page, type PageRequest, page } from '../paging.ts'
import type { Calibration } from './calibration.ts'
import type { CalibrationUseCases } from './calibrations.ts'
import { compareRuns, DEFAULT_DRAWS, keepComparison, settingsOf } from './comparing.ts'
import type { EvaluationDeps } from './evaluation-deps.ts'
import type { Gate } from './gate.ts'
import { type NewGate, newGate } from './gate-input.ts'
import { judgePolicy } from './gate-rules.ts'

/** Policies applied to two models: GO, NO-GO or INCONCLUSIVE. */
export interface GateUseCases {
  /**
   * Compares two models and applies a policy; keeps both.
   * @throws ValidationError naming each fault of the policy; RunStateError for a run that has not completed
   */
  run(projectId: ProjectId, policy: NewGate): Promise<Gate>
  /** @throws NotFoundError */
  get(gateId: GateId): Promise<Gate>
  /** Newest first. */
  list(projectId: ProjectId, request: PageRequest): Promise<Page<Gate>>
}

/** Dependencies of applying policies. */
export interface GateDeps extends EvaluationDeps {
  readonly calibrations: Pick<CalibrationUseCases, 'get'>
}

/** Applying policies. */
export function gateUseCases(deps: GateDeps): GateUseCases {
  const { transactions, ids, clock } = deps
  const { stores } = transactions
  return {
    async run(projectId, given) {
      const { baseline, candidate, ...policy } = parse(newGate, given)
      const { metrics, clusterBy, seed } = policy
      const slices = [...new Set(policy.rules.flatMap(({ slice }) => slice?.at ?? []))]
      const { comparison, columns } = await compareRuns(deps, projectId, {
        baseline,
        candidate,
        metrics,
        clusterBy,
        seed,
        slices,
      })
      const { seed: drawnBy, level } = comparison
      const settings = settingsOf(clock, { seed: drawnBy, level, draws: DEFAULT_DRAWS })
      const named = policy.rules.flatMap(({ calibrationId }) => calibrationId ?? [])
      const calibrations = await calibrationsOf(deps, projectId, named)
      const sides = { baseline: comparison.baseline, candidate: comparison.candidate }
      const { decision, rules } = await judgePolicy(policy, columns, settings, { ...sides, calibrations })
      const gate: Gate = {
        gateId: ids.next() as GateId,
        projectId,
        decision,
        rules,
        baseline: comparison.baseline,
        candidate: comparison.candidate,
        policy,
        comparisonId: comparison.comparisonId,
        createdAt: clock.now(),
      }
      await transactions.transaction(async (within) => {
        await keepComparison(within, comparison)
        await within.comparisons.addGate(gate)
        await within.events.append([fact(projectId, 'gate_decided', { gateId: gate.gateId, decision })])
      })
      return gate
    },

    async get(gateId) {
      const gate = await stores.comparisons.findGate(gateId)
      if (!gate) throw new NotFoundError('gate', gateId)
      return gate
    },

    list: (projectId, request) =>
      page(
        request,
        ['gates', projectId],
        newestKey(({ gateId }: Gate) => gateId),
        (slice) => stores.comparisons.listGates(projectId, slice),
      ),
  }
}

/** The calibrations of the project that are named; those that are not there decide nothing. */
async function calibrationsOf(
  { transactions: { stores }, calibrations }: GateDeps,
  projectId: ProjectId,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Calibration>> {
  const found = new Map<string, Calibration>()
  for (const id of new Set(ids)) {
    const kept = await stores.calibrations.find(id as CalibrationId)
    if (kept?.projectId === projectId) found.set(id, await calibrations.get(kept.calibrationId))
  }
  return found
}

import type { Json, ProjectId, RunId, Scenario } from '@muster/core'
import type { ComparisonId, Gate, GateId, KeptComparison, Pair, RunModel } from '@muster/core/evaluation'
import { describe, expect } from 'vitest'
import { casesOn, type JobWorld, ODD, present } from '../jobs/job-world.ts'
import type { OpenAdapter } from '../stores/open-adapter.ts'

/** Every promise of {@link ComparisonStore}, on whatever `open` opens: empty each time. */
export function comparisonStoreContract(name: string, open: OpenAdapter): void {
  describe(`${name} is a ComparisonStore`, () => {
    const it = casesOn(open)

    it('pairs the settled jobs of two models of one run, by place', async (world) => {
      const run = await answered(world, { scenarios: scenariosOf(4), models: ['x', 'y'] }, ({ n, model }) =>
        n === 2 && model === 'y' ? 'failed' : n === 4 && model === 'x' ? 'open' : { label: `${model}${n}` },
      )
      const pairs = await all(world, sides(run, 'x', run, 'y'))
      expect(pairs).toEqual([
        pair('s1', { n: 1 }, { label: 'x1' }, { label: 'y1' }),
        { ...pair('s2', { n: 2 }, { label: 'x2' }, null), candidate: { state: 'failed', result: null } },
        pair('s3', { n: 3 }, { label: 'x3' }, { label: 'y3' }),
      ])
      const turned = await all(world, sides(run, 'y', run, 'x'))
      expect(turned.map(({ scenarioId, baseline }) => [scenarioId, baseline.state])).toEqual([
        ['s1', 'completed'],
        ['s2', 'failed'],
        ['s3', 'completed'],
      ])
    })

    it('pairs scenarios of two definitions by their ids, and says where payloads differ', async (world) => {
      const first = await answered(
        world,
        {
          scenarios: [
            { scenarioId: 'a', payload: { text: 'A', n: 1 } },
            { scenarioId: 'b', payload: { text: 'B' } },
            { scenarioId: 'gone', payload: null },
            { scenarioId: 'nothing', payload: null },
          ],
        },
        ({ scenarioId }) => scenarioId,
      )
      const second = await answered(
        world,
        {
          scenarios: [
            { scenarioId: 'nothing', payload: null },
            { scenarioId: 'new', payload: 1 },
            { scenarioId: 'b', payload: { text: 'b' } },
            { scenarioId: 'a', payload: { n: 1, text: 'A' } },
          ],
          models: ['other', 'm1'],
        },
        ({ scenarioId, model }) => `${scenarioId} ${model}`,
      )
      expect(await all(world, sides(first, 'm1', second, 'm1'))).toEqual([
        pair('a', { text: 'A', n: 1 }, 'a', 'a m1'),
        { ...pair('b', { text: 'B' }, 'b', 'b m1'), changed: true },
        pair('nothing', null, 'nothing', 'nothing m1'),
      ])
    })

    it('pairs what two samples of one definition have in common', async (world) => {
      const definition = await world.definition(await world.project(), scenariosOf(9))
      const label = ({ n }: Asked): Json => n
      const first = await answered(world, { definition, places: [1, 3, 4, 8, 9], models: ['x', 'y'] }, label)
      const second = await answered(world, { definition, places: [2, 3, 8], models: ['z', 'x'] }, label)
      const whole = await answered(world, { definition }, label)
      const others = await answered(world, { scenarios: scenariosOf(9).reverse(), places: [1, 2, 7] }, label)
      const idsOf = async (...of: Parameters<typeof sides>) =>
        (await all(world, sides(...of))).map(({ scenarioId, baseline, candidate }) => {
          expect(baseline.result).toEqual(candidate.result)
          return scenarioId
        })
      expect(await idsOf(first, 'x', second, 'x')).toEqual(['s3', 's8'])
      expect(await idsOf(second, 'z', first, 'y')).toEqual(['s3', 's8'])
      expect(await idsOf(first, 'y', whole, 'm1')).toEqual(['s1', 's3', 's4', 's8', 's9'])
      expect(await idsOf(whole, 'm1', first, 'y')).toEqual(['s1', 's3', 's4', 's8', 's9'])
      expect(await idsOf(first, 'x', others, 'm1')).toEqual(['s3', 's8', 's9'])
      expect(await idsOf(others, 'm1', first, 'x')).toEqual(['s9', 's8', 's3'])
    })

    it('pairs each repeat with the same of the other, as many as both have', async (world) => {
      const definition = await world.definition(await world.project(), scenariosOf(5))
      const label = ({ n, repeat }: Asked): Json => [n, repeat]
      const models = ['x', 'y']
      const three = await answered(world, { definition, models, repeats: 3, places: [1, 3, 5] }, label)
      const two = await answered(world, { definition, models: ['z', 'x'], repeats: 2, places: [3, 5] }, label)
      for (const limit of [1, 2, 4, 9]) {
        const pairs = await all(world, sides(three, 'y', two, 'x'), limit)
        expect(pairs.map(({ scenarioId, repeat }) => [scenarioId, repeat])).toEqual([
          ['s3', 1],
          ['s3', 2],
          ['s5', 1],
          ['s5', 2],
        ])
        for (const { baseline, candidate, repeat } of pairs) {
          expect(baseline.result).toEqual(candidate.result)
          expect((baseline.result as Json[])[1]).toBe(repeat)
        }
        expect(await all(world, sides(two, 'z', three, 'x'), limit)).toHaveLength(4)
      }
    })

    it('gives them part by part, each once', async (world) => {
      const run = await answered(world, { scenarios: scenariosOf(7), models: ['x', 'y'] }, ({ n }) =>
        n === 3 ? 'open' : n,
      )
      const of = sides(run, 'x', run, 'y')
      for (const limit of [1, 2, 3, 7, 9]) expect(await all(world, of, limit)).toEqual(await all(world, of))
      expect((await all(world, of)).map(({ scenarioId }) => scenarioId)).toEqual([
        's1',
        's2',
        's4',
        's5',
        's6',
        's7',
      ])
    })

    it('ends a part early if its pairs are large, and goes on behind them', async (world) => {
      const large = (n: number): string => `${n}`.repeat(1_500_000)
      const run = await answered(world, { scenarios: scenariosOf(4), models: ['x', 'y'] }, ({ n }) =>
        large(n),
      )
      const pairs = await all(world, sides(run, 'x', run, 'y'))
      expect(pairs.map(({ baseline }) => (baseline.result as string).length)).toEqual([
        1_500_000, 1_500_000, 1_500_000, 1_500_000,
      ])
    })

    it('counts jobs that a cancel has decided on as settled', async (world) => {
      const run = await world.run(await world.project(), { scenarios: 2, models: ['x', 'y'] })
      await world.cancelRun(run.runId)
      const pairs = await all(world, sides(run.runId, 'x', run.runId, 'y'))
      expect(pairs.map(({ baseline, candidate }) => [baseline.state, candidate.state])).toEqual([
        ['cancelled', 'cancelled'],
        ['cancelled', 'cancelled'],
      ])
    })

    it('has no pairs of a run that is not there', async (world) => {
      const run = await answered(world, { scenarios: scenariosOf(1) }, ({ n }) => n)
      const nobody = world.ids.next() as RunId
      expect(await all(world, sides(run, 'm1', nobody, 'm1'))).toEqual([])
      expect(await all(world, sides(nobody, 'm1', run, 'm1'))).toEqual([])
    })

    it('keeps comparisons and gates as they were, newest first', async (world) => {
      const projectId = world.ids.next() as ProjectId
      const kept: KeptComparison[] = []
      const gates: Gate[] = []
      for (let n = 0; n < 3; n++) {
        const comparison = aComparison(world, projectId)
        const gate = aGate(world, comparison)
        await world.persistence.transaction(async ({ comparisons }) => {
          await comparisons.add(comparison)
          await comparisons.addGate(gate)
        })
        kept.unshift(comparison)
        gates.unshift(gate)
        await world.clock.advance(1_000)
      }
      const { comparisons } = world.stores
      expect(await comparisons.find(present(kept[1]).comparisonId)).toEqual(kept[1])
      expect(await comparisons.find(world.ids.next() as ComparisonId)).toBeUndefined()
      expect(await comparisons.list(projectId, { limit: 9 })).toEqual(kept)
      const [newest] = kept
      const after = { createdAt: present(newest).createdAt, id: present(newest).comparisonId }
      expect(await comparisons.list(projectId, { limit: 1, after })).toEqual([kept[1]])
      expect(await comparisons.list(world.ids.next() as ProjectId, { limit: 9 })).toEqual([])
      expect(await comparisons.findGate(present(gates[2]).gateId)).toEqual(gates[2])
      expect(await comparisons.findGate(world.ids.next() as GateId)).toBeUndefined()
      expect(await comparisons.listGates(projectId, { limit: 2 })).toEqual(gates.slice(0, 2))
    })
  })
}

interface Asked {
  readonly scenarioId: string
  readonly model: string
  /** The number behind the letter of the scenario's id. */
  readonly n: number
  readonly repeat: number
}

const scenariosOf = (count: number): Scenario[] =>
  Array.from({ length: count }, (_, index) => ({ scenarioId: `s${index + 1}`, payload: { n: index + 1 } }))

/** A run whose jobs are answered; `failed` and `open` are no answers. */
async function answered(
  world: JobWorld,
  wish: Parameters<JobWorld['run']>[1],
  answer: (asked: Asked) => Json,
): Promise<RunId> {
  const workerId = await world.worker()
  const { runId, tallies } = await world.run(await world.project(), wish)
  for (const job of await world.start(tallies.total, workerId)) {
    const { scenarioId, model, jobId, start } = job
    const said = answer({
      scenarioId: scenarioId ?? '',
      model: model ?? '',
      n: Number(scenarioId?.slice(1)),
      repeat: job.repeat ?? 0,
    })
    if (said === 'open') continue
    if (said === 'failed') await world.settle([job], { kind: 'failed', error: ODD }, workerId)
    else await world.settleEach([{ jobId, start, kind: 'completed', result: said }], workerId)
  }
  return runId
}

function sides(
  baseline: RunId,
  model: string,
  candidate: RunId,
  other: string,
): { readonly baseline: RunModel; readonly candidate: RunModel } {
  return { baseline: { runId: baseline, model }, candidate: { runId: candidate, model: other } }
}

async function all(world: JobWorld, of: ReturnType<typeof sides>, limit = 100): Promise<Pair[]> {
  const found: Pair[] = []
  let from: number | undefined = 1
  while (from !== undefined) {
    const part = await world.stores.comparisons.listPairs(of, { from, limit })
    expect(part.next ?? from + 1).toBeGreaterThan(from)
    found.push(...part.pairs)
    from = part.next
  }
  return found
}

function pair(scenarioId: string, payload: Json, baseline: Json, candidate: Json): Pair {
  return {
    scenarioId,
    repeat: 1,
    payload,
    changed: false,
    baseline: { state: 'completed', result: baseline },
    candidate: { state: 'completed', result: candidate },
  }
}

function aComparison(world: JobWorld, projectId: ProjectId): KeptComparison {
  const model = (): RunModel => ({ runId: world.ids.next() as RunId, model: 'Ærø “1”' })
  return {
    comparisonId: world.ids.next() as ComparisonId,
    projectId,
    baseline: model(),
    candidate: model(),
    seed: 2 ** 53 - 1,
    level: 0.95,
    clusterBy: null,
    partial: false,
    pairs: { n: 0, clusters: null, onlyBaseline: 0, onlyCandidate: 0, changed: 0 },
    metrics: [],
    slices: [],
    createdAt: world.clock.now(),
    asked: {
      metrics: [{ name: ' m ', score: { type: 'value', at: '' } }],
      versions: { baseline: 1, candidate: 2 },
    },
  }
}

function aGate(world: JobWorld, { projectId, baseline, candidate, comparisonId }: KeptComparison): Gate {
  return {
    gateId: world.ids.next() as GateId,
    projectId,
    decision: 'INCONCLUSIVE',
    rules: [],
    baseline,
    candidate,
    policy: {
      version: 1,
      metrics: [],
      rules: [{ metric: 'm', tier: 'critical', maxDrop: 0.1 + 0.2, slice: { at: '', is: { a: [null] } } }],
    },
    comparisonId,
    createdAt: world.clock.now(),
  }
}

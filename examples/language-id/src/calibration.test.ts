import { samplePlaces } from '@muster/core/rules'
import { unitNumber } from '@muster/statistics'
import { uniform } from '@muster/statistics/calibration'
import { expect, it } from 'vitest'
import { uiScenarios } from './data/ui-scenarios.ts'
import { findModel, modelNames } from './models/models.ts'

// The demo knows the truth of every scenario, so it can be seen whether 64 labels tell it. The judge of a model is how many of the other models agree.

const LABELS = 64
/** `MUSTER_WORLDS=full` takes as many as the figure in docs/evaluation.md is of; a run of all tests shows that nothing is badly wrong. */
const FULL = process.env['MUSTER_WORLDS'] === 'full'
const SEEDS = FULL ? 500 : 60

it('tells the accuracy of each model by 64 of 480 labels, narrower than labels alone', async () => {
  const all = uiScenarios()
  const places = samplePlaces(
    all.map(({ scenarioId }) => scenarioId),
    (100 * 480) / all.length,
    42,
  )
  const scenarios = places.flatMap((place) => all[place - 1] ?? [])
  expect(scenarios).toHaveLength(480)
  const answers = new Map<string, (string | null)[]>()
  for (const name of modelNames) {
    const model = await findModel(name)
    if (model === undefined) throw new Error(`There is no model ${name}`)
    const said: (string | null)[] = []
    for (const { payload } of scenarios) said.push((await model.probe(payload.text)).language)
    answers.set(name, said)
  }
  const numbers = Array.from({ length: SEEDS }, (_, seed) => {
    const drawn = scenarios.map(({ scenarioId }, i) => ({ i, u: unitNumber(seed, scenarioId) }))
    return new Set(
      drawn
        .sort((a, b) => a.u - b.u)
        .map(({ i }) => i)
        .slice(0, LABELS),
    )
  })
  const told = [...answers].map(([name, said]) => {
    const others = [...answers].filter(([other]) => other !== name)
    const right = said.map((answer, i) => (answer === scenarios[i]?.payload.language ? 1 : 0))
    const agree = said.map((answer, i) => others.filter(([, of]) => of[i] === answer).length / others.length)
    const accuracy = right.reduce<number>((sum, each) => sum + each, 0) / right.length
    const widthOf = (scores: readonly number[]): { readonly held: number; readonly width: number } => {
      let [held, width] = [0, 0]
      for (const drawn of numbers) {
        const units = right.map((y, i) => ({ f: scores[i] as number, y: drawn.has(i) ? y : null }))
        const { interval } = uniform(units, { kind: 'share', target: 'run' })
        if (interval === null) throw new Error('There is no interval')
        held += interval.low <= accuracy && accuracy <= interval.high ? 1 / SEEDS : 0
        width += (interval.high - interval.low) / SEEDS
      }
      return { held, width }
    }
    const judged = widthOf(agree)
    const alone = widthOf(right.map(() => 0))
    return { name, accuracy, held: judged.held, ratio: judged.width / alone.width }
  })
  if (FULL) console.table(told)
  for (const { held, ratio } of told) {
    expect(held).toBeGreaterThanOrEqual(FULL ? 0.925 : 0.85)
    expect(ratio).toBeLessThanOrEqual(FULL ? 0.85 : 0.88)
  }
})

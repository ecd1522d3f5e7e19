/**
 * Prints the figures of README.md: what the models get right, how many splits there are, and how often the scripted people are right about them. Run it with
 * `npm run measure -w @muster-examples/language-id`.
 */
import { samplePlaces } from '@muster/core/rules'
import type { Probed } from './analysis/probes.ts'
import { accuracyOf, type Split, splitsOf } from './analysis/tables.ts'
import { buildUdhrScenarios, type Scenario } from './data/udhr-scenarios.ts'
import { uiScenarios } from './data/ui-scenarios.ts'
import { findModel, modelNames } from './models/models.ts'
import { cast } from './people/cast.ts'
import { candidatesOf, MIN_LEVEL } from './story/split-policy.ts'

const SEED = 42
const SAMPLE_PERCENTAGE = 10

async function probe(scenarios: readonly Scenario[]): Promise<Probed[]> {
  const probes: Probed[] = []
  for (const { scenarioId, payload } of scenarios) {
    for (const name of modelNames) {
      const model = await findModel(name)
      if (model === undefined) throw new Error(`There is no model ${name}`)
      const { language: answered, confidence } = await model.probe(payload.text)
      const article = payload.article ?? null
      probes.push({ ...payload, article, scenarioId, model: name, answered, unsupported: false, confidence })
    }
  }
  return probes
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(1)} %`
}

function printAccuracy(probes: readonly Probed[]): void {
  for (const { dataset, model, length = 'all', language, correct, total } of accuracyOf(probes)) {
    if (language === undefined) console.log([dataset, model, length, percent(correct, total)].join('\t'))
  }
}

/** How often each person is right about the splits whose tasks they may do. */
function printPeople(splits: readonly Split[]): void {
  for (const { displayName, engine, skills, answer } of cast) {
    let right = 0
    let total = 0
    const byLanguage = new Map<string, { right: number; total: number }>()
    for (const split of splits) {
      const candidates = candidatesOf(split)
      if (!candidates.some((language) => (skills[language] ?? 0) >= MIN_LEVEL)) continue
      const result = answer(split.text, candidates, { stepType: 'annotation' })
      const isRight = 'label' in result && result.label === split.language
      const record = byLanguage.get(split.language) ?? { right: 0, total: 0 }
      byLanguage.set(split.language, { right: record.right + Number(isRight), total: record.total + 1 })
      right += Number(isRight)
      total += 1
    }
    const most = [...byLanguage].sort(([, a], [, b]) => b.total - a.total).slice(0, 6)
    const languages = most.map(([language, record]) => `${language} ${record.right}/${record.total}`)
    console.log([displayName, engine, total, percent(right, total), languages.join(', ')].join('\t'))
  }
}

const udhr = await buildUdhrScenarios(SEED)
const udhrProbes = await probe(udhr)
const uiProbes = await probe(uiScenarios())
printAccuracy(udhrProbes)
printAccuracy(uiProbes)

const places = samplePlaces(
  udhr.map(({ scenarioId }) => scenarioId),
  SAMPLE_PERCENTAGE,
  SEED,
)
const sampled = new Set(places.map((place) => udhr[place - 1]?.scenarioId))
const sample = udhrProbes.filter(({ scenarioId }) => sampled.has(scenarioId))
console.log('sample')
printAccuracy(sample)
for (const [name, probes] of Object.entries({ udhr: udhrProbes, sample, ui: uiProbes })) {
  const scenarios = probes.length / modelNames.length
  const splits = splitsOf(probes).length
  console.log(`splits of ${name}: ${splits} of ${scenarios} (${percent(splits, scenarios)})`)
}
console.log('people on the splits of the declaration')
printPeople(splitsOf(udhrProbes))
console.log('people on the splits of the interface strings')
printPeople(splitsOf(uiProbes))

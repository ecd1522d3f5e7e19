import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Json } from '../json/json.ts'
import { agree } from './agreement.ts'
import { checkResult } from './check-result.ts'
import type { FormQuestion } from './form.ts'
import { questionOutcome } from './outcome.ts'
import { turned } from './presentation.ts'
import { formTemplates } from './templates.ts'

interface Fixture {
  readonly function: string
  readonly name: string
  readonly input: Readonly<Record<string, Json>>
  readonly expected: Json
}

const ABSENT = '__absent'
const given = (answer: Json | undefined): Json | undefined => (answer === ABSENT ? undefined : answer)

const oracle = JSON.parse(await readFile(join(import.meta.dirname, 'oracle.test.json'), 'utf8')) as {
  readonly fixtures: readonly Fixture[]
}

const FUNCTIONS: Readonly<Record<string, (input: Readonly<Record<string, Json>>) => Json>> = {
  agree: ({ question, a, b }) => agree(question as unknown as FormQuestion, given(a), given(b)),
  outcome: ({ question, answers }) => {
    const outcome = questionOutcome(question as unknown as FormQuestion, (answers as Json[]).map(given))
    return outcome === undefined ? ABSENT : outcome
  },
  turned: ({ base, slot }) => turned(base as Json[], Number(slot)),
  faults: ({ template, change }) => faultsOf(template as string, change as Readonly<Record<string, Json>>),
}

/** The faults of a template's own example after a change, in which null takes an answer away. */
function faultsOf(template: string, change: Readonly<Record<string, Json>>): Json {
  const form = formTemplates.find(({ name }) => name === template)
  if (form?.example?.result === undefined) throw new Error(`No example of ${template}`)
  const changed = Object.entries({ ...form.example.result, ...change }).filter(([, value]) => value !== null)
  const faults = checkResult(form, form.example.payload, Object.fromEntries(changed))
  const pairs = new Map(faults.map(({ question, rule }) => [`${question} ${rule}`, [question, rule]]))
  return [...pairs.values()].sort((one, other) => (String(one) < String(other) ? -1 : 1))
}

describe('the oracle of forms', () => {
  it.each(
    oracle.fixtures.map((fixture) => [`${fixture.function}: ${fixture.name.slice(0, 80)}`, fixture] as const),
  )('answers %s', (_, { function: name, input, expected }) => {
    const run = FUNCTIONS[name]
    if (run === undefined) throw new Error(`The oracle asks for ${name}, which nothing answers`)
    expect(run(input)).toEqual(expected)
  })

  it('holds all of its 93 fixtures', () => {
    expect(oracle.fixtures).toHaveLength(93)
  })
})

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Validator } from '@cfworker/json-schema'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import type { Json } from '../json/json.ts'
import { answerSchema } from './answer-schema.ts'
import { checkPayload } from './check-payload.ts'
import { checkResult } from './check-result.ts'
import { readForm } from './form-input.ts'
import { formSchema } from './form-schema.ts'
import { formTemplates } from './templates.ts'

const FOLDER = join(import.meta.dirname, 'templates')
const RESULTS_EACH = 1000
const isForm = new Ajv2020({ strict: false }).compile(formSchema)
const named = formTemplates.map((form) => [form.name, form] as const)

describe('the templates', () => {
  it('are all that lie in the folder', async () => {
    const files = (await readdir(FOLDER)).map((file) => file.replace('.json', ''))
    expect(formTemplates.map(({ name }) => name).sort()).toEqual(files.sort())
    expect(files).toHaveLength(12)
  })

  it.each(named)('keep %s to 60 lines', async (name) => {
    const text = await readFile(join(FOLDER, `${name}.json`), 'utf8')
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(60)
  })

  it.each(named)('have the meta-schema and the rules take %s', (_, form) => {
    expect(isForm(form) ? [] : isForm.errors).toEqual([])
    expect(readForm(form)).toEqual(form)
  })

  it.each(named)('have an example of %s that passes every check', (_, form) => {
    expect(form.example).toBeDefined()
    expect(checkPayload(form, form.example?.payload ?? null)).toEqual([])
    expect(checkResult(form, form.example?.payload, form.example?.result)).toEqual([])
  })
})

describe('generated results', () => {
  it.each(named)('are judged for %s as a second validator judges them by the published schema', (_, form) => {
    const second = new Validator(answerSchema(form) as object, '2020-12', true)
    const random = seeded(form.name)
    const verdicts = { valid: 0, invalid: 0 }
    for (let n = 0; n < RESULTS_EACH; n++) {
      const result = changed(form.example?.result ?? {}, random)
      const ours = checkResult(form, undefined, result).length === 0
      const theirs = second.validate(structuredClone(result)).valid
      expect({ result, valid: ours }).toEqual({ result, valid: theirs })
      verdicts[ours ? 'valid' : 'invalid'] += 1
    }
    expect(verdicts.valid).toBeGreaterThan(RESULTS_EACH / 20)
    expect(verdicts.invalid).toBeGreaterThan(RESULTS_EACH / 20)
  })
})

type Random = (below: number) => number

/** Numbers that are the same in every run (mulberry32). */
function seeded(name: string): Random {
  let state = Array.from(name).reduce((sum, character) => sum * 31 + (character.codePointAt(0) ?? 0), 7) >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * below)
  }
}

const ODD: readonly Json[] = [
  null,
  true,
  false,
  0,
  1,
  2.5,
  -1,
  101,
  '',
  'x',
  'a',
  'tie',
  [],
  ['a', 'a'],
  {},
  { start: 0 },
]

/** An example with none to three of its answers taken away, replaced, or changed somewhere inside. */
function changed(example: Readonly<Record<string, Json>>, random: Random): Json {
  const result: Record<string, Json> = structuredClone(example) as Record<string, Json>
  for (let times = random(4); times > 0; times--) {
    const keys = Object.keys(result)
    const key = keys[random(keys.length)] ?? 'none'
    const way = random(6)
    if (way === 0) delete result[key]
    else if (way === 1) result[key] = ODD[random(ODD.length)] ?? null
    else if (way === 2) result[`new${random(3)}`] = 1
    else result[key] = inside(result[key] ?? null, random)
  }
  return result
}

/** A value much like this one. */
function inside(value: Json, random: Random): Json {
  if (typeof value === 'boolean') return !value
  if (typeof value === 'number') return value + random(5) - 2
  if (typeof value === 'string')
    return random(2) === 0 ? value.slice(0, random(value.length + 1)) : `${value}x`
  if (value === null) return ODD[random(ODD.length)] ?? null
  if (Array.isArray(value)) {
    const list = [...(value as Json[])]
    const at = random(list.length + 1)
    if (random(3) === 0) list.splice(at, 1)
    else if (random(2) === 0) list.splice(at, 0, structuredClone(list[0] ?? 'x'))
    else if (list[at] !== undefined) list[at] = inside(list[at], random)
    return list
  }
  const entries = Object.entries(value)
  const at = random(entries.length + 1)
  if (random(4) === 0) return { ...(value as object), other: 1 }
  return Object.fromEntries(
    entries.flatMap(([key, one], place) =>
      place !== at ? [[key, one]] : random(3) === 0 ? [] : [[key, inside(one, random)]],
    ),
  )
}

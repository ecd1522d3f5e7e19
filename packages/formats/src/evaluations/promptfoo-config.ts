import { parseDocument } from 'yaml'
import { keeping, restOf } from '../native.ts'
import {
  type Entry,
  type Finding,
  FormatError,
  finding,
  isList,
  isObject,
  type Json,
  type JsonObject,
  type ReadOptions,
  wordOf,
} from '../record.ts'
import type { Source } from '../source.ts'
import { decode } from '../text/decode.ts'
import { joined } from '../text/lines.ts'

const MAX_CONFIG = 16 * 1024 * 1024
const MAX_ALIASES = 100
/** Most scenarios that lists of variables may be expanded to. */
const MAX_EXPANDED = 100_000

/** Checks that are data: what they compare with stands in them. */
const DATA_CHECKS =
  /^(?:not-)?(?:equals|i?contains(?:-any|-all|-json)?|starts-with|regex|is-json|levenshtein)$|^assert-set$/

/**
 * A configuration of promptfoo, as YAML or JSON: its tests as scenarios { vars, prompt, checks }. Nothing that it names is run or
 * read: checks that are code or ask a model, and files, are left, with the number of tests that use them.
 */
export async function* readPromptfooConfig(source: Source, options: ReadOptions): AsyncGenerator<Entry> {
  const text = await joined(
    decode(source, options.encoding),
    Math.min(options.maxBytes ?? MAX_CONFIG, MAX_CONFIG),
  )
  const config = parsed(text)
  yield { is: 'head', format: 'promptfoo-config', formatVersion: null }
  if (!isList(config['tests'])) {
    const why =
      typeof config['tests'] === 'string' ? `names ${config['tests']}, which is not read` : 'must be a list'
    throw new FormatError('bad_shape', why, { place: '/tests' })
  }
  const left = new Uses()
  const prompts = promptsOf(config['prompts'], left)
  const defaults = isObject(config['defaultTest']) ? config['defaultTest'] : {}
  let count = 0
  for (const [index, test] of config['tests'].entries()) {
    const place = `/tests/${index}`
    if (typeof test === 'string') {
      left.use(test, place)
      continue
    }
    if (!isObject(test)) {
      yield finding('error', 'bad_shape', 'must be an object', { place })
      continue
    }
    const vars = { ...membersOf(defaults['vars']), ...membersOf(test['vars']) }
    const checks = [...listOf(defaults['assert']), ...listOf(test['assert'])].filter((check) =>
      left.isData(check, place),
    )
    for (const [name, value] of Object.entries(vars))
      if (typeof value === 'string' && isOutside(value))
        left.use(`vars.${name}: ${value.split('://')[0]}://`, place)
    const { rest, left: places } = restOf(test, 'vars', 'assert', 'description')
    const { description } = test
    for (const expanded of expand(vars)) {
      for (const prompt of prompts) {
        if (++count > MAX_EXPANDED)
          throw new FormatError('too_long', `must expand to at most ${MAX_EXPANDED} scenarios`, { place })
        yield {
          is: 'record',
          kind: 'scenario',
          line: null,
          place,
          externalId: null,
          value: {
            scenarioId: String(count),
            payload: keeping(
              {
                vars: expanded,
                ...(prompt !== null && { prompt }),
                ...(checks.length > 0 && { checks }),
                ...(typeof description === 'string' && { description }),
              },
              rest,
              options,
            ),
          },
          left: options.keepRest === false ? places : [],
        }
      }
    }
  }
  for (const model of modelsOf(config['providers']))
    yield finding('note', 'skipped', `names the model ${model}: models are chosen when a run starts`, {
      place: '/providers',
    })
  const { left: rest } = restOf(config, 'tests', 'defaultTest', 'prompts', 'providers', 'description')
  for (const place of rest) yield finding('left', 'no_home', 'has no home in a definition', { place })
  yield* left.findings()
}

function parsed(text: string): JsonObject {
  const document = parseDocument(text, { schema: 'core', customTags: [], strict: true, uniqueKeys: true })
  const [error] = document.errors
  if (error) {
    const line = error.linePos?.[0].line ?? null
    throw new FormatError('bad_yaml', error.message.split('\n')[0] ?? 'is no YAML', { line })
  }
  let value: Json
  try {
    value = document.toJS({ maxAliasCount: MAX_ALIASES }) as Json
  } catch (error) {
    throw new FormatError('bad_yaml', error instanceof Error ? error.message : 'is no YAML')
  }
  if (!isObject(value))
    throw new FormatError('bad_shape', 'must be a map of `tests`, `prompts` and `providers`')
  return value
}

/** Each use of something that is neither run nor read, with the tests that ask for it. */
class Uses {
  readonly #tests = new Map<string, Set<string>>()

  use(what: string, place: string): void {
    const tests = this.#tests.get(what) ?? new Set()
    tests.add(place)
    this.#tests.set(what, tests)
  }

  /** Whether a check is data, all of whose parts are. */
  isData(check: Json, place: string): boolean {
    const type = isObject(check) ? wordOf(check['type'] ?? '') : wordOf(check)
    if (!isObject(check) || !DATA_CHECKS.test(type)) {
      this.use(type || 'assert', place)
      return false
    }
    const { value } = check
    if (typeof value === 'string' && isOutside(value)) {
      this.use(`${type}: ${value.split('://')[0]}://`, place)
      return false
    }
    return type !== 'assert-set' || listOf(check['assert']).every((part) => this.isData(part, place))
  }

  *findings(): Generator<Finding> {
    for (const [what, tests] of this.#tests) {
      const [place = null] = tests
      const message = `${what} is neither run nor read; ${tests.size} ${tests.size === 1 ? 'test uses' : 'tests use'} it`
      yield finding('left', 'not_run', message, { place })
    }
  }
}

function isOutside(value: string): boolean {
  return /^(?:file|exec|https?|python|package|huggingface):\/\/|^exec:/.test(value)
}

/** The texts of prompts, null alone without any. */
function promptsOf(prompts: Json | undefined, left: Uses): (string | null)[] {
  const texts = listOf(prompts).flatMap((prompt, index) => {
    const text = isObject(prompt) ? (prompt['raw'] ?? prompt['content'] ?? prompt['id']) : prompt
    if (typeof text !== 'string') return []
    if (!isOutside(text) && !/\.(?:txt|json|js|cjs|mjs|ts|py|yaml|yml|csv|md|j2)(?::\w+)?$/.test(text))
      return [text]
    left.use(text, `/prompts/${index}`)
    return []
  })
  return texts.length > 0 ? texts : [null]
}

/** The variables of a test: one set for each combination of the elements of those that are lists. */
function* expand(vars: JsonObject): Generator<JsonObject> {
  const names = Object.keys(vars)
  function* from(index: number, chosen: JsonObject): Generator<JsonObject> {
    const name = names[index]
    if (name === undefined) {
      yield chosen
      return
    }
    const value = vars[name] ?? null
    for (const one of isList(value) ? value : [value]) yield* from(index + 1, { ...chosen, [name]: one })
  }
  yield* from(0, {})
}

function modelsOf(providers: Json | undefined): string[] {
  return listOf(providers).flatMap((provider) => {
    if (typeof provider === 'string') return [provider]
    if (!isObject(provider)) return []
    const name = provider['label'] || provider['id']
    return typeof name === 'string' ? [name] : Object.keys(provider).slice(0, 1)
  })
}

function membersOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {}
}

function listOf(value: Json | undefined): readonly Json[] {
  if (isList(value)) return value
  return value === undefined || value === null ? [] : [value]
}

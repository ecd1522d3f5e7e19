import { jsonIn } from '../json/parse.ts'
import { jsonValues } from '../json/values.ts'
import { idOf, keeping, restOf } from '../native.ts'
import { type Entry, finding, isList, isObject, type Json, type ReadOptions } from '../record.ts'
import { peek, type Source } from '../source.ts'
import { tabled } from '../table/table.ts'
import { decode } from '../text/decode.ts'

/** A data set of Inspect, as CSV, JSON or JSON lines: scenarios { input, target, choices, metadata }. */
export async function* readInspectDataset(source: Source, options: ReadOptions): AsyncGenerator<Entry> {
  yield { is: 'head', format: 'inspect-dataset', formatVersion: null }
  const { head, rest } = await peek(source, 512)
  const isJson = /^[\s\ufeff]*[[{]/.test(new TextDecoder().decode(head))
  const text = decode(rest, options.encoding)
  let count = 0
  const seen = new Set<string>()
  for await (const one of isJson ? jsonValues(text, options) : tabled(text, options)) {
    if (one.is === 'finding') {
      yield one
      continue
    }
    count++
    const { value, line, place } = one
    const { input } = isObject(value) ? value : {}
    if (!isObject(value) || input === undefined) {
      yield finding('error', 'bad_shape', 'must have `input`', { line, place })
      continue
    }
    const { id, fault } = idOf(value['id'] === '' ? null : (value['id'] ?? null))
    if (fault || seen.has(id ?? String(count))) {
      const message = fault ? 'must have 1 to 200 characters' : `repeats the sample ${id}`
      yield finding('error', fault ?? 'id_repeated', message, { line, place: `${place}/id` })
      continue
    }
    seen.add(id ?? String(count))
    const choices = choicesOf(value['choices'])
    const metadata = metadataOf(value['metadata'])
    const { rest: others, left } = restOf(value, 'id', 'input', 'target', 'choices', 'metadata')
    yield {
      is: 'record',
      kind: 'scenario',
      line,
      place,
      externalId: id,
      value: {
        scenarioId: id ?? String(count),
        payload: keeping(
          {
            input,
            target: value['target'] ?? null,
            ...(choices !== undefined && { choices }),
            ...(metadata !== undefined && { metadata }),
          },
          others,
          options,
        ),
      },
      left: options.keepRest === false ? left : [],
    }
  }
}

/** Choices are a list, JSON in a cell, or names with commas between. */
function choicesOf(value: Json | undefined): Json | undefined {
  if (value === undefined || value === null || value === '') return undefined
  if (typeof value !== 'string') return value
  const parsed = jsonIn(value)
  return isList(parsed) ? parsed : value.split(',').map((choice) => choice.trim())
}

function metadataOf(value: Json | undefined): Json | undefined {
  if (value === undefined || value === null || value === '') return undefined
  return typeof value === 'string' ? (jsonIn(value) ?? value) : value
}

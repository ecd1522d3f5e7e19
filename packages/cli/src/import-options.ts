import { optionFaults, type ReadOptions } from '@muster/formats'
import { UsageError } from './command-error.ts'
import { DELIMITER_RULE, delimiterIn } from './delimiter.ts'

type Reading = (text: string) => unknown

const asText: Reading = (text) => text
const asFlag: Reading = (text) => (text === 'true' ? true : text === 'false' ? false : undefined)
const asObject: Reading = (text) => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}
const oneOf =
  (...values: readonly string[]): Reading =>
  (text) =>
    values.includes(text) ? text : undefined

/** How each option of a format is read from a word, and what it may be. */
const OPTIONS: Readonly<Record<string, readonly [Reading, string]>> = {
  encoding: [
    oneOf('utf-8', 'utf-16le', 'utf-16be', 'windows-1252'),
    'utf-8, utf-16le, utf-16be or windows-1252',
  ],
  numbers: [oneOf('refuse', 'string'), 'refuse or string'],
  keepRest: [asFlag, 'true or false'],
  idFrom: [asText, 'a column or a pointer'],
  delimiter: [delimiterIn, DELIMITER_RULE],
  types: [asObject, 'a JSON object'],
  decimal: [oneOf('.', ','), '. or ,'],
  nest: [asFlag, 'true or false'],
  offsets: [oneOf('utf16', 'codepoint', 'grapheme'), 'utf16, codepoint or grapheme'],
  models: [asObject, 'a JSON object'],
  model: [asText, 'a name'],
  task: [asText, 'a name'],
  transcript: [asFlag, 'true or false'],
  questions: [asObject, 'a JSON object'],
  classLabels: [asObject, 'a JSON object'],
  split: [asText, 'a name'],
  maxBytes: [(text) => (/^[1-9]\d*$/.test(text) ? Number(text) : undefined), 'a number'],
}

/** Options of a format, as `name=value`. @throws CommandError naming the one that is none */
export function readOptionsIn(words: readonly string[]): ReadOptions {
  const options: Record<string, unknown> = {}
  for (const word of words) {
    const equals = word.indexOf('=')
    const [name, text] = equals > 0 ? [word.slice(0, equals), word.slice(equals + 1)] : [word, '']
    const known = Object.hasOwn(OPTIONS, name) ? OPTIONS[name] : undefined
    if (!known) throw new UsageError(`--set must name one of ${Object.keys(OPTIONS).join(', ')}, not ${name}`)
    const [reading, rule] = known
    const value = reading(text)
    if (value === undefined) throw new UsageError(`--set ${name} must be ${rule}, not ${text}`)
    options[name] = value
  }
  const [fault] = optionFaults(options)
  if (fault !== undefined) throw new UsageError(`--set ${fault.path} ${fault.message}`)
  return options
}

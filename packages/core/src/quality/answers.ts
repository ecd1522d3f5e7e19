import { digestOf } from '../digest.ts'
import { canonicalJson, type Json, unstorableText } from '../json/json.ts'

/** Longer answers are known by their digest. */
const LONGEST = 100

/** How often an answer was given to a question of one task. */
export interface TimesGiven {
  readonly answer: Json
  readonly times: number
}

/**
 * An answer as text, the same for answers that are the same JSON and for no others: text as it stands unless that could be read as something else, all else as
 * JSON with the members of objects in order. Long ones by their digest.
 */
export function answerKey(answer: Json): string {
  const text = wholeKey(answer)
  return text.length <= LONGEST ? text : `sha256:${digestOf(text)}`
}

/** The same without a digest. */
export function wholeKey(answer: Json): string {
  return typeof answer === 'string' && isPlain(answer) ? answer : canonicalJson(answer)
}

/** The answer of a key. A digest stays what it is. */
export function answerFrom(key: string): Json {
  const read = readJson(key)
  return read === undefined ? key : read
}

/** `{"a":2,"b":1}`: each answer by its key with how often it was given, in the order of their texts. */
export function compositionKey(answers: readonly Json[], keyOf: (answer: Json) => string): string {
  const times = new Map<string, number>()
  for (const answer of answers) {
    const key = keyOf(answer)
    times.set(key, (times.get(key) ?? 0) + 1)
  }
  const members = [...times].sort(([one], [other]) => (one < other ? -1 : 1))
  return `{${members.map(([key, count]) => `${JSON.stringify(key)}:${count}`).join()}}`
}

/** Reads the answers that compositions count: lists that are the same are one and the same value. */
export function compositionReader(): (key: string) => TimesGiven[] {
  const known = new Map<string, Json>()
  const read = (key: string): Json => {
    if (!key.startsWith('[')) return answerFrom(key)
    const answer = known.get(key) ?? answerFrom(key)
    known.set(key, answer)
    return answer
  }
  return (key) => {
    // The order of members that look like numbers is not that of the text: no matter, for they are only counted.
    const counted = JSON.parse(key) as Readonly<Record<string, number>>
    return Object.entries(counted).map(([answer, times]) => ({ answer: read(answer), times }))
  }
}

/** Neither JSON itself nor a digest, nor text that a database may not keep. */
function isPlain(text: string): boolean {
  return (
    text !== '' &&
    !text.startsWith('sha256:') &&
    unstorableText(text) === undefined &&
    readJson(text) === undefined
  )
}

function readJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}

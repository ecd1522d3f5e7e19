import { createHash } from 'node:crypto'
import { type Json, unstorableText } from '../json/json.ts'

/** Longer answers are known by their digest. */
const LONGEST = 100

/**
 * An answer as text, the same for answers that are the same JSON and for no others: text as it stands unless that could be read as something else, all else as
 * JSON with the members of objects in order. Long ones by their digest.
 */
export function answerKey(answer: Json): string {
  const text = typeof answer === 'string' && isPlain(answer) ? answer : canonical(answer)
  return text.length <= LONGEST ? text : `sha256:${createHash('sha256').update(text, 'utf8').digest('hex')}`
}

/** `{"a":2,"b":1}`: each answer with how often it was given, in the order of their texts. */
export function compositionKey(answers: readonly Json[]): string {
  const times = new Map<string, number>()
  for (const answer of answers) {
    const key = answerKey(answer)
    times.set(key, (times.get(key) ?? 0) + 1)
  }
  const members = [...times].sort(([one], [other]) => (one < other ? -1 : 1))
  return `{${members.map(([key, count]) => `${JSON.stringify(key)}:${count}`).join()}}`
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

function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(canonical).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(Object.is(value, -0) ? 0 : value)
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join()}}`
}

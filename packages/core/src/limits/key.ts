import { isUuid, type ProjectId } from '../ids.ts'

/** Characters of a key at most. */
export const LONGEST_KEY = 200

/** Keys that begin so are for what Muster itself counts. */
const RESERVED = 'budget:'

/** `word:rest`, both of at least a character, without space or control characters. */
const KEY = /^[^\s:\p{Cc}]+:[^\s\p{Cc}]+$/u

/** The rule that {@link isKey} holds. */
export const KEY_RULE: string = `a text of 1 to ${LONGEST_KEY} characters in the form word:rest, normalized (NFC), without space or control characters, and not ${RESERVED}…`

/** Whether a key may be so. */
export function isKey(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length <= LONGEST_KEY &&
    KEY.test(value) &&
    value === value.normalize('NFC') &&
    !value.startsWith(RESERVED)
  )
}

/** The project whose managers have a say in the key, of one that begins with `project:<id>:`; undefined: it is of all. */
export function projectOfKey(key: string): ProjectId | undefined {
  const [word, projectId = '', ...rest] = key.split(':')
  const names = word === 'project' && rest.length > 0 && isUuid(projectId)
  return names ? (projectId.toLowerCase() as ProjectId) : undefined
}

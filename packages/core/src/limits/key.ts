/** Characters of a key at most. */
const LONGEST_KEY = 200

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

import { createHash } from 'node:crypto'

/** The SHA-256 of a text, in hex: a number that everybody draws alike. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex')
}

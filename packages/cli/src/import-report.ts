import type { Finding } from '@muster/formats'

/** Findings of the file, and of the server about what it was given. */
export type Said = Omit<Finding, 'code'> & { readonly code: string }

/** Errors that are told one by one; of more, how many. */
const MOST_ERRORS = 10_000
/** Findings that are told in words. */
const MOST_WORDS = 20

/** All that is said of a file. */
export class Report {
  readonly #said: Said[] = []
  readonly #errors = new Map<string, number>()
  readonly #left = new Map<string, number>()
  #errorCount = 0

  add(said: Said): void {
    if (said.level === 'error') {
      this.#errorCount++
      if (this.#errorCount > MOST_ERRORS) {
        this.#errors.set(said.code, (this.#errors.get(said.code) ?? 0) + 1)
        return
      }
    }
    this.#said.push(said)
  }

  /** Counts a member of a record that has no home. */
  leave(kind: string, place: string): void {
    const key = `${place} of a ${kind}`
    this.#left.set(key, (this.#left.get(key) ?? 0) + 1)
  }

  /** How many findings of that level there are; of what is left, how many places. */
  count(level: Said['level']): number {
    if (level === 'error') return this.#errorCount
    const told = this.#said.filter((said) => said.level === level).length
    return level === 'left' ? told + this.#left.size : told
  }

  /** One JSON object a line: findings in the order of the file, then counts. */
  lines(): string {
    return this.#all()
      .map(
        ({ level, code, line, place, externalId, message }) =>
          `${JSON.stringify({ line, place, externalId, level, code, message })}\n`,
      )
      .join('')
  }

  /** The first findings in words, errors first. */
  words(): string[] {
    const all = this.#all()
    const sorted = [
      ...all.filter(({ level }) => level === 'error'),
      ...all.filter(({ level }) => level !== 'error'),
    ]
    const told = sorted.slice(0, MOST_WORDS).map(wordsOf)
    const more = sorted.length - told.length
    return more > 0 ? [...told, `… and ${more} more: see --report`] : told
  }

  #all(): Said[] {
    const counted = (level: Said['level'], code: string, place: string | null, message: string): Said => ({
      is: 'finding',
      level,
      code,
      line: null,
      place,
      externalId: null,
      message,
    })
    return [
      ...this.#said,
      ...[...this.#errors].map(([code, count]) => counted('error', code, null, `${count} more`)),
      ...[...this.#left].map(([place, count]) =>
        counted('left', 'no_home', place, `has no home, ${count} times`),
      ),
    ]
  }
}

function wordsOf({ level, line, place, message }: Said): string {
  const where = [line === null ? '' : `line ${line}`, place ?? ''].filter((part) => part !== '').join(' ')
  return `${level}: ${where === '' ? '' : `${where} `}${message}`
}

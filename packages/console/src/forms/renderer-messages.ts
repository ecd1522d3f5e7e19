/** What a host's own renderer may say: how high it is, or all answers to the questions of its form. */
export type Said =
  | { readonly height: number; readonly answer?: undefined }
  | { readonly answer: Readonly<Record<string, unknown>>; readonly height?: undefined }

/** Longest message of a renderer, as JSON. */
const MOST_CHARACTERS = 1_048_576
const MOST_PIXELS = 20_000
/** Messages of one renderer that are heard in a second. */
const MOST_A_SECOND = 20
const SECOND_MS = 1_000

/** A message of a renderer, checked; undefined if it is something else. Whatever is no JSON is left out, as `JSON.stringify` does. */
export function readSaid(data: unknown): Said | undefined {
  const given = plain(data)
  if (!isRecord(given)) return undefined
  const { height, answer, ...rest } = given
  if (Object.keys(rest).length > 0 || (height === undefined) === (answer === undefined)) return undefined
  if (answer !== undefined) return isRecord(answer) ? { answer } : undefined
  if (typeof height !== 'number' || !(height >= 0)) return undefined
  return { height: Math.min(height, MOST_PIXELS) }
}

function plain(data: unknown): unknown {
  try {
    const text = JSON.stringify(data)
    return text === undefined || text.length > MOST_CHARACTERS ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Hears twenty messages a second. Of those that are too many the last is heard when there is room again: it may be the answer. */
export class Ear {
  readonly #hear: (data: unknown) => void
  #heard: readonly number[] = []
  #waiting: { readonly data: unknown } | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(hear: (data: unknown) => void) {
    this.#hear = hear
  }

  take(data: unknown, now: number): void {
    this.#heard = this.#heard.filter((at) => now - at < SECOND_MS)
    if (this.#heard.length < MOST_A_SECOND) {
      this.#waiting = undefined
      this.#heard = [...this.#heard, now]
      this.#hear(data)
      return
    }
    this.#waiting = { data }
    this.#timer ??= setTimeout(
      () => {
        this.#timer = undefined
        if (this.#waiting) this.take(this.#waiting.data, performance.now())
      },
      SECOND_MS - (now - (this.#heard[0] ?? now)) + 1,
    )
  }

  /** Hears what waits now, and nothing after. */
  close(): void {
    clearTimeout(this.#timer)
    if (this.#waiting) this.#hear(this.#waiting.data)
    this.#waiting = undefined
  }
}

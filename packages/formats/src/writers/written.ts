import type { Json, JsonObject } from '../record.ts'

/** A run whose results are written. */
export interface WrittenRun {
  readonly runId: string
  /** Of its definition. */
  readonly name: string
  /** In the order in which they stand beside each other. */
  readonly models: readonly string[]
  /** ISO 8601: when it was started, and so the same whenever it is written. */
  readonly createdAt: string
  /** Anything else that is to be known of it. */
  readonly about: JsonObject
}

/** The outcome of one scenario, by model. */
export interface WrittenScenario {
  readonly scenarioId: string
  readonly payload: Json
  /** null for a model that has none. */
  readonly results: Readonly<Record<string, WrittenResult | null>>
  /** The answer of people, if they had the scenario. */
  readonly outcome?: Json
}

/** How one job ended. */
export interface WrittenResult {
  readonly state: 'completed' | 'failed' | 'cancelled'
  readonly result: Json
  readonly error: { readonly code: string; readonly message: string } | null
}

/** A completed task with what people said. */
export interface WrittenTask {
  readonly taskId: string
  readonly externalId: string | null
  readonly payload: Json
  readonly submissions: readonly WrittenSubmission[]
  readonly outcome: Json
}

/** One person's answer. */
export interface WrittenSubmission {
  readonly stepId: string
  /** Who: an id, a pseudonym, or null. */
  readonly person: string | null
  readonly result: Json
  readonly comment: string | null
  /** By which it is known; undefined: by nothing. */
  readonly assignmentId?: string
  /** ISO 8601; null or undefined: not known. */
  readonly startedAt?: string | null
  readonly submittedAt?: string | null
}

/** Something that a format has no place for. */
export interface NotWritten {
  readonly what: string
  readonly count: number
  readonly why: string
}

/** Counts what a format has no place for. */
export class Omissions {
  readonly #counts = new Map<string, { what: string; why: string; count: number }>()

  add(what: string, why: string): void {
    const key = `${what}\n${why}`
    const kept = this.#counts.get(key) ?? { what, why, count: 0 }
    kept.count++
    this.#counts.set(key, kept)
  }

  /** In the order in which they were first seen. */
  list(): NotWritten[] {
    return [...this.#counts.values()].map(({ what, count, why }) => ({ what, count, why }))
  }
}

/** The text of a file, piece by piece; what had no place is known once it has ended. */
export interface Writing {
  readonly text: AsyncIterable<string>
  left(): readonly NotWritten[]
}

/** Scenarios or tasks, in the order in which they are to be written. */
export type Rows<Row> = AsyncIterable<Row> | Iterable<Row>

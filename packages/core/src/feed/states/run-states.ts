import type { Signal } from '../../events/signals.ts'
import type { RunId } from '../../ids.ts'
import { escalationNews } from '../../runs/escalation/policy.ts'
import type { Run } from '../../runs/run.ts'
import { progressOf, settledOf } from '../../runs/run-progress.ts'
import { MOST_RUNS } from '../snapshots.ts'
import type { Newcomers, StateReader, Told } from './state-reader.ts'

/** Runs that have ended of which the last that was told is known. */
const MOST_ENDED = 100

/** Runs to be looked at, and who must hear of them whatever was told before. */
export type WantedRuns = ReadonlyMap<RunId, ReadonlySet<StateReader>>

/** The runs of a project as a look has found them. */
export interface SeenRuns {
  readonly live: readonly Run[]
  /** Runs that were asked for and are not live. */
  readonly others: readonly Run[]
  /** The latest runs, for those who come back: they may have been cut off between a run's end and its last progress. */
  readonly recent: readonly RunId[]
}

/** The progress of a project's runs, as it was told last. */
export class RunStates {
  readonly #told = new Map<RunId, readonly Signal[]>()
  readonly #wanted = new Map<RunId, Set<StateReader>>()
  #live = new Set<RunId>()
  /** Runs that have ended, of which people still have tasks. */
  #withPeople = new Set<RunId>()

  /** Whether runs go on. */
  get isBusy(): boolean {
    return this.#live.size > 0
  }

  /** The run is looked at next though it may not be live, and told to `readers` in any case. */
  want(runId: RunId, readers: Iterable<StateReader>): void {
    const wanted = this.#wanted.get(runId) ?? new Set()
    for (const reader of readers) wanted.add(reader)
    this.#wanted.set(runId, wanted)
  }

  /** The question of a look that begins now. */
  takeWanted(): ReadonlyMap<RunId, Set<StateReader>> {
    const wanted = new Map(this.#wanted)
    this.#wanted.clear()
    return wanted
  }

  /** The runs that a look must find, live or not. */
  asked(wanted: WantedRuns, recent: readonly RunId[], newcomers: Newcomers): Set<RunId> {
    const asked = new Set([...this.#live, ...this.#withPeople, ...wanted.keys(), ...recent])
    for (const [, told] of newcomers) for (const { runId } of told.runs) asked.add(runId)
    return asked
  }

  /** Tells what is new to those who are not new themselves, and what is wanted to those who want it. */
  tell(
    { live, others }: SeenRuns,
    wanted: WantedRuns,
    readers: Iterable<StateReader>,
    isNew: (reader: StateReader) => boolean,
  ): void {
    const all = [...readers]
    for (const run of [...live, ...others]) {
      const signals = signalsOf(run)
      const before = this.#told.get(run.runId) ?? []
      this.#told.delete(run.runId)
      this.#told.set(run.runId, signals)
      for (const signal of signals) {
        const isNews = !isAmong(before, signal)
        for (const reader of all) {
          const mustHear = wanted.get(run.runId)?.has(reader) === true
          if (mustHear || (isNews && !isNew(reader))) reader.signal(signal)
        }
      }
    }
    // Jobs of a run that has ended may still be on their way.
    const unsettled = others.filter(
      ({ tallies, escalation }) => settledOf(tallies) < tallies.total || (escalation?.ready ?? 0) > 0,
    )
    const withPeople = others.filter(({ escalation }) => (escalation?.tasks.open ?? 0) > 0)
    this.#live = new Set([...live, ...unsettled.slice(0, MOST_RUNS)].map(({ runId }) => runId))
    this.#withPeople = new Set(withPeople.slice(0, MOST_RUNS).map(({ runId }) => runId))
    const [...known] = this.#told.keys()
    for (const runId of known.slice(0, Math.max(0, known.length - MOST_RUNS - MOST_ENDED)))
      if (!this.#live.has(runId) && !this.#withPeople.has(runId)) this.#told.delete(runId)
  }

  /** Tells somebody new what differs from what they were told. */
  introduce(reader: StateReader, told: Told, { live, recent }: SeenRuns): void {
    const before = new Map(told.runs.map((run) => [run.runId, signalsOf(run)]))
    const runIds = [...live.map(({ runId }) => runId), ...before.keys(), ...(told.isBack ? recent : [])]
    for (const runId of new Set(runIds)) {
      for (const signal of this.#told.get(runId) ?? []) {
        if (!isAmong(before.get(runId) ?? [], signal)) reader.signal(signal)
      }
    }
  }
}

function signalsOf(run: Run): Signal[] {
  const { runId, projectId, escalation } = run
  const progress = progressOf(run) as unknown as Signal['data']
  const escalated = escalation && (escalationNews(runId, escalation) as unknown as Signal['data'])
  return [
    { type: 'run_progress', projectId, data: progress },
    ...(escalated ? [{ type: 'run_escalation', projectId, data: escalated } as const] : []),
  ]
}

function isAmong(told: readonly Signal[], signal: Signal): boolean {
  return told.some(
    ({ type, data }) => type === signal.type && JSON.stringify(data) === JSON.stringify(signal.data),
  )
}

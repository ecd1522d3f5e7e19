import type { Clock, Logger } from '../../environment.ts'
import type { Broadcast } from '../../events/broadcast.ts'
import { SYSTEM_TOPIC } from '../../events/signals.ts'
import type { ProcessId } from '../../ids.ts'
import { durationSum } from './durations.ts'
import {
  PROCESS_LEASE_MS,
  type ProcessLoad,
  type ProcessReport,
  type ProcessRole,
  type TypeLoad,
} from './process.ts'
import type { ProcessStore } from './process-store.ts'

/** How often a process looks whether there is something new to tell, in ms. */
export const REPORT_MS = 10_000
/** How often it tells that it is alive if nothing is new, in ms. */
export const IDLE_REPORT_MS = 30_000

/** A lag counts as another one if it differs by more than this, in ms. */
const LAG_STEP_MS = 10

/** The process that Muster runs in. */
export interface ThisProcess {
  readonly host: string
  readonly pid: number
  readonly version: string
  /** Begins to measure how late timers are; gives how to read the worst of a hundred since it was read last, and how to end. */
  measureLag(): { read(): number | null; end(): void }
}

interface Deps {
  readonly processes: ProcessStore
  readonly broadcast: Broadcast
  readonly processId: ProcessId
  readonly process: ThisProcess
  readonly clock: Clock
  readonly logger: Logger
}

interface Part {
  readonly role: ProcessRole
  readonly load: (() => ProcessLoad) | undefined
}

const IDLE: ProcessLoad = { slots: 0, active: 0, types: [] }

/**
 * Tells what this process does while somebody in it works, schedules or answers calls. One row, written when something is new and now and then
 * so that it counts as alive; what cannot be written is told the next time.
 */
export class ProcessReporter {
  readonly #deps: Deps
  readonly #parts = new Set<Part>()
  #stop = new AbortController()
  #wake = new AbortController()
  #loop: Promise<void> | undefined
  #since: Date | undefined
  #told: { readonly report: ProcessReport; readonly at: number } | undefined

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Plays a part from now on; gives how to leave it. */
  enter(role: ProcessRole, load?: () => ProcessLoad): () => Promise<void> {
    const part = { role, load }
    this.#parts.add(part)
    this.#wake.abort()
    this.#loop ??= this.#run()
    return async () => {
      if (!this.#parts.delete(part)) return
      if (this.#parts.size > 0) this.#wake.abort()
      else await this.#end()
    }
  }

  async #end(): Promise<void> {
    const { processes, processId, logger } = this.#deps
    this.#stop.abort()
    const loop = this.#loop
    this.#loop = undefined
    this.#stop = new AbortController()
    await loop
    if (this.#parts.size > 0) return
    try {
      if (!this.#told) return
      this.#told = undefined
      await processes.leave(processId)
      await this.#announce()
    } catch (error) {
      logger.debug({ err: error }, 'The process could not say that it ends: it counts as silent')
    }
  }

  async #run(): Promise<void> {
    const { clock, logger, process } = this.#deps
    const { signal } = this.#stop
    this.#since ??= clock.now()
    const lag = process.measureLag()
    while (!signal.aborted) {
      this.#wake = new AbortController()
      try {
        await this.#tell(lag.read())
      } catch (error) {
        logger.debug({ err: error }, 'What this process does could not be told')
      }
      await clock.wait(REPORT_MS, AbortSignal.any([signal, this.#wake.signal]))
    }
    lag.end()
  }

  async #tell(lagP99Ms: number | null): Promise<void> {
    const { processes, clock } = this.#deps
    const now = clock.now()
    const report = this.#report(lagP99Ms, now)
    const told = this.#told
    if (told && now.getTime() - told.at < IDLE_REPORT_MS && !isNews(told.report, report)) return
    await processes.report(report, { now, until: new Date(now.getTime() + PROCESS_LEASE_MS) })
    this.#told = { report, at: now.getTime() }
    await this.#announce()
  }

  /** Those who watch look again. */
  async #announce(): Promise<void> {
    const { broadcast, processId } = this.#deps
    await broadcast.publish(SYSTEM_TOPIC, { type: 'process_reported', data: { processId } })
  }

  #report(lagP99Ms: number | null, now: Date): ProcessReport {
    const { processId, process } = this.#deps
    const loads = [...this.#parts].map(({ load }) => load?.() ?? IDLE)
    return {
      processId,
      roles: [...new Set([...this.#parts].map(({ role }) => role))].sort(),
      host: process.host,
      pid: process.pid,
      version: process.version,
      since: this.#since ?? now,
      slots: loads.reduce((sum, { slots }) => sum + slots, 0),
      active: loads.reduce((sum, { active }) => sum + active, 0),
      types: together(loads.flatMap(({ types }) => types)),
      lagP99Ms,
    }
  }
}

/** Several workers of one process may do the same type. */
function together(loads: readonly TypeLoad[]): TypeLoad[] {
  return [...Map.groupBy(loads, ({ type }) => type)].map(([type, same]) => ({
    type,
    slots: same.reduce((sum, { slots }) => sum + slots, 0),
    active: same.reduce((sum, { active }) => sum + active, 0),
    took: durationSum(same.map(({ took }) => took)),
  }))
}

function isNews(before: ProcessReport, now: ProcessReport): boolean {
  const { lagP99Ms: lagBefore, ...rest } = before
  const { lagP99Ms: lag, ...other } = now
  const lagMoved =
    lag === null || lagBefore === null ? lag !== lagBefore : Math.abs(lag - lagBefore) > LAG_STEP_MS
  return lagMoved || JSON.stringify(rest) !== JSON.stringify(other)
}

import type { ProcessId } from '../../ids.ts'

/** Parts that a process plays: it answers calls, does jobs, or wakes what is due. */
export const PROCESS_ROLES = ['api', 'worker', 'scheduler'] as const
/** One of {@link PROCESS_ROLES}. */
export type ProcessRole = (typeof PROCESS_ROLES)[number]

/** A process that was not heard of for so long is silent, in ms. */
export const PROCESS_LEASE_MS = 45_000
/** A silent process is told of for so long, in ms. */
export const PROCESS_KEPT_MS = 600_000

/** Jobs of a type that a process does at once. */
export interface TypeLoad {
  readonly type: string
  /** Slots that types share are counted for each of them. */
  readonly slots: number
  readonly active: number
  /** How long attempts took lately: how many ended in each bucket of `durationBucket`. */
  readonly took: Readonly<Record<string, number>>
}

/** Jobs that a process does at once, of all types together and of each. */
export interface ProcessLoad {
  readonly slots: number
  readonly active: number
  readonly types: readonly TypeLoad[]
}

/** A process, as it tells of itself. */
export interface ProcessReport extends ProcessLoad {
  readonly processId: ProcessId
  readonly roles: readonly ProcessRole[]
  readonly host: string
  readonly pid: number
  /** Of Muster. */
  readonly version: string
  readonly since: Date
  /** How late timers of its event loop were lately, the worst of a hundred; null: not measured yet. */
  readonly lagP99Ms: number | null
}

/** A process, as it last told of itself. */
export interface KnownProcess extends ProcessReport {
  readonly seenAt: Date
  /** Since when it should have been heard of; null: it is alive. */
  readonly silentSince: Date | null
}

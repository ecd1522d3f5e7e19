import type { Clock } from '../../environment.ts'
import type { JobCounts, JobStore } from '../job-store.ts'
import type { WorkerStore } from '../worker-store.ts'
import { durationAt, durationSum } from './durations.ts'
import type { KnownProcess, TypeLoad } from './process.ts'
import type { ProcessStore } from './process-store.ts'

/** Live workers that do jobs of a type; 0 if jobs of it are pending and nobody does them. */
export interface TypeWorkers {
  readonly type: string
  readonly workers: number
}

/** How long attempts at jobs of a type took in the last minutes, ten at most. */
export interface TypeDurations {
  readonly type: string
  /** Attempts that ended. */
  readonly ended: number
  readonly p50Ms: number
  readonly p95Ms: number
}

/** A process with what it does, without how long that took. */
export type SeenProcess = Omit<KnownProcess, 'types'> & {
  readonly types: readonly Omit<TypeLoad, 'took'>[]
}

/** The processes that there are, and what they do. */
export interface SystemProcesses {
  /** By type. */
  readonly workers: readonly TypeWorkers[]
  /** By host and pid; one that fell silent is among them for ten minutes. */
  readonly processes: readonly SeenProcess[]
  /** By type, of processes that are alive; without types of which no attempt ended. */
  readonly durations: readonly TypeDurations[]
}

interface Deps {
  readonly stores: {
    readonly processes: Pick<ProcessStore, 'list'>
    readonly workers: Pick<WorkerStore, 'findAttendance'>
    readonly jobs: Pick<JobStore, 'countByType'>
  }
  readonly clock: Clock
}

/** Reads the processes that there are. */
export async function readProcesses({ stores, clock }: Deps): Promise<SystemProcesses> {
  const now = clock.now()
  const [processes, attendance, counts] = await Promise.all([
    stores.processes.list(now),
    stores.workers.findAttendance(now),
    stores.jobs.countByType(null),
  ])
  return {
    workers: workersOf(attendance.workers, counts),
    processes: processes.map((process) => ({
      ...process,
      types: process.types.map(({ took: _took, ...load }) => load),
    })),
    durations: durationsOf(processes.filter(({ silentSince }) => silentSince === null)),
  }
}

function workersOf(
  live: Readonly<Record<string, number>>,
  counts: ReadonlyMap<string, JobCounts>,
): TypeWorkers[] {
  const waiting = [...counts].filter(([, { pending }]) => pending > 0).map(([type]) => type)
  return [...new Set([...Object.keys(live), ...waiting])]
    .sort()
    .map((type) => ({ type, workers: live[type] ?? 0 }))
}

function durationsOf(processes: readonly KnownProcess[]): TypeDurations[] {
  const byType = Map.groupBy(
    processes.flatMap(({ types }) => types),
    ({ type }) => type,
  )
  return [...byType]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([type, loads]) => {
      const counts = durationSum(loads.map(({ took }) => took))
      const [p50Ms, p95Ms] = [durationAt(0.5, counts), durationAt(0.95, counts)]
      const ended = Object.values(counts).reduce((sum, count) => sum + count, 0)
      return p50Ms === null || p95Ms === null ? [] : [{ type, ended, p50Ms, p95Ms }]
    })
}

import type { JobId, ProjectId, RunId } from '../ids.ts'
import type { LimitSettings } from './keys.ts'
import type { FirstOfSet, JobKeys, KeptLimit, LimitDefault, UsedLimit } from './limit.ts'

/**
 * Keeps keys with their settings. A key is kept when the first job of it is. The use of a key moves with the takes of the `WorkerStore`, which ask it, and with the end of a worker.
 */
export interface LimitStore {
  /** Applications say this of keys from now on, those that are kept and those that are met; not of keys of which somebody has said else. */
  declare(defaults: readonly LimitDefault[]): Promise<void>
  find(key: string, now: Date): Promise<KeptLimit | undefined>
  /**
   * Keys that begin with `prefix`, ascending, behind `after`. With `projects` those alone that jobs of these have or had, and that begin with `project:` and
   * the id of one.
   */
  list(
    prefix: string,
    slice: { readonly limit: number; readonly after?: string | undefined },
    now: Date,
    projects?: readonly ProjectId[] | null,
  ): Promise<KeptLimit[]>
  /** Whether jobs of one of the projects have or had the key. */
  isCarried(key: string, projects: readonly ProjectId[]): Promise<boolean>
  /** The keys of a job that has begun no attempt that runs; nothing for one without keys. */
  findJobKeys(jobId: JobId): Promise<JobKeys | undefined>
  /**
   * The sets of a run's jobs that are next in line, of each the oldest job: those of {@link MOST_LOOKED_AT} jobs of its line, of as many that are tried again, and as many sets of
   * jobs that were passed over.
   */
  findInLine(runId: RunId, now: Date): Promise<FirstOfSet[]>
  /** The use of these keys, as far as they are kept, in any order. */
  findUse(keys: readonly string[], now: Date): Promise<UsedLimit[]>
  /** Gives the key these settings, by somebody's word. `false`: its version is not `version`, where that is given, and nothing changed. */
  put(key: string, settings: LimitSettings, version?: number): Promise<boolean>
  /** The settings go: the key has what applications say of it. Its use stays counted. */
  remove(key: string): Promise<void>
  /** Nothing begins under the key before `until`. A time in the past ends a cool-down. */
  cool(key: string, until: Date): Promise<void>
}

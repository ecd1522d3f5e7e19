import { ValidationError } from '../errors.ts'
import type { JobType } from '../jobs/job.ts'

/** @throws ValidationError at `path` for a job type that is not registered here */
export function demandType(jobTypes: ReadonlyMap<string, JobType>, jobType: string, path: string): void {
  if (jobTypes.has(jobType)) return
  throw new ValidationError([
    { path, message: `is of the job type ${jobType}, which is not registered here` },
  ])
}

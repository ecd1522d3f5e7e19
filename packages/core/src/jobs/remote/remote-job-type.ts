import type { StandardSchemaV1 } from '@standard-schema/spec'
import { NonRetryableError } from '../../errors.ts'
import type { Json } from '../../json/json.ts'
import type { JobType } from '../job.ts'

/**
 * A job type whose jobs are done by workers over HTTP alone: of the payload from its schema, and of the result from that of its results, which the server
 * holds every result to. Without one any JSON is a result.
 */
export function remoteJobType<const Name extends string, Payload, Given, Result = Json>(
  type: Omit<JobType<Payload, Result, Given, Name>, 'handler' | 'remote' | 'concurrency'> & {
    readonly result?: StandardSchemaV1<Result>
  },
): JobType<Payload, Result, Given, Name> {
  return {
    ...type,
    remote: true,
    handler() {
      throw new NonRetryableError(`Jobs of ${type.name} are done by workers over HTTP`)
    },
  }
}

import { type JobType, jobType } from '@muster/core'
import { z } from 'zod'

export const IDLE_TYPE = 'idle'

/** When a handler started, in milliseconds of the machine's clock: the same in every process. */
export interface Started {
  readonly at: number
}

/** Tells of each start and does nothing else. */
export function idleType(started: (started: Started) => void): JobType {
  return jobType({
    name: IDLE_TYPE,
    payload: z.object({}),
    handler: () => {
      started({ at: performance.timeOrigin + performance.now() })
      return null
    },
  })
}

import { type JobType, jobType } from '@muster/core'
import { analyzeBasic, analyzeDeep, probeScenario } from '@muster-examples/language-id/job-types'
import { stubProbe } from './stub-probe.ts'

/** What this server's machines can do, whether or not the demo is loaded. */
export const jobTypes: readonly JobType[] = [
  jobType(probeScenario),
  jobType(analyzeBasic),
  jobType(analyzeDeep),
  jobType(stubProbe),
]

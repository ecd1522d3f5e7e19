import type { ServiceIdentifier } from 'inversify'
import type { AssignmentStrategy } from './assignment/strategies/strategy.ts'
import type { Broadcast } from './events/ports.ts'
import type { JobType } from './jobs/job.ts'
import type { JobQueue } from './jobs/ports.ts'
import type { Muster } from './muster.ts'
import type { Authenticator } from './people/ports.ts'
import type { Clock, Ids, Logger, Metrics, Random } from './ports.ts'
import type { PresenceStore } from './presence/ports.ts'
import type { Persistence } from './stores.ts'

export const PERSISTENCE = Symbol.for('muster.Persistence') as ServiceIdentifier<Persistence>
export const JOB_QUEUE = Symbol.for('muster.JobQueue') as ServiceIdentifier<JobQueue>
export const BROADCAST = Symbol.for('muster.Broadcast') as ServiceIdentifier<Broadcast>
export const PRESENCE_STORE = Symbol.for('muster.PresenceStore') as ServiceIdentifier<PresenceStore>
export const AUTHENTICATOR = Symbol.for('muster.Authenticator') as ServiceIdentifier<Authenticator>
export const CLOCK = Symbol.for('muster.Clock') as ServiceIdentifier<Clock>
export const IDS = Symbol.for('muster.Ids') as ServiceIdentifier<Ids>
export const RANDOM = Symbol.for('muster.Random') as ServiceIdentifier<Random>
export const LOGGER = Symbol.for('muster.Logger') as ServiceIdentifier<Logger>
export const METRICS = Symbol.for('muster.Metrics') as ServiceIdentifier<Metrics>
/** The registered job types, by name. */
export const JOB_TYPES = Symbol.for('muster.JobTypes') as ServiceIdentifier<ReadonlyMap<string, JobType>>
/** The registered strategies, by name. */
export const STRATEGIES = Symbol.for('muster.Strategies') as ServiceIdentifier<ReadonlyMap<string, AssignmentStrategy>>
export const MUSTER = Symbol.for('muster.Muster') as ServiceIdentifier<Muster>

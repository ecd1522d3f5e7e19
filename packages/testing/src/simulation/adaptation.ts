import type { AssignmentUseCases } from '@muster/core/calls'
import type { JobQueue, Persistence } from '@muster/core/ports'

/**
 * What is put between the use cases of every process and its adapters: a different adapter, or a broken one, to see that the simulation
 * notices. Made once for each schedule, so that it may remember things across processes.
 */
export interface Adaptation {
  persistence?(inner: Persistence): Persistence
  jobQueue?(inner: JobQueue): JobQueue
  assignments?(inner: AssignmentUseCases): AssignmentUseCases
}

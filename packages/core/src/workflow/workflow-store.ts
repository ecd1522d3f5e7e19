import type { WorkflowId } from '../ids.ts'
import type { NewestKey, Slice } from '../paging.ts'
import type { Workflow } from './workflow.ts'

/** Keeps workflows; they never change. */
export interface WorkflowStore {
  add(workflow: Workflow): Promise<void>
  find(workflowId: WorkflowId): Promise<Workflow | undefined>
  /** Newest first. */
  list(slice: Slice<NewestKey>): Promise<Workflow[]>
}

import type { Workflow, WorkflowId } from '@muster/core'
import { ConflictError } from '@muster/core'
import type { NewestKey, Slice, WorkflowStore } from '@muster/core/ports'
import { sliceNewest } from '../jobs/order.ts'
import { ALL } from '../tables/people-tables.ts'
import type { MemoryContext } from '../tables/tables.ts'
import type { TaskTables } from './task-tables.ts'

/** Workflows in memory. */
export class MemoryWorkflowStore implements WorkflowStore {
  readonly #tables: TaskTables

  constructor({ tables }: MemoryContext) {
    this.#tables = tables.tasks
  }

  async add(workflow: Workflow): Promise<void> {
    if (this.#tables.workflows.has(workflow.workflowId)) {
      throw new ConflictError(`There already is a workflow ${workflow.workflowId}`, {
        workflowId: workflow.workflowId,
      })
    }
    this.#tables.workflows.set(workflow.workflowId, workflow)
  }

  async find(workflowId: WorkflowId): Promise<Workflow | undefined> {
    return this.#tables.workflows.get(workflowId)
  }

  async list(slice: Slice<NewestKey>): Promise<Workflow[]> {
    return sliceNewest(this.#tables.workflowsByAge, ALL, ({ workflowId }) => workflowId, slice)
  }
}

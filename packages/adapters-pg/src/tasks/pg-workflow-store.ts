import type { Workflow, WorkflowId } from '@muster/core'
import type { NewestKey, Slice, WorkflowStore } from '@muster/core/ports'
import { type Connection, jsonText, statement } from '../connection/queryable.ts'

const WORKFLOW = `workflow_id as "workflowId", name, version, created_at as "createdAt",
  (select json_agg(step order by place) from workflow_step where workflow_step.workflow_id = workflow.workflow_id) as steps`

const ADD = statement(
  'workflow_add',
  `with steps as (
     insert into workflow_step (workflow_id, step_id, place, step_type, step)
     select $1::uuid, step ->> 'stepId', place, step ->> 'stepType', step
     from json_array_elements($2::json) with ordinality as given (step, place))
   insert into workflow (workflow_id, name, version, created_at) values ($1, $3, $4, $5)`,
)
const FIND = statement('workflow_find', `select ${WORKFLOW} from workflow where workflow_id = $1`)
const LIST = statement(
  'workflow_list',
  `select ${WORKFLOW} from workflow where ($2::timestamptz is null or (created_at, workflow_id) < ($2, $3::uuid))
   order by created_at desc, workflow_id desc limit $1`,
)

/** Workflows in `workflow`, their steps in `workflow_step`. */
export class PgWorkflowStore implements WorkflowStore {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  async add({ workflowId, steps, name, version, createdAt }: Workflow): Promise<void> {
    await this.#connection.rows(ADD, [workflowId, jsonText(steps), name, version, createdAt])
  }

  async find(workflowId: WorkflowId): Promise<Workflow | undefined> {
    return (await this.#connection.rows<Workflow>(FIND, [workflowId])).map(withDefaults)[0]
  }

  async list({ limit, after }: Slice<NewestKey>): Promise<Workflow[]> {
    const key = [after?.createdAt ?? null, after?.id ?? null]
    return (await this.#connection.rows<Workflow>(LIST, [limit, ...key])).map(withDefaults)
  }
}

/** The members that a step lacked when an older version wrote it. */
function withDefaults(workflow: Workflow): Workflow {
  return {
    ...workflow,
    steps: workflow.steps.map((step) => ({
      ...step,
      agreeOn: step.agreeOn ?? null,
      formId: step.formId ?? null,
    })),
  }
}

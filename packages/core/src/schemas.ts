// biome-ignore-all assist/source/organizeImports: grouped by subject, in the order one would read them

import './node-version.ts'

// For transports: schemas of all input, made of zod. Each documents itself.

// The parts of schemas, and how input is read by one.
export {
  duration,
  json,
  lengthOf,
  LONGEST_NAME,
  LONGEST_STEP_ID,
  name,
  pageCursor,
  pageLimit,
  parse,
  priority,
  severalOf,
  stepId,
  text,
  uuid,
} from './input/parse.ts'
export type { TextForm } from './input/parse.ts'
export { MAX_JSON_DEPTH } from './json/json.ts'
export { DEFAULT_PAGE, MAX_PAGE } from './paging.ts'
export { externalId } from './people/people-input.ts'

// The values that each kind has.
export { ASSIGNMENT_STATUSES } from './assignment/assignment.ts'
export { GIVEN_BY, MOVE_KINDS } from './assignment/task-move.ts'
export { JOB_STATES } from './jobs/job.ts'
export { PAUSE_REASONS } from './people/quality.ts'
export { ROLES, USER_STATUSES } from './people/person.ts'
export { MAX_SCENARIOS, RUN_PRIORITY_NAMES, RUN_STATUSES } from './runs/run.ts'
export { TASK_PURPOSES, TASK_STATUSES } from './workflow/task.ts'
export { STEP_STATES } from './assignment/assignments.ts'
export { STEP_CONDITIONS, STEP_TYPES } from './workflow/workflow.ts'

// People and projects.
export {
  assignmentConfig,
  newProject,
  newUser,
  ownChange,
  projectChange,
  qualityChange,
  qualityPolicy,
  userChange,
} from './people/people-input.ts'

// Workflows.
export { newForm } from './forms/form-input.ts'
export { newRequirement, newStep, newWorkflow, stepType } from './workflow/workflow-input.ts'

// Tasks, and people's moves.
export {
  assignRequest,
  batchRequest,
  positionRequest,
  DEFAULT_BATCH,
  MAX_BATCH,
  MAX_NEW_TASKS,
  moveRequest,
  newTask,
  newTasks,
  newTasksRequest,
  reassignRequest,
  releaseRequest,
  reviewResult,
  submission,
  taskBulk,
  taskChange,
  taskFilter,
  taskQuery,
  MAIN_REASONS,
} from './assignment/assignment-input.ts'

// The quality of work.
export { AGREEMENT_BY, NO_AGREEMENT_REASONS } from './quality/quality.ts'
export { agreementRequest, personMove, reopening } from './quality/quality-input.ts'
export { COEFFICIENTS } from './quality/questions.ts'

// Definitions and runs.
export {
  DEFAULT_JOB_TYPE,
  definitionHead,
  newDefinition,
  newRun,
  newScenario,
} from './runs/run-input.ts'

// Queues.
export { manyQueueItems, newQueueItem, queuePriority } from './queue/queue-input.ts'

import { ASK_STATES } from '@muster/core/asks'
import { ESCALATION_REASONS, ESCALATION_STATES, escalationPolicy } from '@muster/core/escalation'
import {
  EXPORT_STATUSES,
  EXPORTED,
  FINDING_LEVELS,
  IMPORT_MODES,
  IMPORT_STATUSES,
  IMPORT_TARGETS,
  ON_CONFLICT,
  PEOPLE_NAMED,
} from '@muster/core/exchange'
import { KEY_WAITS, LIMIT_ORIGINS } from '@muster/core/limits'
import { ATTEMPT_OUTCOMES, OPERATION_STATES, OPERATION_SUBJECTS, PROCESS_ROLES } from '@muster/core/operating'
import { SETTLED_STATUSES } from '@muster/core/remote'
import { LINK_ENDS, LINK_STATES, LINK_WHENS } from '@muster/core/runs'
import { MISSED_POLICIES, OVERLAP_POLICIES, TICK_OUTCOMES } from '@muster/core/schedules'
import {
  ASSIGNMENT_STATUSES,
  COEFFICIENTS,
  GIVEN_BY,
  JOB_STATES,
  MAIN_REASONS,
  MOVE_KINDS,
  NO_AGREEMENT_REASONS,
  PAUSE_REASONS,
  ROLES,
  RUN_PRIORITY_NAMES,
  RUN_STATUSES,
  STEP_CONDITIONS,
  STEP_STATES,
  STEP_TYPES,
  TASK_PURPOSES,
  TASK_STATUSES,
  USER_STATUSES,
} from '@muster/core/schemas'
import { AT_CAP, USAGE_SPLITS } from '@muster/core/usage'
import { DELIVERY_OUTCOMES, DISABLED_REASONS } from '@muster/core/webhooks'
import { z } from 'zod'

// What answers look like, for the OpenAPI document; tests hold the real answers to it.

const id = z.string().meta({ format: 'uuid' })
const instant = z.string().meta({ format: 'date-time' })
const anyJson = z.unknown()
const role = z.enum(ROLES)
const userStatus = z.enum(USER_STATUSES)
const stepType = z.enum(STEP_TYPES)
const jobState = z.enum(JOB_STATES)
const runStatus = z.enum(RUN_STATUSES)
const assignmentStatus = z.enum(ASSIGNMENT_STATUSES)

export const listOf = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({ items: z.array(item), nextCursor: z.string().nullable() })

/** A place at fault, and what is wrong there. */
const issue = z.strictObject({
  path: z.string(),
  message: z.string(),
  /** Of answers to a form. */
  question: z.string().nullable().optional(),
  /** Of forms and answers to them. */
  rule: z.string().optional(),
})

/** Newline-delimited JSON, or a table. */
export const linesOrTable = {
  description: 'A line each, as fast as they are read',
  content: {
    'application/x-ndjson': { schema: z.string() },
    'text/csv': { schema: z.string() },
  },
}

/** Newline-delimited JSON. */
export const lines = {
  description: 'A line of JSON each, as fast as they are read',
  content: { 'application/x-ndjson': { schema: z.string() } },
}

/** A file of whatever type. */
export const fileOfAnyType = {
  description: 'The bytes',
  content: { 'application/octet-stream': { schema: z.string() } },
}

/** A page that needs nothing else. */
export const webPage = {
  description: 'One self-contained file',
  content: { 'text/html': { schema: z.string() } },
}

export const problem = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
  requestId: z.string(),
  errors: z.array(issue).optional(),
})

/** What every route may answer instead of what it does. */
export const refusals = {
  '4XX': { description: 'Refused', content: { 'application/problem+json': { schema: problem } } },
  '5XX': { description: 'Not done', content: { 'application/problem+json': { schema: problem } } },
}

const requirement = z.strictObject({
  anyOf: z.array(z.string()),
  minLevel: z.int(),
  dropAfterMinutes: z.number().nullable(),
})

const formParts = {
  name: z.string(),
  title: z.string(),
  help: z.string().optional(),
  show: z.array(z.looseObject({ name: z.string(), as: z.string() })),
  questions: z.array(z.looseObject({ id: z.string(), type: z.string(), title: z.string() })),
  skip: z
    .strictObject({ codes: z.array(z.string()).optional(), commentRequired: z.boolean().optional() })
    .optional(),
  comment: z.boolean().optional(),
  example: z.strictObject({ payload: anyJson, result: z.looseObject({}).optional() }).optional(),
}

export const formTemplate = z.strictObject(formParts)

export const form = z.strictObject({ formId: id, ...formParts, version: z.int(), createdAt: instant })

export const formCheck = z.strictObject({
  ok: z.boolean(),
  errors: z.array(issue),
  schema: z.looseObject({}).nullable(),
})

export const agreement = z.strictObject({
  formId: id.nullable(),
  stepId: z.string(),
  question: z.string(),
  group: z.union([z.strictObject({ skill: z.string() }), z.strictObject({ a: id, b: id })]).nullable(),
  coefficient: z.enum(COEFFICIENTS),
  value: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  reason: z.enum(NO_AGREEMENT_REASONS).nullable(),
  items: z.int(),
  raters: z.int(),
  answers: z.int(),
})

export const agreementMatrix = z.strictObject({
  formId: id.nullable(),
  stepId: z.string(),
  question: z.string(),
  people: z.array(id),
  cells: z.array(
    z.strictObject({
      a: id,
      b: id,
      items: z.int(),
      percent: z.number().nullable(),
      cohen: z.number().nullable(),
    }),
  ),
})

export const fit = z.strictObject({
  projectId: id,
  stepId: z.string(),
  formId: id,
  question: z.string(),
  number: z.int(),
  method: z.literal('oneCoin'),
  settled: z.int(),
  prevalence: z.array(z.number()),
  rounds: z.int(),
  converged: z.boolean(),
  fittedAt: instant,
  skills: z.array(z.strictObject({ userId: id, accuracy: z.number(), labels: z.int() })),
})

export const strengths = z.strictObject({
  formId: id,
  stepId: z.string(),
  question: z.string(),
  criterion: z.string().nullable(),
  models: z.array(
    z.strictObject({
      model: z.string(),
      strength: z.number(),
      se: z.number().nullable(),
      low: z.number().nullable(),
      high: z.number().nullable(),
      wins: z.number(),
      losses: z.number(),
      ties: z.number(),
    }),
  ),
  chances: z.array(z.array(z.number())),
  nu: z.number(),
  level: z.number(),
  games: z.int(),
  bothBad: z.int(),
  converged: z.boolean(),
})

/** A JSON Schema as an answer. */
export const jsonSchema = {
  description: 'The JSON Schema (2020-12) of results',
  content: { 'application/schema+json': { schema: z.looseObject({}) } },
}

export const user = z.strictObject({
  userId: id,
  externalId: z.string().nullable(),
  displayName: z.string(),
  avatarUrl: z.string().nullable(),
  status: userStatus,
  role,
  skills: z.record(z.string(), z.int()),
  maxConcurrentAssignments: z.int().nullable(),
  scripted: z.boolean(),
  imported: z.boolean(),
  version: z.int(),
  createdAt: instant,
})

/** Whoever calls, and until when. */
export const session = z.strictObject({
  userId: id,
  role,
  /** null: the token names nobody of the directory. */
  displayName: z.string().nullable(),
  /** null likewise. */
  status: userStatus.nullable(),
  memberships: z.array(z.strictObject({ projectId: id, name: z.string() })),
  expiresAt: instant,
  serverTime: instant,
  /** Of Muster, in the process that answers. */
  version: z.string(),
})

/** The settings of the caller, by name. */
export const mySettings = z.strictObject({ settings: z.record(z.string(), anyJson) })

export const member = z.strictObject({
  userId: id,
  displayName: z.string(),
  role,
  status: userStatus,
  scripted: z.boolean(),
})

export const quality = z.strictObject({
  userId: id,
  projectId: id,
  stepType: z.string(),
  score: z.number(),
  samples: z.number(),
})

export const project = z.strictObject({
  projectId: id,
  externalId: z.string().nullable(),
  name: z.string(),
  workflowId: id.nullable(),
  assignment: z.strictObject({
    maxConcurrentPerUser: z.int(),
    crossStepExclusionPairs: z.array(z.array(z.string())),
    cooldownMinutes: z.number(),
    leaseMinutes: z.number(),
    defaultStrategy: z.string(),
    weights: z.strictObject({ capacity: z.number(), performance: z.number() }),
    maxReturns: z.int(),
    holdMinutes: z.number(),
    undoSeconds: z.int(),
  }),
  /** null for annotators. */
  quality: z
    .strictObject({
      controls: z
        .strictObject({
          stepId: z.string(),
          rate: z.number(),
          onboarding: z.strictObject({ count: z.int(), passAt: z.number() }).optional(),
        })
        .optional(),
      pause: z
        .strictObject({ good: z.number(), bad: z.number(), alarm: z.number(), minimum: z.int() })
        .optional(),
    })
    .nullable(),
  paused: z.boolean(),
  version: z.int(),
  createdAt: instant,
})

/** A project after a change, and how its policy pauses those who are good. */
export const changedProject = z.strictObject({
  ...project.shape,
  wrongPauses: z.array(z.strictObject({ accuracy: z.number(), within: z.int(), chance: z.number() })),
})

const pause = z.strictObject({
  since: instant,
  reason: z.enum(PAUSE_REASONS),
  by: id.nullable(),
  words: z.string().nullable(),
})

/** A member of a project with what they do there. */
export const projectPerson = z.strictObject({
  userId: id,
  displayName: z.string(),
  avatarUrl: z.string().nullable(),
  role,
  status: userStatus,
  scripted: z.boolean(),
  skills: z.record(z.string(), z.int()),
  live: z.int(),
  limit: z.int(),
  lastDay: z.strictObject({
    submitted: z.int(),
    medianSeconds: z.number().nullable(),
    returned: z.int(),
    declined: z.int(),
  }),
  quality: z.array(
    z.strictObject({
      stepType: z.string(),
      score: z.number(),
      samples: z.int(),
      low: z.number().nullable(),
      high: z.number().nullable(),
    }),
  ),
  paused: pause.nullable(),
  present: z.boolean(),
  lastSeenAt: instant.nullable(),
})

const heldAssignment = z.strictObject({
  assignmentId: id,
  taskId: id,
  stepId: z.string(),
  stepType,
  status: assignmentStatus,
  attempt: z.int(),
  assignedAt: instant,
  startedAt: instant.nullable(),
  submittedAt: instant.nullable(),
  expiresAt: instant.nullable(),
  returnComment: z.string().nullable(),
})

export const personInProject = z.strictObject({
  ...projectPerson.shape,
  holds: z.array(heldAssignment),
  recent: z.array(heldAssignment),
})

/** How somebody has answered where the answer was known. */
export const watch = z.strictObject({
  judged: z.int(),
  right: z.int(),
  controls: z.int(),
  controlsRight: z.int(),
  sum: z.int(),
  cleanSince: instant.nullable(),
  suspectSince: instant.nullable(),
  paused: pause.nullable(),
})

export const personQuality = z.strictObject({
  userId: id,
  known: z.array(
    z.strictObject({
      stepId: z.string(),
      question: z.string(),
      right: z.int(),
      wrong: z.int(),
      answers: z.array(
        z.strictObject({ known: anyJson, given: anyJson, right: z.boolean(), times: z.int() }),
      ),
    }),
  ),
  accuracy: z.array(
    z.strictObject({
      stepId: z.string(),
      question: z.string(),
      value: z.number(),
      low: z.number().nullable(),
      high: z.number().nullable(),
      answers: z.int(),
    }),
  ),
  watch,
  pauses: z.array(
    pause.extend({ lifted: z.strictObject({ at: instant, by: id.nullable(), words: z.string() }) }),
  ),
  controlsLeft: z.int(),
  suspect: z.array(z.strictObject({ taskId: id, assignmentId: id, submittedAt: instant })),
})

export const reopened = z.strictObject({ taskIds: z.array(id) })

const untilRule = z.union([
  z.strictObject({ question: z.string(), posterior: z.number() }),
  z.strictObject({ question: z.string(), agreeing: z.int() }),
])

const step = z.strictObject({
  stepId: z.string(),
  stepType,
  requiredSkills: z.array(requirement),
  assignmentsRequired: z.union([
    z.int(),
    z.strictObject({
      min: z.int(),
      max: z.int(),
      until: z.array(untilRule),
      giveUpAfterMinutes: z.number().optional(),
    }),
  ]),
  excludes: z.array(z.string()),
  strategy: z.string().nullable(),
  leaseMinutes: z.number().nullable(),
  cooldownMinutes: z.number().nullable(),
  estimatedDurationMinutes: z.number().nullable(),
  when: z.enum(STEP_CONDITIONS),
  agreeOn: z.string().nullable(),
  formId: id.nullable(),
  jobType: z.string().nullable(),
})

export const workflow = z.strictObject({
  workflowId: id,
  name: z.string(),
  steps: z.array(step),
  version: z.int(),
  createdAt: instant,
})

/** How each of many items came off, at its place. */
export const addedItems = z.strictObject({
  added: z.int(),
  existing: z.int(),
  refused: z.int(),
  items: z.array(
    z.union([
      z.strictObject({ status: z.literal('added'), jobId: id }),
      z.strictObject({ status: z.literal('existing'), jobId: id, differs: z.boolean() }),
      z.strictObject({ status: z.literal('refused'), code: z.string(), errors: z.array(issue) }),
    ]),
  ),
})

/** A task that a call would have added, had it not been there. */
export const existingTask = z.strictObject({
  index: z.int(),
  externalId: z.string(),
  taskId: id,
  differs: z
    .boolean()
    .meta({ description: 'Whether its payload, or its known answer, is another than the given one.' }),
})

const orders = z.record(z.string(), z.array(z.string()))
const presentation = z.strictObject({
  sides: orders,
  options: orders,
  prefilled: z.array(z.string()),
  submissions: z.array(id).optional(),
})

export const assignment = z.strictObject({
  assignmentId: id,
  taskId: id,
  projectId: id,
  stepId: z.string(),
  stepType,
  /** Absent where the viewer may see the work but not whose it is. */
  userId: id.optional(),
  status: assignmentStatus,
  attempt: z.int(),
  version: z.int(),
  assignedAt: instant,
  acceptedAt: instant.nullable(),
  startedAt: instant.nullable(),
  submittedAt: instant.nullable(),
  rejectedAt: instant.nullable(),
  rejectReason: z.strictObject({ code: z.string(), comment: z.string().optional() }).nullable(),
  releaseReason: z.string().nullable(),
  endReason: z.string().nullable(),
  /** Whether it is held ahead of what its person works on, unseen. */
  ahead: z.boolean(),
  returnComment: z.string().nullable(),
  expiresAt: instant.nullable(),
  previousAssignmentId: id.nullable(),
  overrideReason: z.string().nullable(),
  draftVersion: z.int(),
  draftSavedAt: instant.nullable(),
  /** When what was handed in goes through; null: nothing waits. */
  submitsAt: instant.nullable(),
  handedInAt: instant.nullable(),
  handedIn: z.strictObject({ result: anyJson, comment: z.string().nullable() }).optional(),
  presentation: presentation.nullable(),
  flag: z.strictObject({ comment: z.string() }).nullable(),
  flaggedAt: instant.nullable(),
  comment: z.string().nullable(),
  result: anyJson.optional(),
  draft: anyJson.optional(),
  draftComment: z.string().optional(),
})

const shownThing = z.looseObject({ name: z.string(), as: z.string() })

export const task = z.strictObject({
  taskId: id,
  projectId: id,
  workflowId: id,
  /** null for annotators of a project with controls; so are the others that may be null. */
  status: z.enum(TASK_STATUSES).nullable(),
  currentStepId: z.string().nullable(),
  priority: z.int().nullable(),
  payload: anyJson,
  requiredSkills: z.array(requirement).nullable(),
  gold: anyJson.optional(),
  /** For managers. */
  purpose: z.enum(TASK_PURPOSES).optional(),
  formId: id.nullable(),
  version: z.int().nullable(),
  cooldownUntil: instant.nullable(),
  externalId: z.string().nullable(),
  createdAt: instant.nullable(),
  completedAt: instant.nullable(),
})

export const assignmentWork = z.strictObject({
  assignment,
  form: form.nullable(),
  show: z.array(shownThing),
  presentation: presentation.nullable(),
  start: z.looseObject({}),
  draft: z
    .strictObject({
      answers: anyJson,
      comment: z.string().optional(),
      draftVersion: z.int(),
      savedAt: instant.nullable(),
    })
    .nullable(),
  submissions: z.array(z.strictObject({ assignmentId: id, result: anyJson, comment: z.string().nullable() })),
  contested: z.array(z.string()),
})

export const positionOf = z.strictObject({
  stepId: z.string(),
  question: z.string(),
  criterion: z.string().nullable(),
  share: z.number().nullable(),
  effect: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  reason: z.string().nullable(),
  decisive: z.int(),
  tasks: z.int(),
})

export const savedDraft = z.strictObject({
  draftVersion: z.int(),
  savedAt: instant,
  open: z.array(z.strictObject({ question: z.string().nullable(), rule: z.string() })),
})

/** Chances by question, or `question.criterion`, and by answer. */
const posteriors = z.record(z.string(), z.record(z.string(), z.number()))

const stepOverlap = z.strictObject({
  stepId: z.string(),
  slots: z.int(),
  min: z.int(),
  max: z.int(),
  until: z.array(
    z.strictObject({
      question: z.string(),
      posterior: z.number().optional(),
      agreeing: z.int().optional(),
      holds: z.boolean().nullable(),
    }),
  ),
  posterior: posteriors.nullable(),
})

export const taskView = task.extend({
  steps: z.array(step),
  assignments: z.array(assignment),
  /** Managers alone. */
  overlap: z.array(stepOverlap).optional(),
  /** Managers alone: the job that asks, if one does. */
  ask: z.strictObject({ jobId: id, name: z.string() }).optional(),
  /** With `include=show`. */
  show: z.array(shownThing).optional(),
})

export const claimed = z.strictObject({
  assignment,
  task,
  /** With `include=work`. */
  work: assignmentWork.optional(),
})
export const nothingForYou = z.strictObject({
  assignment: z.null(),
  open: z.int(),
  reasons: z.record(z.string(), z.int()),
})

/** A submission that asked for the next one. */
export const submittedWithNext = z.strictObject({
  assignment,
  next: z.union([claimed, nothingForYou]),
})

export const outlook = z.strictObject({
  open: z.int(),
  forMe: z.int(),
  reasons: z.record(z.string(), z.int()),
  missing: z.array(z.strictObject({ anyOf: z.array(z.string()), minLevel: z.int(), count: z.int() })),
})

export const queueEntry = z.strictObject({
  assignmentId: id,
  taskId: id,
  projectId: id,
  projectName: z.string(),
  stepId: z.string(),
  stepType,
  status: assignmentStatus,
  priority: z.int().nullable(),
  assignedAt: instant,
  expiresAt: instant.nullable(),
  timeInQueueSeconds: z.number(),
  estimatedDurationMinutes: z.number().nullable(),
  attempt: z.int(),
  externalId: z.string().nullable(),
  returnComment: z.string().nullable(),
  submittedAt: instant.nullable(),
  submitsAt: instant.nullable(),
  hasDraft: z.boolean(),
  ahead: z.boolean(),
  /** With `include=task`. */
  task: task.optional(),
})

export const queueStats = z.strictObject({
  totalPending: z.int(),
  totalInProgress: z.int(),
  byProject: z.record(
    z.string(),
    z.strictObject({ projectName: z.string(), pending: z.int(), inProgress: z.int() }),
  ),
  /** With `since`, as is the next. */
  submitted: z.int().optional(),
  medianSeconds: z.number().nullable().optional(),
})

export const presence = z.strictObject({
  items: z.array(
    z.strictObject({
      userId: id,
      displayName: z.string(),
      avatarUrl: z.string().nullable(),
      lastSeenAt: instant,
    }),
  ),
})

const candidate = z.strictObject({
  userId: id,
  eligible: z.boolean(),
  reasons: z.array(z.looseObject({ code: z.string() })),
  score: z.number().nullable(),
  parts: z.record(z.string(), z.number()),
})

export const decision = z.strictObject({
  taskId: id,
  stepId: z.string(),
  strategy: z.string(),
  chosen: id.nullable(),
  requirements: z.array(requirement),
  considered: z.int(),
  eligible: z.int(),
  mainReason: z.string().nullable(),
  reasons: z.record(z.string(), z.int()),
  candidates: z.array(
    candidate.extend({
      displayName: z.string(),
      status: userStatus,
      scripted: z.boolean(),
      skills: z.record(z.string(), z.int()),
      live: z.int(),
      limit: z.int(),
      quality: z.number(),
    }),
  ),
  nextCursor: z.string().nullable(),
})

/** A task in a manager's list. */
export const listedTask = task.extend({
  stepState: z.enum(STEP_STATES).nullable(),
  mainReason: z.enum(MAIN_REASONS).nullable(),
  holders: z.array(z.strictObject({ userId: id, displayName: z.string() })),
  flagged: z.boolean(),
})

/** What an operation would be about. */
export const bulkCounted = z.strictObject({ count: z.int() })

/** Tasks counted. */
export const taskCounts = z.strictObject({
  byStatus: z.strictObject({ open: z.int(), completed: z.int(), cancelled: z.int() }),
  byStep: z.record(z.string(), z.int()),
  byState: z.strictObject({ free: z.int(), held: z.int(), resting: z.int(), nobody: z.int() }),
  byReason: z.record(z.string(), z.int()),
  judged: z.int(),
  complete: z.boolean(),
})

/** How tasks of a project stand at its steps. */
export const stepTotals = z.strictObject({
  tasks: z.strictObject({ open: z.int(), completed: z.int(), cancelled: z.int() }).nullable(),
  steps: z.array(
    z.strictObject({
      stepId: z.string(),
      stepType: stepType.nullable(),
      open: z.int().nullable(),
      stay: z.strictObject({ times: z.int(), p50Ms: z.number(), p90Ms: z.number() }).nullable(),
    }),
  ),
})

/** A move of a task or of an assignment on it. */
export const taskMove = z.strictObject({
  taskId: id,
  at: instant,
  kind: z.enum(MOVE_KINDS),
  assignmentId: id.nullable(),
  stepId: z.string().nullable(),
  userId: id.nullable(),
  attempt: z.int().nullable(),
  from: z.string().nullable(),
  to: z.string().nullable(),
  by: id.nullable(),
  how: z.enum(GIVEN_BY).nullable(),
  reason: z.string().nullable(),
  decisionId: z.string().nullable(),
})

/** How an assignment was given, as it was recorded. */
export const taskDecision = z.strictObject({
  decisionId: z.string(),
  how: z.enum(GIVEN_BY),
  decidedAt: instant,
  stepId: z.string(),
  assignmentId: id.nullable(),
  attempt: z.int().nullable(),
  chosen: id.nullable(),
  strategy: z.string().nullable(),
  before: z.int().nullable(),
  candidates: z.array(candidate),
  replayed: z.boolean().nullable(),
})

export const batchResult = z.strictObject({
  assigned: z.int(),
  unassigned: z.array(z.strictObject({ taskId: id, reason: z.string() })),
})

const counts = { pending: z.int(), active: z.int(), completed: z.int(), failed: z.int(), cancelled: z.int() }
const jobError = z
  .strictObject({
    code: z.string(),
    message: z.string(),
    retryable: z.boolean(),
    details: z.strictObject({ jobId: id, type: z.string() }).optional(),
  })
  .nullable()

const usageCounts = {
  calls: z.int(),
  input: z.int(),
  output: z.int(),
  cached: z.int(),
  cacheWrite: z.int(),
  reasoning: z.int(),
  costMicros: z.int(),
  unpriced: z.int(),
}
const jobUsage = z.strictObject({ units: z.int(), costMicros: z.int() }).nullable()

export const usageView = z.strictObject({
  by: z.enum(USAGE_SPLITS),
  total: z.strictObject(usageCounts),
  items: z.array(
    z.strictObject({
      runId: id.nullable().optional(),
      model: z.string().optional(),
      projectId: id.optional(),
      day: z.iso.date().optional(),
      ...usageCounts,
    }),
  ),
  more: z.boolean(),
})

const runUsage = z.strictObject({
  ...usageCounts,
  byModel: z.record(z.string(), z.strictObject(usageCounts)),
})

export const price = z.strictObject({
  model: z.string(),
  from: instant,
  inputMicros: z.int(),
  outputMicros: z.int(),
  cachedMicros: z.int(),
  cacheWriteMicros: z.int(),
})

/** A key with its limits and its use. */
export const limit = z.strictObject({
  key: z.string(),
  origin: z
    .enum(LIMIT_ORIGINS)
    .meta({ description: '`code`: as an application says; `api`: somebody has set it' }),
  concurrency: z.int().nullable(),
  perMinute: z.number().nullable(),
  burst: z.int().nullable(),
  unitsPerMinute: z.number().nullable(),
  estimate: z.int().nullable(),
  adaptive: z.strictObject({ min: z.int(), start: z.int() }).nullable(),
  paused: z.boolean(),
  version: z.int(),
  inUse: z.int(),
  startsLastMinute: z.number(),
  unitsLastMinute: z.number(),
  waiting: z.int(),
  window: z.number().nullable().meta({ description: 'Of an adaptive key the concurrency that it has found' }),
  opensAt: instant.nullable().meta({ description: 'null: it is open, or an end or a person opens it' }),
  coolUntil: instant.nullable(),
  coolDowns: z.int().meta({ description: 'How often it has cooled because the other side asked, ever' }),
})

/** A cap on money with its use. */
export const budget = z.strictObject({
  budgetId: id,
  projectId: id,
  scope: z.union([
    z.strictObject({ runId: id }),
    z.strictObject({
      projectId: id,
      day: z.string().optional().meta({ description: 'The zone of the day, such as `Europe/Berlin`' }),
    }),
  ]),
  capMicros: z.int().meta({ description: 'In millionths of the currency unit' }),
  soft: z.number().meta({ description: 'The share of the cap at which managers are warned' }),
  hard: z.boolean().meta({ description: 'Nothing begins beyond the cap' }),
  atCap: z
    .enum(AT_CAP)
    .meta({ description: '`pause`: jobs wait; `cancel`: all that has not begun is cancelled' }),
  spentMicros: z.int().meta({ description: 'The recorded cost of calls' }),
  reservedMicros: z.int().meta({ description: 'The estimates of attempts that run' }),
  assumedMicros: z.int().meta({ description: 'The estimates of attempts whose worker is gone' }),
  estimate: z
    .enum(['known', 'none'])
    .meta({ description: '`none`: an attempt runs whose cost nothing estimates' }),
  resetsAt: instant.nullable().meta({ description: 'Of a budget by day the next midnight of its zone' }),
  reached: z
    .boolean()
    .meta({ description: 'It has refused a start in this period, since it was last changed' }),
  version: z.int(),
})

export const keptPrices = z.strictObject({ items: z.array(price) })

export const queueItem = z.strictObject({
  itemId: id,
  type: z.string(),
  runId: id.nullable(),
  state: jobState,
  priority: z.int(),
  position: z.int().nullable(),
  globalPosition: z.int().nullable(),
  step: z.strictObject({ name: z.string(), index: z.int(), total: z.int() }).nullable(),
  progress: z.number(),
  attempt: z.int(),
  cancelling: z.boolean(),
  asleep: z.boolean().meta({ description: 'Active, but waiting for people to answer: no worker has it' }),
  createdBy: id.nullable(),
  createdAt: instant,
  availableAt: instant,
  startedAt: instant.nullable(),
  finishedAt: instant.nullable(),
  error: jobError,
  usage: jobUsage.optional(),
})

/** The item that holds the unique key of the one that was to be added; `differs`: it was added with another payload. */
export const existingQueueItem = queueItem.extend({ existing: z.literal(true), differs: z.boolean() })

export const queueItemWithResult = queueItem.extend({
  payload: anyJson.optional(),
  result: anyJson.optional(),
})

export const queueStatus = z.strictObject({
  projectId: id,
  paused: z.boolean(),
  counts: z.strictObject(counts),
  byType: z.record(z.string(), z.strictObject(counts)),
  items: z.array(queueItem),
  nextCursor: z.string().nullable(),
  updatedAt: instant,
})

export const cleared = z.strictObject({ cancelled: z.int() })

export const systemQueue = z.strictObject({
  paused: z.boolean(),
  counts: z.strictObject(counts),
  types: z.array(z.strictObject({ type: z.string(), ...counts })),
})

export const systemProcesses = z.strictObject({
  workers: z.array(z.strictObject({ type: z.string(), workers: z.int() })),
  processes: z
    .array(
      z.strictObject({
        processId: id,
        roles: z.array(z.enum(PROCESS_ROLES)),
        host: z.string(),
        pid: z.int(),
        version: z.string(),
        since: instant,
        seenAt: instant,
        silentSince: instant.nullable(),
        slots: z.int(),
        active: z.int(),
        types: z.array(z.strictObject({ type: z.string(), slots: z.int(), active: z.int() })),
        lagP99Ms: z.number().nullable(),
      }),
    )
    .optional(),
  durations: z
    .array(z.strictObject({ type: z.string(), ended: z.int(), p50Ms: z.number(), p95Ms: z.number() }))
    .optional(),
})
export const systemSetup = z.strictObject({
  version: z.string(),
  checks: z.record(z.string(), z.enum(['ok', 'unavailable'])),
  database: z
    .strictObject({ server: z.string(), migrations: z.int(), latestMigration: z.string() })
    .nullable(),
  keepEventsHours: z.number(),
  keepDraftsDays: z.number(),
  issuers: z.array(z.string()),
  requestsPerMinute: z.int(),
})

/** How fast jobs of a run settled, by stretches of time. */
export const runRates = z.strictObject({
  from: instant,
  to: instant,
  step: z.int(),
  jobs: z.array(z.strictObject({ at: instant, settled: z.int(), failed: z.int() })),
})

export const definition = z.strictObject({
  definitionId: id,
  projectId: id,
  name: z.string(),
  version: z.int(),
  jobType: z.string(),
  scenarioCount: z.int(),
  createdAt: instant,
})

export const scenario = z.strictObject({ scenarioId: z.string(), payload: anyJson })

const tally = { total: z.int(), completed: z.int(), failed: z.int(), cancelled: z.int() }
const byModel = z.record(z.string(), z.strictObject(tally))

const escalationReason = z.enum(ESCALATION_REASONS)
const escalationCounts = {
  scenarios: z.int(),
  waiting: z.int(),
  ready: z.int(),
  escalated: z.int(),
  kept: z.int(),
  overLimit: z.int(),
  refused: z.int(),
  notDecided: z.int(),
  tasks: z.strictObject({ open: z.int(), completed: z.int(), cancelled: z.int() }),
  byReason: z.strictObject(
    Object.fromEntries(ESCALATION_REASONS.map((reason) => [reason, z.int()])) as Record<
      (typeof ESCALATION_REASONS)[number],
      z.ZodInt
    >,
  ),
}

/** A run's policy, and what has come of it. */
export const escalation = z.strictObject({ policy: escalationPolicy, ...escalationCounts })

/** A scenario of a run with a policy. */
export const scenarioEscalation = z.strictObject({
  scenarioId: z.string(),
  state: z.enum(ESCALATION_STATES),
  byHand: z.boolean(),
  reasons: z.array(escalationReason),
  probability: z.number().nullable(),
  order: z.array(z.int()).nullable(),
  issues: z.array(z.strictObject({ path: z.string(), message: z.string() })).nullable(),
  taskId: id.nullable(),
  outcome: anyJson,
  taskStatus: z.enum(TASK_STATUSES).nullable(),
  decidedAt: instant.nullable(),
})

/** Scenarios that were asked for by hand. */
export const askedByHand = z.strictObject({ items: z.array(scenarioEscalation) })

/** What a policy would come to. */
export const escalationPreview = z.strictObject({
  scenarios: z.int(),
  escalated: z.int(),
  kept: z.int(),
  overLimit: z.int(),
  refused: z.int(),
  notDecided: z.int(),
  byReason: escalationCounts.byReason,
})

const modelsAgainstPeople = z.record(
  z.string(),
  z.strictObject({
    agrees: z.int(),
    differs: z.int(),
    failed: z.int(),
    undecided: z.int(),
    n: z.int(),
    accuracy: z.number().nullable(),
    interval: z.strictObject({ low: z.number(), high: z.number() }).nullable(),
  }),
)

/** What people settled on, against what the models said. */
export const peopleAgainstModels = z.strictObject({
  agreeOn: z.union([
    z.string(),
    z.strictObject({ form: z.string(), question: z.string(), at: z.string().optional() }),
  ]),
  tasks: escalationCounts.tasks,
  settled: modelsAgainstPeople,
  byReason: z.strictObject(
    Object.fromEntries(ESCALATION_REASONS.map((reason) => [reason, modelsAgainstPeople])) as Record<
      (typeof ESCALATION_REASONS)[number],
      typeof modelsAgainstPeople
    >,
  ),
  estimate: z.union([
    z.strictObject({ models: modelsAgainstPeople, tasksOpen: z.int() }),
    z.strictObject({ refused: z.enum(['no_sample', 'limit_reached']) }),
  ]),
})

const linkRefusals = z
  .array(z.strictObject({ path: z.string(), message: z.string(), count: z.int(), scenarioId: z.string() }))
  .meta({ description: 'Why scenarios were not made, by reason; to managers' })

const runLink = z.strictObject({
  parentId: id.meta({ description: 'The run that it starts after' }),
  when: z.enum(LINK_WHENS),
  state: z.enum(LINK_STATES),
  made: z.int(),
  refused: z.int(),
  reason: z.enum(LINK_ENDS).nullable(),
  stale: z.boolean().meta({ description: 'The run before has gone on since its results were read' }),
})

export const run = z.strictObject({
  runId: id,
  projectId: id,
  definitionId: id,
  status: runStatus,
  priority: z.enum(RUN_PRIORITY_NAMES),
  config: z.strictObject({
    models: z.array(z.string()),
    repeats: z.int(),
    samplePercentage: z.number(),
    sampleSeed: z.int(),
    experimentId: z.string().nullable(),
    maxJobsPerSecond: z.number().nullable(),
    definitionSnapshot: definition,
    origin: z.literal('import').optional().meta({
      description: 'It was done elsewhere, and nothing of it can be done again',
    }),
  }),
  progress: z.strictObject({ ...tally, percentComplete: z.number(), byModel }),
  escalation: z.strictObject(escalationCounts).nullable(),
  link: runLink.nullable(),
  waitsFor: z
    .array(
      z.strictObject({
        kind: z.enum(['run', ...KEY_WAITS, 'budget']),
        by: z.literal('limit').optional(),
        key: z.string().nullable().meta({ description: 'The key or budget; managers’ alone' }),
        runId: id.optional().meta({ description: 'The run that it starts after' }),
        used: z.number().nullable().optional(),
        of: z.number().nullable().optional(),
        opensAt: instant.nullable().optional(),
      }),
    )
    .meta({
      description:
        'Why it has no jobs so far; where one run is read, also the keys and budgets that hold back all jobs that are next in line',
    }),
  version: z.int(),
  startedBy: id.nullable(),
  createdAt: instant,
  startedAt: instant.nullable(),
  finishedAt: instant.nullable(),
})

const foundJob = z.strictObject({
  usage: jobUsage,
  jobId: id,
  projectId: id,
  runId: id.nullable(),
  taskId: id.nullable(),
  type: z.string(),
  model: z.string().nullable(),
  scenarioId: z.string().nullable(),
  repeat: z.int().nullable().meta({ description: 'Of its run’s repeats, from 1; null for a job of no run' }),
  state: jobState,
  priority: z.int(),
  position: z.int().nullable(),
  globalPosition: z.int().nullable(),
  step: z.strictObject({ name: z.string(), index: z.int(), total: z.int() }).nullable(),
  progress: z.number(),
  attempt: z.int(),
  maxAttempts: z.int(),
  cancelling: z.boolean(),
  asleep: z.boolean().meta({ description: 'Active, but waiting for people to answer: no worker has it' }),
  createdBy: id.nullable(),
  createdAt: instant,
  availableAt: instant,
  startedAt: instant.nullable(),
  finishedAt: instant.nullable(),
  error: jobError,
})

export const jobPage = z.strictObject({
  items: z.array(foundJob),
  nextCursor: z.string().nullable(),
  searched: z.int(),
  complete: z.boolean(),
})

export const jobCauses = z.strictObject({
  items: z.array(
    z.strictObject({
      causeId: z.int(),
      projectId: id,
      type: z.string(),
      code: z.string(),
      pattern: z.string(),
      sample: z.string(),
      failed: z.int(),
      lastHour: z.array(z.int()),
      firstAt: instant,
      lastAt: instant,
    }),
  ),
})

export const jobDetail = foundJob.extend({
  payload: anyJson,
  result: anyJson,
  attempts: z.array(
    z.strictObject({
      attempt: z.int(),
      startedAt: instant,
      endedAt: instant.nullable(),
      workerId: id.nullable(),
      outcome: z.enum(ATTEMPT_OUTCOMES).nullable(),
      error: jobError,
    }),
  ),
  cause: z.strictObject({ causeId: z.int(), code: z.string(), pattern: z.string() }).nullable(),
  tick: z.strictObject({ scheduleId: id, plannedAt: instant, again: z.int() }).nullable(),
  asks: z.array(
    z.strictObject({
      name: z.string(),
      taskId: id,
      state: z.enum(ASK_STATES),
      answer: anyJson,
      by: z.array(id),
      askedAt: instant,
      endedAt: instant.nullable(),
      timeoutAt: instant.nullable(),
      stale: z
        .boolean()
        .meta({ description: 'The task came to another outcome after the job had this answer' }),
    }),
  ),
  waitsFor: z.array(
    z.strictObject({
      kind: z.enum(['notDue', 'pace', ...KEY_WAITS, 'budget', 'parents', 'run', 'worker', 'turn', 'person']),
      runId: id.optional().meta({ description: 'The run that it waits for' }),
      when: z.enum(LINK_WHENS).optional(),
      asks: z.array(z.string()).optional().meta({ description: 'The open questions of a job that sleeps' }),
      by: z.enum(['system', 'project', 'run', 'limit']).optional(),
      key: z.string().optional().meta({ description: 'The key that has no room' }),
      used: z.number().nullable().optional(),
      of: z.number().nullable().optional(),
      opensAt: instant.nullable().optional(),
      ahead: z.int().optional().meta({ description: 'Pending jobs with the same keys before it' }),
      aheadMore: z.boolean().optional(),
      before: z.int().optional(),
      beforeInAll: z.int().optional(),
    }),
  ),
})

export const jobFlow = z.strictObject({
  jobId: id,
  levels: z.array(
    z.strictObject({
      level: z.int().meta({
        description: 'Steps from the job: below 0 what it waits for, above 0 what waits for it',
      }),
      nodes: z.array(z.strictObject({ jobId: id, type: z.string(), state: jobState })),
      counts: z.array(z.strictObject({ type: z.string(), state: jobState, count: z.int() })),
    }),
  ),
  links: z.array(z.strictObject({ parentId: id, childId: id })),
  complete: z.boolean(),
})

export const jobsPreview = z.strictObject({
  count: z.int(),
  byState: z.partialRecord(jobState, z.int()),
  byType: z.record(z.string(), z.int()),
  sample: z.array(foundJob),
})

export const operation = z.strictObject({
  operationId: id,
  projectId: id.nullable(),
  subject: z.enum(OPERATION_SUBJECTS),
  action: z.string(),
  filter: anyJson,
  options: anyJson,
  state: z.enum(OPERATION_STATES),
  count: z.int(),
  done: z.int(),
  skipped: z.record(z.string(), z.int()),
  createdBy: id.nullable(),
  createdAt: instant,
  finishedAt: instant.nullable(),
})

const tickFields = {
  plannedAt: instant,
  again: z.int().meta({ description: '0: by the rule; else the n-th time that it was fired by hand' }),
  firedAt: instant,
  outcome: z.enum(TICK_OUTCOMES),
  jobId: id.nullable(),
  runId: id.nullable(),
  error: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
  count: z.int().meta({ description: 'Missed ticks in a row may be one, from `plannedAt` to `until`' }),
  until: instant.nullable(),
}

/** A tick that has come. */
export const tick = z.strictObject(tickFields)

/** A tick to come, as the clock of its zone shows it. */
export const upcomingTick = z.strictObject({
  at: instant,
  local: z.string().meta({ description: 'As the clock of the zone shows it' }),
  offset: z.string(),
  note: z.enum(['moved', 'repeated']).nullable(),
})

/** A rule as it was read. */
export const whenPreview = z.strictObject({ says: z.string(), items: z.array(upcomingTick) })

export const schedule = z.strictObject({
  scheduleId: id,
  projectId: id,
  name: z.string(),
  when: z.union([
    z.strictObject({ cron: z.string(), zone: z.string() }),
    z.strictObject({ everySeconds: z.int(), anchor: instant }),
    z.strictObject({ at: instant }),
  ]),
  says: z.string().meta({ description: 'The rule in words, such as "every weekday at 02:30 in Berlin"' }),
  start: anyJson.meta({ description: 'As it was given; null for who does not manage the project' }),
  missed: z.enum(MISSED_POLICIES),
  maxCatchUp: z.int(),
  graceSeconds: z.int(),
  overlap: z.enum(OVERLAP_POLICIES),
  jitterSeconds: z.int(),
  startsAt: instant.nullable(),
  endsAt: instant.nullable(),
  paused: z.boolean(),
  version: z.int(),
  nextAt: instant.nullable().meta({ description: 'null: it is paused, or no tick is left' }),
  lastTick: tick.nullable(),
  zoneData: z.string().nullable().meta({ description: 'The version of the zone database behind `nextAt`' }),
  createdBy: id.nullable(),
  createdAt: instant,
})

export const webhook = z.strictObject({
  webhookId: id,
  projectId: id.nullable().meta({ description: 'null: of all projects' }),
  url: z.string(),
  types: z.array(z.string()).nullable().meta({ description: 'Facts that it is told of; null: all' }),
  description: z.string(),
  disabled: z.enum(DISABLED_REASONS).nullable().meta({
    description: 'null: it is told. `gone`: it answered 410; `exhausted`: every try of a message failed',
  }),
  failures: z.int().meta({ description: 'Tries of the message in hand that have failed' }),
  nextAt: instant.nullable().meta({ description: 'When the message in hand is tried again' }),
  version: z.int(),
  createdBy: id.nullable(),
  createdAt: instant,
})

export const webhookWithSecret = z.strictObject({
  webhook,
  secret: z.string().meta({ description: '`whsec_` and 32 bytes in Base64; it is not shown again' }),
})

export const delivery = z.strictObject({
  deliveryId: id,
  webhookId: id,
  messageId: z.string().meta({ description: 'The same at each try; of a fact, its `eventId`' }),
  type: z.string(),
  projectId: id.nullable(),
  seq: z.int().nullable(),
  attempt: z.int(),
  outcome: z.enum(DELIVERY_OUTCOMES),
  status: z.int().nullable().meta({ description: 'null: no answer came' }),
  response: z.string().nullable().meta({ description: 'The beginning of its body' }),
  error: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
  ms: z.int(),
  createdAt: instant,
})

const exportedRun = z.strictObject({
  runId: id,
  definitionId: id,
  version: z.int().meta({ description: 'Of the definition' }),
  sampleSeed: z.int(),
  samplePercentage: z.number(),
  models: z.array(z.string()),
  status: z.string().meta({ description: 'A run that still goes on is written as far as it has settled' }),
  escalation: anyJson,
})

const exportFile = z.strictObject({
  name: z.string(),
  rows: z.int().meta({ description: 'Results, tasks or scenarios that it was made of' }),
  bytes: z.int(),
  sha256: z.string().meta({ description: 'In hex' }),
})

export const exportManifest = z.strictObject({
  format: z.string(),
  formatVersion: z.string().nullable(),
  musterVersion: z.string(),
  exportId: id,
  createdAt: instant,
  seq: z.int().meta({ description: 'The last fact of the project when it was read' }),
  oneMoment: z.boolean().meta({
    description: 'Whether all was read as of one moment; if not, what settled while it was read may be in it',
  }),
  runs: z.array(exportedRun),
  definition: z.strictObject({ definitionId: id, version: z.int() }).nullable(),
  form: z.strictObject({ formId: id, name: z.string(), version: z.int() }).nullable(),
  people: z.enum(PEOPLE_NAMED),
  files: z.array(exportFile),
  left: z
    .array(z.strictObject({ what: z.string(), count: z.int(), why: z.string() }))
    .meta({ description: 'What the format has no place for' }),
})

export const exportView = z.strictObject({
  exportId: id,
  projectId: id,
  what: z.enum(EXPORTED),
  format: z.string(),
  runIds: z.array(id),
  definitionId: id.nullable(),
  people: z.enum(PEOPLE_NAMED),
  gzip: z.boolean(),
  fields: z.array(z.string()),
  delimiter: z.string().nullable(),
  csvSafe: z.boolean(),
  formId: id.nullable(),
  question: z.string().nullable(),
  promptAt: z.string().nullable(),
  status: z.enum(EXPORT_STATUSES),
  rows: z.int().meta({ description: 'Results, tasks or scenarios that were written so far' }),
  files: z.array(exportFile).meta({ description: 'None until it is completed' }),
  error: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
  createdBy: id.nullable(),
  createdAt: instant,
  finishedAt: instant.nullable(),
  expiresAt: instant.nullable().meta({ description: 'When its files go; null until it has ended' }),
})

export const importView = z.strictObject({
  importId: id,
  projectId: id,
  name: z.string(),
  format: z
    .string()
    .meta({ description: 'As asked for; once it is known, the one that the file was taken for' }),
  formatVersion: z.string().nullable(),
  target: z.enum(IMPORT_TARGETS).nullable(),
  mode: z.enum(IMPORT_MODES),
  dryRun: z.boolean(),
  onConflict: z.enum(ON_CONFLICT),
  submissions: z.boolean(),
  jobType: z.string().nullable(),
  mapping: anyJson,
  status: z.enum(IMPORT_STATUSES).meta({
    description: '`refused`: a part is at fault, and nothing was made; `failed`: the file did not come whole',
  }),
  sha256: z.string().nullable().meta({ description: 'Of the unpacked file, in hex' }),
  bytes: z.int(),
  counts: z.strictObject({
    read: z.int(),
    made: z.int().meta({ description: 'On a dry run, and while it is checked, those that would be' }),
    same: z.int(),
    changed: z.int().meta({ description: 'There already, and another: it stays as it is' }),
    refused: z.int(),
    left: z.int(),
  }),
  createdIds: z.strictObject({ definitionId: id.optional(), runId: id.optional(), formId: id.optional() }),
  error: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
  createdBy: id.nullable(),
  createdAt: instant,
  finishedAt: instant.nullable(),
})

const finding = z.strictObject({
  line: z.int().nullable(),
  place: z.string().nullable(),
  externalId: z.string().nullable(),
  level: z.enum(FINDING_LEVELS),
  code: z.string(),
  message: z.string(),
})

export const importPreview = z.strictObject({
  format: z.string().nullable(),
  formatVersion: z.string().nullable(),
  sample: z.array(z.strictObject({ kind: z.string(), line: z.int().nullable(), value: anyJson })),
  fields: z.array(
    z.strictObject({
      place: z.string(),
      type: z.string().nullable(),
      share: z.number().meta({ description: 'Of the records that were looked at, from 0 to 1' }),
      mappedTo: z.string().nullable().meta({ description: 'null: it has no home' }),
    }),
  ),
  findings: z.array(finding),
})

const matrixCell = {
  jobId: id,
  state: jobState,
  label: z.string().nullable(),
  score: z.number().nullable(),
}

export const matrix = z.strictObject({
  labelAt: z.string(),
  scoreAt: z.string(),
  models: z.array(z.string()),
  repeats: z.int(),
  total: z.int(),
  rows: z.array(
    z.strictObject({
      place: z.int(),
      scenarioId: z.string(),
      preview: z.string(),
      cells: z.record(
        z.string(),
        z.strictObject({
          ...matrixCell,
          repeats: z
            .array(z.strictObject(matrixCell))
            .optional()
            .meta({ description: 'The second and later ones, in a run with repeats' }),
        }),
      ),
      taskId: id.nullable(),
      people: z
        .strictObject({
          status: z.enum(TASK_STATUSES),
          label: z.string().nullable(),
          answers: z.int(),
        })
        .nullable(),
    }),
  ),
})

export const matrixPlaces = z.strictObject({ count: z.int(), total: z.int(), bitmap: z.string() })

export const rates = z.strictObject({
  from: instant,
  to: instant,
  step: z.int(),
  jobs: z.array(
    z.strictObject({
      type: z.string(),
      at: instant,
      settled: z.int(),
      failed: z.int(),
      retried: z.int(),
      lost: z.int(),
    }),
  ),
  steps: z.array(
    z.strictObject({
      stepId: z.string(),
      stepType: z.string(),
      at: instant,
      submitted: z.int(),
      returned: z.int(),
    }),
  ),
})

export const runWithUsage = run.extend({
  usage: runUsage.optional(),
  link: runLink
    .extend({ refusals: linkRefusals.optional(), message: z.string().nullable().optional() })
    .nullable(),
})

export const runFlow = z.strictObject({
  runs: z.array(
    z.strictObject({
      runId: id,
      name: z.string(),
      status: runStatus,
      progress: z.strictObject(tally),
      link: runLink.nullable(),
    }),
  ),
  links: z.array(z.strictObject({ parentId: id, runId: id })),
  complete: z.boolean(),
})

export const runPreview = z.strictObject({ scenarios: z.int(), jobs: z.int() })

export const runProgress = z.strictObject({
  runId: id,
  status: runStatus,
  ...tally,
  percentComplete: z.number(),
  byModel,
  ratePerSecond: z.number(),
  etaSeconds: z.number().nullable(),
  durations: z
    .array(
      z.strictObject({ model: z.string(), jobs: z.int(), p50Seconds: z.number(), p95Seconds: z.number() }),
    )
    .meta({
      description:
        'How long jobs took, of the last 1 000 that completed or failed; without models of which none did',
    }),
})

export const job = z.strictObject({
  jobId: id,
  runId: id.nullable(),
  type: z.string(),
  model: z.string().nullable(),
  scenarioId: z.string().nullable(),
  repeat: z.int().nullable().meta({ description: 'Of its run’s repeats, from 1; null for a job of no run' }),
  state: jobState,
  priority: z.int(),
  attempt: z.int(),
  maxAttempts: z.int(),
  createdAt: instant,
  startedAt: instant.nullable(),
  finishedAt: instant.nullable(),
  result: anyJson,
  error: jobError,
})

export const wsTicket = z.strictObject({ ticket: z.string(), expiresAt: instant })

export const event = z.strictObject({
  eventId: id,
  type: z.string(),
  projectId: id,
  seq: z.int(),
  affectedUserIds: z.array(id).nullable(),
  occurredAt: instant,
  data: z.looseObject({}),
})

const runModel = z.strictObject({ runId: id, model: z.string() })
const figure = z.number().nullable()

export const comparison = z.strictObject({
  comparisonId: id,
  projectId: id,
  baseline: runModel,
  candidate: runModel,
  seed: z.int(),
  level: z.number(),
  clusterBy: z.string().nullable(),
  partial: z.boolean(),
  pairs: z.strictObject({
    n: z.int(),
    clusters: z.int().nullable(),
    onlyBaseline: z.int(),
    onlyCandidate: z.int(),
    changed: z.int(),
  }),
  metrics: z.array(
    z.strictObject({
      metric: z.string(),
      kind: z.enum(['binary', 'ordinal', 'numeric']),
      aggregate: z.enum(['mean', 'median', 'p95']),
      n: z.int(),
      units: z.int(),
      missing: z.strictObject({ baseline: z.int(), candidate: z.int() }),
      wins: z.int(),
      losses: z.int(),
      baseline: figure,
      candidate: figure,
      difference: figure,
      low: figure,
      high: figure,
      se: figure,
      p: figure,
      midP: figure,
      pAdjusted: figure,
      test: z.string().nullable(),
      minimumDetectable: figure,
      verdict: z.enum(['improved', 'regressed', 'no_difference_shown', 'INCONCLUSIVE']),
      reason: z.enum(['too_few_pairs', 'too_many_missing']).nullable(),
    }),
  ),
  slices: z.array(
    z.strictObject({
      at: z.string(),
      value: anyJson,
      metric: z.string(),
      n: z.int(),
      units: z.int(),
      difference: figure,
      low: figure,
      high: figure,
      p: figure,
      q: figure,
      exploratory: z.literal(true),
    }),
  ),
  createdAt: instant,
})

export const modelMetric = z.strictObject({
  model: z.string(),
  name: z.string(),
  n: z.int(),
  missing: z.int(),
  value: figure,
  low: figure,
  high: figure,
})

export const askedPeople = z.strictObject({ added: z.array(id), existing: z.int() })

const policyRule = {
  metric: z.string(),
  tier: z.enum(['critical', 'supporting', 'advisory']),
  maxDrop: z.number().optional(),
  minValue: z.number().optional(),
  slice: z.strictObject({ at: z.string(), is: anyJson }).optional(),
  minPairs: z.int().optional(),
  calibrationId: id.optional(),
}

export const gate = z.strictObject({
  gateId: id,
  projectId: id,
  decision: z.enum(['GO', 'NO-GO', 'INCONCLUSIVE']),
  rules: z.array(
    z.strictObject({
      ...policyRule,
      n: z.int(),
      value: figure,
      difference: figure,
      low: figure,
      high: figure,
      pass: figure,
      block: figure,
      blockAdjusted: figure,
      minimumDetectable: figure,
      verdict: z.enum(['PASS', 'BLOCK', 'INCONCLUSIVE']),
      reason: z
        .enum([
          'missing_metric',
          'missing_slice',
          'too_few_pairs',
          'too_many_missing',
          'not_drawn_here',
          'provisional',
          'too_few_labels',
          'labels_missing',
          'unscored',
          'unstable_weights',
          'run_changed',
          'people_disagree',
        ])
        .nullable(),
    }),
  ),
  baseline: runModel,
  candidate: runModel,
  policy: z.strictObject({
    version: z.literal(1),
    alpha: z.number().optional(),
    metrics: z.array(z.looseObject({ name: z.string() })),
    clusterBy: z.string().optional(),
    seed: z.int().optional(),
    rules: z.array(z.strictObject(policyRule)),
  }),
  comparisonId: id,
  createdAt: instant,
})

const interval = z.strictObject({ low: z.number(), high: z.number() })
const judgeRate = z.strictObject({ value: figure, interval: interval.nullable() })

export const calibration = z.strictObject({
  calibrationId: id,
  projectId: id,
  runId: id,
  design: z.enum(['uniform', 'stratified', 'active']),
  kind: z.enum(['share', 'mean']),
  budget: z.int(),
  seed: z.int(),
  target: z.enum(['scenarios', 'run']),
  unscored: z.int(),
  createdAt: instant,
  judge: z.looseObject({ type: z.string() }),
  range: z.array(z.number()),
  truth: z.strictObject({
    projectId: id,
    question: z.string(),
    map: z.record(z.string(), z.number()).optional(),
  }),
  anytime: z.boolean(),
  status: z.enum(['labelling', 'complete', 'cancelled']),
  units: z.int(),
  labelled: z.int(),
  waiting: z.int(),
  provisional: z.boolean(),
  extended: z.boolean(),
  models: z.array(
    z.strictObject({
      model: z.string(),
      labelled: z.int(),
      estimate: figure,
      low: figure,
      high: figure,
      se: figure,
      lambda: z.union([z.number(), z.array(z.number())]).nullable(),
      judgeMean: figure,
      bias: z.strictObject({ value: z.number(), low: z.number(), high: z.number() }).nullable(),
      saved: figure,
      judge: z
        .strictObject({
          sensitivity: judgeRate,
          specificity: judgeRate,
          precision: judgeRate,
          kappa: judgeRate,
          effective: z.number(),
        })
        .nullable(),
      curve: z.array(
        z.strictObject({ score: z.number(), n: z.int(), answer: z.number(), low: figure, high: figure }),
      ),
      refused: z
        .strictObject({
          code: z.enum([
            'too_few_labels',
            'labels_missing',
            'unscored',
            'unstable_weights',
            'run_changed',
            'people_disagree',
          ]),
          message: z.string(),
        })
        .nullable(),
    }),
  ),
  differences: z.array(
    z.strictObject({
      a: z.string(),
      b: z.string(),
      estimate: figure,
      low: figure,
      high: figure,
      se: figure,
      labelled: z.int(),
    }),
  ),
})

export const calibrationPlan = z.strictObject({
  units: z.int(),
  unscored: z.int(),
  drawn: z.int(),
  tasks: z.int(),
  allocation: z.array(z.strictObject({ stratum: anyJson, units: z.int(), drawn: z.int() })),
  halfWidths: z.array(z.strictObject({ model: z.string(), halfWidth: figure })),
})

export const openedWorker = z.strictObject({
  workerId: id,
  /** Without a call for so long it is dead. */
  leaseSeconds: z.number(),
  heartbeatSeconds: z.number(),
})
const claimedJob = z.strictObject({
  jobId: id,
  projectId: id,
  runId: id.nullable(),
  taskId: id.nullable(),
  type: z.string(),
  payload: anyJson,
  model: z.string().nullable(),
  scenarioId: z.string().nullable(),
  repeat: z.int().nullable(),
  attempt: z.int(),
  startedAt: instant,
  deadline: instant,
  answers: z
    .record(
      z.string(),
      z.strictObject({
        state: z.enum(ASK_STATES).exclude(['open']),
        answer: anyJson,
        by: z.array(id),
        taskId: id,
        digest: z.string(),
      }),
    )
    .optional(),
  kept: z.record(z.string(), anyJson).optional(),
})
export const claimedJobs = z.strictObject({ jobs: z.array(claimedJob) })
export const heartbeatAnswer = z.strictObject({ cancel: z.array(id), lost: z.array(id) })
const settledOutcome = z.strictObject({
  jobId: id,
  status: z.enum(SETTLED_STATUSES),
  errors: z.array(issue).optional(),
})
export const settledOutcomes = z.strictObject({ outcomes: z.array(settledOutcome) })

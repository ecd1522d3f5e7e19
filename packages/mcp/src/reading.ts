import { type Answers, type CallOptions, ForbiddenError, type MusterClient } from '@muster/client'
import { z } from 'zod'
import { fitting, known, LARGEST_ANSWER, shortened, sizeOf } from './answer.ts'
import { given, id, paging, refused, type Tool, tool } from './tool.ts'

const inProject = { projectId: id }
const ofProjects = { projectId: id.optional().describe('Default: all of your projects') }
const JOB_STATES = ['pending', 'active', 'completed', 'failed', 'cancelled'] as const
const SETTLED = ['completed', 'failed', 'cancelled'] as const
const RUN_STATES = ['pending', 'running', 'paused', 'completed', 'cancelled'] as const
const TASK_STATES = ['open', 'completed', 'cancelled'] as const
const runModel = z.strictObject({ runId: id, model: z.string().min(1) })

/** Tools that change nothing. */
export const READING: readonly Tool[] = [
  tool({
    name: 'list_projects',
    title: 'List projects',
    description: 'Your projects, with their ids.',
    effect: 'reads',
    input: z.strictObject(paging),
    call: (muster, { limit, ...query }, options) =>
      fitting('items', limit, (most) => muster.projects.list(given({ ...query, limit: most }), options)),
  }),
  tool({
    name: 'get_queue_status',
    title: 'See a queue',
    description:
      "A project's jobs for machines: counts by state and type, whether it is paused, and its jobs.",
    effect: 'reads',
    input: z.strictObject({
      ...inProject,
      state: z.array(z.enum(JOB_STATES)).optional(),
      type: z.string().optional(),
      ...paging,
    }),
    call: (muster, { projectId, limit, ...query }, options) =>
      fitting('items', limit, (most) =>
        muster.queue.status(projectId, given({ ...query, limit: most }), options),
      ),
  }),
  tool({
    name: 'list_runs',
    title: 'List runs',
    description: 'Runs, newest first, with status, progress and what they run: definitionId and models.',
    effect: 'reads',
    input: z.strictObject({
      ...ofProjects,
      status: z.array(z.enum(RUN_STATES)).optional(),
      model: z.string().optional(),
      definitionId: id.optional(),
      ...paging,
    }),
    call: (muster, { projectId, limit, ...rest }, options) =>
      fitting('items', limit, (most) => {
        const query = given({ ...rest, limit: most })
        return projectId === undefined
          ? muster.runs.listAll(query, options)
          : muster.runs.list(projectId, query, options)
      }),
  }),
  tool({
    name: 'get_run',
    title: 'Read a run',
    description: 'A run: configuration, progress by model, escalation to people, tokens and cost.',
    effect: 'reads',
    input: z.strictObject({ runId: id }),
    call: async (muster, { runId }, options) => known(await muster.runs.get(runId, options), 'runId'),
  }),
  tool({
    name: 'get_results',
    title: 'Read results of a run',
    description:
      'Settled jobs of a run with result or error, a page of whole jobs (at most 20 kB) at a time; go on with nextCursor.',
    effect: 'reads',
    input: z.strictObject({
      runId: id,
      model: z.string().optional(),
      state: z.array(z.enum(SETTLED)).min(1).optional().describe('Default: all of these'),
      ...paging,
    }),
    call: (muster, { runId, limit, state = [...SETTLED], ...rest }, options) =>
      fitting('items', limit, async (most) => {
        const query = given({ ...rest, state, limit: most })
        const { items, nextCursor } = await muster.runs.jobs(runId, query, options)
        return { items: items.map(resultOf), nextCursor }
      }),
  }),
  tool({
    name: 'compare_runs',
    title: 'Compare two models',
    description:
      'Two models of runs of one project: the paired comparisons of them that are kept, either way round (the newest 200 are looked at), and with metrics the value and interval of each model by itself. Computes no new paired comparison.',
    effect: 'reads',
    input: z.strictObject({
      baseline: runModel,
      candidate: runModel,
      metrics: z
        .array(z.looseObject({ name: z.string() }))
        .min(1)
        .optional()
        .describe(
          'Such as {"name":"right","score":{"type":"equals","at":"/label","to":{"scenario":"/expected"}}}; other types: value, within, includes, judge, people',
        ),
    }),
    call: compareRuns,
  }),
  tool({
    name: 'explain_task',
    title: 'Explain a task',
    description: 'Why a task waits, what has happened to it, and how it was given out.',
    effect: 'reads',
    input: z.strictObject({ taskId: id }),
    call: explainTask,
  }),
  tool({
    name: 'list_tasks',
    title: 'List tasks',
    description: 'Tasks for people, with who holds them and the main reason why they wait.',
    effect: 'reads',
    input: z.strictObject({
      ...ofProjects,
      status: z.array(z.enum(TASK_STATES)).optional(),
      q: z.string().optional().describe('Words of the payload'),
      stepId: z.string().optional(),
      externalId: z.string().optional(),
      holder: id.optional().describe('A userId'),
      ...paging,
    }),
    call: (muster, { projectId, limit, ...rest }, options) =>
      fitting('items', limit, (most) => {
        const query = given({ ...rest, limit: most })
        return projectId === undefined
          ? muster.tasks.listAll(query, options)
          : muster.tasks.list(projectId, query, options)
      }),
  }),
  tool({
    name: 'get_task',
    title: 'Read a task',
    description: 'A task with its payload, steps and assignments, as far as you may see them.',
    effect: 'reads',
    input: z.strictObject({ taskId: id }),
    call: async (muster, { taskId }, options) => known(await muster.tasks.get(taskId, {}, options), 'taskId'),
  }),
  tool({
    name: 'who_can',
    title: 'See who can do a task',
    description: 'The people who could have the current step of a task, best first, and why others cannot.',
    effect: 'reads',
    input: z.strictObject({ taskId: id, userId: id.optional().describe('This person alone'), ...paging }),
    call: (muster, { taskId, limit, ...query }, options) =>
      fitting('candidates', limit, (most) =>
        muster.tasks.candidates(taskId, given({ ...query, limit: most }), options),
      ),
  }),
  tool({
    name: 'find_jobs',
    title: 'Find jobs',
    description: 'Jobs for machines by state, run, model, scenario or words of their error, newest first.',
    effect: 'reads',
    input: z.strictObject({
      ...ofProjects,
      state: z.array(z.enum(JOB_STATES)).optional(),
      runId: id.optional(),
      type: z.string().optional(),
      model: z.string().optional(),
      scenarioId: z.string().optional(),
      error: z.string().optional().describe('Words of the message'),
      cause: z.int32().min(1).optional().describe('A causeId of failures_by_cause'),
      ...paging,
    }),
    call: (muster, { projectId, limit, ...rest }, options) =>
      fitting('items', limit, (most) => {
        const query = given({ ...rest, limit: most })
        return projectId === undefined
          ? muster.jobs.find(query, options)
          : muster.jobs.findInProject(projectId, query, options)
      }),
  }),
  tool({
    name: 'failures_by_cause',
    title: 'See why jobs fail',
    description:
      'Failed jobs grouped by cause, most first, with a sample message and how many in the last hour.',
    effect: 'reads',
    input: z.strictObject({ ...ofProjects, runId: id.optional(), type: z.string().optional() }),
    call: async (muster, { projectId, ...rest }, options) => {
      const query = given(rest)
      const causes =
        projectId === undefined
          ? muster.jobs.causes(query, options)
          : muster.jobs.causesInProject(projectId, query, options)
      return known(await causes, 'items')
    },
  }),
  tool({
    name: 'list_imports',
    title: 'List imports',
    description: 'Files brought into a project, newest first, with counts and what they made.',
    effect: 'reads',
    input: z.strictObject({ ...inProject, ...paging }),
    call: (muster, { projectId, limit, ...query }, options) =>
      fitting('items', limit, (most) =>
        muster.imports.list(projectId, given({ ...query, limit: most }), options),
      ),
  }),
  tool({
    name: 'get_report',
    title: 'Read the report of an import',
    description:
      'What was found of an imported file: parts refused, left out or read in a special way, by line.',
    effect: 'reads',
    input: z.strictObject({
      importId: id,
      ...paging,
      cursor: z
        .string()
        .regex(/^\d{1,9}$/, 'must be a nextCursor')
        .optional(),
    }),
    call: report,
  }),
  tool({
    name: 'list_forms',
    title: 'List forms',
    description: 'The forms that tasks are answered by, newest first, without their questions.',
    effect: 'reads',
    input: z.strictObject({ name: z.string().optional(), ...paging }),
    call: (muster, { limit, ...query }, options) =>
      fitting('items', limit, async (most) => {
        const { items, nextCursor } = await muster.forms.list(given({ ...query, limit: most }), options)
        return {
          items: items.map(({ show: _show, questions, ...form }) => ({
            ...form,
            questions: questions.length,
          })),
          nextCursor,
        }
      }),
  }),
  tool({
    name: 'get_form',
    title: 'Read a form',
    description: 'A form: what it shows of a payload, and its questions.',
    effect: 'reads',
    input: z.strictObject({ formId: id }),
    call: async (muster, { formId }, options) => known(await muster.forms.get(formId, options), 'formId'),
  }),
  tool({
    name: 'people_vs_models',
    title: 'Compare models with people',
    description:
      'How often each model of a run agrees with what people settled on, for scenarios sent to people.',
    effect: 'reads',
    input: z.strictObject({
      runId: id,
      agreeOn: z.string().optional().describe('JSON Pointer to the answer in results, such as /label'),
    }),
    call: async (muster, { runId, ...query }, options) =>
      known(await muster.runs.people(runId, given(query), options), 'agreeOn'),
  }),
]

/** What says something of a result. */
function resultOf({
  jobId,
  scenarioId,
  model,
  repeat,
  state,
  attempt,
  result,
  error,
}: Answers['Job']): object {
  return { jobId, scenarioId, model, repeat, state, attempt, result, error }
}

type RunModel = z.output<typeof runModel>

async function compareRuns(
  muster: MusterClient,
  input: {
    readonly baseline: RunModel
    readonly candidate: RunModel
    readonly metrics?: readonly object[] | undefined
  },
  options: CallOptions,
): Promise<object> {
  const { baseline, candidate, metrics } = input
  const runOf = async ({ runId }: RunModel) => known(await muster.runs.get(runId, options), 'runId')
  const [{ projectId, config }, other] = await Promise.all([runOf(baseline), runOf(candidate)])
  if (other.projectId !== projectId)
    throw refused('candidate.runId', 'must be of the same project as baseline.runId')
  if (!config.models.includes(baseline.model)) throw refused('baseline.model', NO_MODEL)
  if (!other.config.models.includes(candidate.model)) throw refused('candidate.model', NO_MODEL)
  const { items } = await muster.evaluation.comparisons(projectId, { limit: 200 }, options)
  const kept = items.filter(
    (each) =>
      (isSame(each.baseline, baseline) && isSame(each.candidate, candidate)) ||
      (isSame(each.baseline, candidate) && isSame(each.candidate, baseline)),
  )
  const valuesOf = async ({ runId, model }: RunModel): Promise<object> => {
    // Without a key: under one, the server would keep the answer. It says of each place of a metric whether it may be so.
    const { items: values } = await muster.runs.metrics(
      runId,
      { metrics: metrics as never },
      { ...options, idempotencyKey: null },
    )
    return values.filter((value) => value.model === model)
  }
  const sides = metrics && { baseline: await valuesOf(baseline), candidate: await valuesOf(candidate) }
  return { kept: kept.slice(0, MOST_KEPT), keptInAll: kept.length, ...(sides && { metrics: sides }) }
}

const MOST_KEPT = 5
const NO_MODEL = 'names no model of the run'

function isSame(one: RunModel, other: RunModel): boolean {
  return one.runId === other.runId && one.model === other.model
}

async function explainTask(
  muster: MusterClient,
  { taskId }: { readonly taskId: string },
  options: CallOptions,
): Promise<object> {
  const task = known(await muster.tasks.get(taskId, {}, options), 'taskId')
  const { status, currentStepId, completedAt, cooldownUntil } = task
  const [waits, history, decisions] = await Promise.all([
    status === 'open' ? waitingOf(muster, taskId, options) : null,
    muster.tasks.history(taskId, { limit: 50 }, options),
    muster.tasks.decisions(taskId, { limit: 10 }, options),
  ])
  return {
    taskId,
    status,
    currentStepId,
    cooldownUntil,
    completedAt,
    waits,
    moves: history.items,
    hasMoreMoves: history.nextCursor !== null,
    decisions: decisions.items.map(({ candidates, ...decision }) => ({
      ...decision,
      considered: candidates.length,
      best: candidates.find(({ userId }) => userId === decision.chosen) ?? null,
    })),
    hasMoreDecisions: decisions.nextCursor !== null,
  }
}

/** Why nobody has the task, by counts. */
async function waitingOf(
  muster: MusterClient,
  taskId: string,
  options: CallOptions,
): Promise<object | string> {
  try {
    const decision = await muster.tasks.candidates(taskId, { limit: 1 }, options)
    const { mainReason, reasons, considered, eligible } = decision
    return { mainReason, reasons, considered, eligible }
  } catch (error) {
    if (error instanceof ForbiddenError) return 'Only managers may see why a task waits'
    throw error
  }
}

async function report(
  muster: MusterClient,
  {
    importId,
    limit,
    cursor = '0',
  }: { readonly importId: string; readonly limit: number; readonly cursor?: string | undefined },
  options: CallOptions,
): Promise<object> {
  const from = Number(cursor)
  known(await muster.imports.get(importId, options), 'importId')
  const items: unknown[] = []
  let size = 0
  let place = 0
  for await (const line of muster.imports.report(importId, options)) {
    if (place++ < from) continue
    const item = shortened(line, LARGEST_ANSWER / 2)
    size += sizeOf(item)
    if (items.length === limit || (items.length > 0 && size > LARGEST_ANSWER - ROOM))
      return { items, nextCursor: String(from + items.length) }
    items.push(item)
  }
  return { items, nextCursor: null }
}

/** Bytes for commas and what stands around a list. */
const ROOM = 500

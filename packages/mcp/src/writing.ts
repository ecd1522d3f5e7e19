import type { CallOptions, MusterClient } from '@muster/client'
import { z } from 'zod'
import { known } from './answer.ts'
import { given, id, key, refused, type Tool, ToolRefusedError, tool } from './tool.ts'

const ofRun = { runId: id, idempotencyKey: key }
const dryRun = z.boolean().default(false).describe('Only say what would come of it')

/** Tools that change something. None claims or submits: that is for people. */
export const WRITING: readonly Tool[] = [
  tool({
    name: 'start_run',
    title: 'Start a run',
    description:
      'Starts a run: each scenario of a definition (ids in list_runs and list_imports) as a job for each model, which may cost money. Try dryRun first: it counts the jobs.',
    effect: 'writes',
    input: z.strictObject({
      projectId: id,
      definitionId: id,
      models: z.array(z.string().min(1)).min(1).max(100),
      repeats: z.int().min(1).max(100).optional(),
      samplePercentage: z.number().optional(),
      priority: z.enum(['low', 'normal', 'high']).optional(),
      budgetMicros: z
        .int()
        .min(1)
        .optional()
        .describe('The most it may cost, in millionths of the currency unit'),
      dryRun,
      idempotencyKey: key,
    }),
    call: (muster, { projectId, idempotencyKey, dryRun: isTrial, ...run }, options) =>
      muster.runs.start(projectId, given(run), { ...options, ...keyOf(idempotencyKey, isTrial) }),
  }),
  tool({
    name: 'pause_run',
    title: 'Pause a run',
    description: 'Lets no more jobs of a run begin; resume_run undoes it.',
    effect: 'writes',
    input: z.strictObject(ofRun),
    call: (muster, { runId, idempotencyKey }, options) =>
      muster.runs.pause(runId, {}, { ...options, idempotencyKey }),
  }),
  tool({
    name: 'resume_run',
    title: 'Resume a run',
    description: 'Lets a paused run go on; its jobs may cost money.',
    effect: 'writes',
    input: z.strictObject(ofRun),
    call: (muster, { runId, idempotencyKey }, options) =>
      muster.runs.resume(runId, {}, { ...options, idempotencyKey }),
  }),
  tool({
    name: 'cancel_run',
    title: 'Cancel a run',
    description:
      'Gives up all jobs of a run that have not ended, for ever. confirm must be the name of its definition; without it, nothing is done and the error says what would be.',
    effect: 'destroys',
    input: z.strictObject({ ...ofRun, confirm: z.string().optional() }),
    call: cancelRun,
  }),
  tool({
    name: 'retry_failed',
    title: 'Retry failed jobs',
    description: 'Runs the failed jobs of a run again, which may cost money.',
    effect: 'writes',
    input: z.strictObject(ofRun),
    call: (muster, { runId, idempotencyKey }, options) =>
      muster.runs.retryFailed(runId, {}, { ...options, idempotencyKey }),
  }),
  tool({
    name: 'add_tasks',
    title: 'Add tasks',
    description: 'Adds tasks for people to a project, all or none; people will be asked to do them.',
    effect: 'writes',
    input: z.strictObject({
      projectId: id,
      tasks: z
        .array(
          z.strictObject({
            payload: z.unknown().describe('What people are shown, as the form of the project has it'),
            externalId: z.string().optional().describe('Your own id: one task each'),
            priority: z.int().min(-1000).max(1000).optional(),
          }),
        )
        .min(1)
        .max(200),
      onConflict: z.enum(['refuse', 'skip']).optional().describe('If an externalId is there already'),
      idempotencyKey: key,
    }),
    call: (muster, { projectId, idempotencyKey, tasks, ...rest }, options) =>
      muster.tasks.add(projectId, given({ tasks: tasks.map(given), ...rest }), {
        ...options,
        idempotencyKey,
      }),
  }),
  tool({
    name: 'assign_task',
    title: 'Assign a task',
    description:
      'Gives the current step of a task to a person: the best one, or the one named if they can have it.',
    effect: 'writes',
    input: z.strictObject({ taskId: id, userId: id.optional(), idempotencyKey: key }),
    call: (muster, { taskId, idempotencyKey, ...to }, options) =>
      muster.tasks.assign(taskId, given(to), { ...options, idempotencyKey }),
  }),
  tool({
    name: 'escalate',
    title: 'Send scenarios to people',
    description:
      'Makes tasks for people of scenarios of a run, for good: those named, or those that a policy finds in a run that has ended. dryRun of a policy counts them.',
    effect: 'writes',
    input: z.strictObject({
      runId: id,
      scenarioIds: z
        .array(z.string().min(1))
        .min(1)
        .max(200)
        .optional()
        .describe('By hand; the run needs a policy'),
      policy: z
        .looseObject({})
        .optional()
        .describe(
          'Such as {"when":[{"type":"disagreement","agreeOn":"/label"}],"task":{"payload":{"text":{"$":"/scenario/payload/text"}}}}',
        ),
      dryRun,
      idempotencyKey: key,
    }),
    call: escalate,
  }),
]

/** The options of a call that may be a trial, which keeps nothing. */
function keyOf(
  idempotencyKey: string,
  isTrial: boolean,
): { readonly idempotencyKey: string | null; readonly query?: { readonly dryRun: 'true' } } {
  return isTrial ? { idempotencyKey: null, query: { dryRun: 'true' } } : { idempotencyKey }
}

async function cancelRun(
  muster: MusterClient,
  {
    runId,
    confirm,
    idempotencyKey,
  }: { readonly runId: string; readonly confirm?: string | undefined; readonly idempotencyKey: string },
  options: CallOptions,
): Promise<object> {
  const { config, progress, status } = known(await muster.runs.get(runId, options), 'runId')
  const { name } = config.definitionSnapshot
  // Nothing is given up of one that is cancelled already: it is told as it is, as the server does.
  if (confirm !== name && status !== 'cancelled') {
    // Only those may read it who may cancel the run: of nobody else is anything to be confirmed.
    await muster.runs.jobs(runId, { limit: 1 }, options)
    if (status === 'completed')
      throw new ToolRefusedError('run_state', 'A run that is completed cannot be cancelled', [])
    const open = progress.total - progress.completed - progress.failed - progress.cancelled
    const wanted = JSON.stringify(name)
    const message = `This would give up ${open} of the ${progress.total} jobs of the run, for ever: to do it, pass confirm ${wanted}`
    throw new ToolRefusedError('confirmation_required', message, [
      { path: 'confirm', message: `must be ${wanted}` },
    ])
  }
  return muster.runs.cancel(runId, {}, { ...options, idempotencyKey })
}

async function escalate(
  muster: MusterClient,
  input: {
    readonly runId: string
    readonly scenarioIds?: readonly string[] | undefined
    readonly policy?: object | undefined
    readonly dryRun: boolean
    readonly idempotencyKey: string
  },
  options: CallOptions,
): Promise<object> {
  const { runId, scenarioIds, policy, dryRun: isTrial, idempotencyKey } = input
  if ((scenarioIds === undefined) === (policy === undefined))
    throw refused('scenarioIds', 'must be given, or policy, and not both')
  if (scenarioIds !== undefined) {
    if (isTrial) throw refused('dryRun', 'is of a policy: scenarios that are named are all sent')
    return muster.runs.escalateByHand(
      runId,
      { scenarioIds: [...scenarioIds] },
      { ...options, idempotencyKey },
    )
  }
  // The server says of each place of a policy whether it may be so.
  return muster.runs.escalate(runId, policy as never, { ...options, ...keyOf(idempotencyKey, isTrial) })
}

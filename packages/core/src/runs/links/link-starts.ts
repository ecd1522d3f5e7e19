import { NotFoundError, ValidationError } from '../../errors.ts'
import { fact } from '../../events/event.ts'
import type { DefinitionId, ProjectId, RunId } from '../../ids.ts'
import { LONGEST_NAME, lengthOf, parse } from '../../input/parse.ts'
import { demandType } from '../demand-type.ts'
import { checkPolicy } from '../escalation/escalation-use-cases.ts'
import type { Run } from '../run.ts'
import { demandProject, type RunDeps } from '../run-deps.ts'
import { demandPrices, freshRun } from '../run-making.ts'
import type { NewLinkedRun, RunOptions } from '../runs.ts'
import { newLinkedRun } from './link-input.ts'

/** Starts a run after another: it is there, and waits for that one. */
export async function startLinked(
  { transactions, jobTypes, clock, ids }: RunDeps,
  projectId: ProjectId,
  request: NewLinkedRun,
  { idempotencyKey, createdBy = null }: RunOptions = {},
): Promise<Run> {
  const { after, jobType: named, ...settings } = parse(newLinkedRun, request)
  const { stores } = transactions
  await demandProject(stores.projects, projectId)
  const parent = await stores.runs.find(after.runId as RunId)
  if (parent?.projectId !== projectId) throw new NotFoundError('run', after.runId)
  demandModels(parent, after.from?.where?.model ?? [])
  const jobType = named ?? parent.config.definitionSnapshot.jobType
  demandType(jobTypes, jobType, named === undefined ? 'after.runId' : 'jobType')
  await checkPolicy(stores, projectId, settings.escalation, ['escalation'])
  const now = clock.now()
  // An estimate may depend on payloads, which are not there: it is asked for once they are.
  if (settings.budgetMicros !== undefined && jobTypes.get(jobType)?.estimate === undefined)
    await demandPrices(stores, settings.models, undefined, now)
  const definition = {
    definitionId: ids.next() as DefinitionId,
    projectId,
    name: nameAfter(parent),
    version: 0,
    jobType,
    scenarioCount: 0,
    createdAt: now,
  }
  const runId = ids.next() as RunId
  const run = freshRun(definition, 0, settings, { runId, startedBy: createdBy, createdAt: now })
  const { runId: parentId, when, from = null } = after
  return transactions.transaction(async ({ runLinks, events }) => {
    const link = {
      run,
      parentId: parentId as RunId,
      when,
      request: { jobType, settings, from },
      idempotencyKey: idempotencyKey ?? null,
    }
    const added = await runLinks.add(link)
    const { status, version } = added.run
    if (added.created)
      await events.append([fact(projectId, 'run_status_changed', { runId, status, from: null, version })])
    return added.run
  })
}

/** `<name> (from <run>)`, as much of the name as a name has room for. */
function nameAfter({ runId, config }: Run): string {
  const from = ` (from ${runId})`
  const room = LONGEST_NAME - lengthOf(from)
  return `${Array.from(config.definitionSnapshot.name).slice(0, room).join('')}${from}`
}

/** @throws ValidationError for a model that the run before does not have */
function demandModels({ config }: Run, models: readonly string[]): void {
  const unknown = models.findIndex((model) => !config.models.includes(model))
  if (unknown === -1) return
  const path = `after.from.where.model[${unknown}]`
  throw new ValidationError([{ path, message: `names no model of that run: ${models[unknown]}` }])
}

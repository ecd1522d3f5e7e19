import { JobValidationError, MusterError, UnavailableError, ValidationError } from '../../errors.ts'
import { fact } from '../../events/event.ts'
import type { RunId } from '../../ids.ts'
import type { JobType, RunResult } from '../../jobs/job.ts'
import { readPayload } from '../../jobs/payload.ts'
import type { Issue } from '../../json/json.ts'
import { demandType } from '../demand-type.ts'
import { MAX_SCENARIOS, type Run, type Scenario } from '../run.ts'
import { cancelWithin } from '../run-controls.ts'
import type { RunDeps, RunStores } from '../run-deps.ts'
import { keepJobs, placesOf } from '../run-making.ts'
import { meetAwaitedRuns } from './awaited-runs.ts'
import { type LinkEnd, SAME_SCENARIOS } from './link.ts'
import type { DueLink, LinkPart, OpenLink } from './link-store.ts'
import { linkVerdict } from './link-verdict.ts'
import { mapScenario, type SourceScenario, withRefusal } from './mapping.ts'

/** Links looked at in one statement. */
const PAGE = 100

/** Results of the run before that one part is made from, at least those of one scenario. */
const PART = 1_000

/** Dependencies of making runs that start after others. */
export type LinkSweepDeps = Pick<RunDeps, 'transactions' | 'jobTypes' | 'clock' | 'ids' | 'nudge'>

/**
 * Lets jobs go on whose run is so far, and goes one step with each run that is due after another, and says with how many: makes a part of its scenarios, or, once all are there, its jobs. Each step
 * is one transaction: a process that dies in between has done all of it or nothing, and any number may do this at once.
 */
export function linkSweeper(deps: LinkSweepDeps): () => Promise<number> {
  const { runLinks, runs } = deps.transactions.stores
  return async () => {
    let moved = await meetAwaitedRuns(deps)
    let failed: { readonly error: unknown } | undefined
    for (let after: RunId | null = null; ; ) {
      const page: readonly DueLink[] = await runLinks.listDue([...deps.jobTypes.keys()], after, PAGE)
      if (page.length === 0) break
      const found = await runs.findMany([...new Set(page.map(({ parentId }) => parentId))])
      const parents = new Map(found.map((run) => [run.runId, run]))
      for (const link of page) {
        const parent = parents.get(link.parentId)
        if (parent === undefined || !isDue(link, parent)) continue
        try {
          moved += await step(deps, link)
        } catch (error) {
          // One that cannot be made holds up no other.
          failed ??= { error }
        }
      }
      after = page.at(-1)?.runId ?? null
      if (page.length < PAGE) break
    }
    if (failed) throw failed.error
    return moved
  }
}

function isDue({ isCancelled, when }: DueLink, parent: Run): boolean {
  return isCancelled || linkVerdict(when, parent) !== 'wait'
}

async function step(deps: LinkSweepDeps, { runId, isRead }: DueLink): Promise<number> {
  try {
    const { moved, jobs } = await deps.transactions.transaction((stores) =>
      isRead ? finish(deps, stores, runId) : advance(deps, stores, runId),
    )
    if (jobs) deps.nudge()
    return moved
  } catch (error) {
    if (!(error instanceof MusterError) || error instanceof UnavailableError) throw error
    // It would be refused again: by what it was asked for, not by what goes on.
    const { message } = error
    return deps.transactions.transaction((stores) => giveUp(deps, stores, runId, 'refused', message))
  }
}

/** A step that was made: whether it moved anything, and whether there are jobs now. */
interface Step {
  readonly moved: number
  readonly jobs: boolean
}

const NOTHING: Step = { moved: 0, jobs: false }
const MOVED: Step = { moved: 1, jobs: false }

/** Makes one part of the scenarios. */
async function advance(deps: LinkSweepDeps, stores: RunStores, runId: RunId): Promise<Step> {
  const { runs, runLinks } = stores
  const before = await runs.find(runId)
  const verdict = before && (await verdictOn(stores, before))
  if (verdict === undefined || verdict.is === 'wait') return NOTHING
  // The run is locked before its link, as where its jobs are made.
  if (verdict.is !== 'start')
    return { moved: await giveUp(deps, stores, runId, verdict.is, null), jobs: false }
  const link = await runLinks.take(runId)
  if (link === undefined || link.isRead) return NOTHING
  const { parent, endedAt } = verdict
  if (isOutdated(link, endedAt)) {
    await runLinks.reset(runId)
    return MOVED
  }
  await runLinks.stage(runId, await partOf(deps, stores, link, parent, endedAt))
  return MOVED
}

/** Makes the jobs, once all scenarios are there. */
async function finish(deps: LinkSweepDeps, stores: RunStores, runId: RunId): Promise<Step> {
  const { runLinks, definitions } = stores
  const run = await runLinks.lockRun(runId)
  const verdict = run && (await verdictOn(stores, run))
  if (run === undefined || verdict === undefined || verdict.is === 'wait') return NOTHING
  const link = await runLinks.lock(runId)
  if (link === undefined || !link.isRead) return NOTHING
  const now = deps.clock.now()
  if (verdict.is === 'cancelled') {
    await runLinks.end(runId, 'cancelled', null, now)
    return MOVED
  }
  if (verdict.is !== 'start' || isOutdated(link, verdict.endedAt)) {
    // It has gone on since: the next step sees how it is now.
    await runLinks.reset(runId)
    return MOVED
  }
  if (link.staged.count === 0) {
    const { projectId, status: from } = run
    const { status, version } = await runLinks.end(runId, 'nothingToDo', null, now)
    await stores.events.append([fact(projectId, 'run_status_changed', { runId, status, from, version })])
    return MOVED
  }
  const { settings } = link.request
  const { definitionId, projectId, name, jobType } = run.config.definitionSnapshot
  demandType(deps.jobTypes, jobType, 'jobType')
  const head = { definitionId, projectId, name, jobType, createdAt: now }
  const definition = await definitions.add(head, link.staged)
  const places = await placesOf(definitions, definition, settings)
  const config = { ...run.config, definitionSnapshot: definition }
  const { priority } = run
  const { maxJobsPerSecond } = config
  const version = run.version + 1
  await keepJobs(
    deps,
    stores,
    { run: { ...run, config }, definition, places, wanted: settings },
    {
      keep: async (jobs) => ({ run: await runLinks.fill(jobs, now), created: true }),
      facts: [fact(projectId, 'run_changed', { runId, priority, maxJobsPerSecond, version })],
    },
  )
  return { moved: 1, jobs: true }
}

/** Ends a link without jobs, and its run too, unless that was cancelled before. */
async function giveUp(
  { clock }: LinkSweepDeps,
  stores: RunStores,
  runId: RunId,
  reason: LinkEnd,
  message: string | null,
): Promise<number> {
  const now = clock.now()
  await cancelWithin(stores, runId, now)
  const link = await stores.runLinks.lock(runId)
  if (link === undefined) return 0
  await stores.runLinks.end(runId, reason, message, now)
  return 1
}

/** The fate of a run that has no jobs, by itself and by the run before. */
async function verdictOn(
  { runs }: RunStores,
  run: Run,
): Promise<
  | { readonly is: 'start'; readonly parent: Run; readonly endedAt: Date }
  | { readonly is: 'wait' }
  | { readonly is: 'cancelled' | 'parentCancelled' }
  | undefined
> {
  if (run.link === null) return undefined
  if (run.status === 'cancelled') return { is: 'cancelled' }
  const parent = await runs.find(run.link.parentId)
  if (parent === undefined) return undefined
  const is = linkVerdict(run.link.when, parent)
  if (is === 'cancel') return { is: 'parentCancelled' }
  return is === 'start' && parent.finishedAt ? { is, parent, endedAt: parent.finishedAt } : { is: 'wait' }
}

/** Whether the run before has run again since its results were read. */
function isOutdated({ parentEndedAt }: OpenLink, endedAt: Date): boolean {
  return parentEndedAt !== null && parentEndedAt.getTime() !== endedAt.getTime()
}

/** The scenarios that the next results of the run before make. */
async function partOf(
  { jobTypes }: LinkSweepDeps,
  stores: RunStores,
  link: OpenLink,
  parent: Run,
  parentEndedAt: Date,
): Promise<LinkPart> {
  const { runId, staged, request } = link
  demandType(jobTypes, request.jobType, 'jobType')
  const type = jobTypes.get(request.jobType) as JobType
  const read = await readSources(stores, parent, link.place)
  const made = read.sources.flatMap((source) =>
    mapScenario(request.from ?? SAME_SCENARIOS, parent.config.sampleSeed, source),
  )
  const ids = made.flatMap((one) => ('scenario' in one ? [one.scenario.scenarioId] : []))
  const known = new Set(await stores.runLinks.findStaged(runId, ids))
  let { refused, refusals } = link
  const scenarios: Scenario[] = []
  const refuse = (issues: readonly Issue[], scenarioId: string): void => {
    refused += 1
    refusals = withRefusal(refusals, issues, scenarioId)
  }
  for (const one of made) {
    if ('refused' in one) {
      refuse(one.refused, one.of)
      continue
    }
    const { scenarioId, payload } = one.scenario
    const issues = known.has(scenarioId)
      ? [{ path: 'scenarioId', message: 'repeats an earlier one' }]
      : await issuesOf(type, payload)
    if (issues.length > 0) refuse(issues, scenarioId)
    else {
      known.add(scenarioId)
      scenarios.push(one.scenario)
    }
  }
  if (staged.count + scenarios.length > MAX_SCENARIOS) {
    const message = `must not make more than ${MAX_SCENARIOS} scenarios`
    throw new ValidationError([{ path: 'after.from', message }])
  }
  const { place, isRead } = read
  return { scenarios, refused, refusals, place, isRead, parentEndedAt }
}

async function issuesOf(type: JobType, payload: unknown): Promise<readonly Issue[]> {
  try {
    await readPayload(type, payload)
    return []
  } catch (error) {
    if (error instanceof JobValidationError) return error.issues
    const why = error instanceof Error ? error.message : String(error)
    return [{ path: 'payload', message: `could not be read: ${why}` }]
  }
}

/** Whole scenarios of the run before, behind a place, and as far as that is. */
async function readSources(
  { runs, escalations }: RunStores,
  parent: Run,
  from: number,
): Promise<{
  readonly sources: readonly SourceScenario[]
  readonly place: number
  readonly isRead: boolean
}> {
  const { models, repeats } = parent.config
  const groups: { readonly place: number; readonly results: RunResult[] }[] = []
  let after = from === 0 ? undefined : { place: from, model: models.length, repeat: repeats }
  let isRead = false
  // The last may not be whole, unless nothing follows. Fewer than asked for are the last ones, or large.
  for (let [pages, read] = [0, 0]; !isRead && (groups.length < 2 || (pages < 2 && read < PART)); pages++) {
    const rows = await runs.listResults(parent.runId, { limit: PART, after })
    for (const { result, key } of rows) {
      const last = groups.at(-1)
      if (last?.place === key.place) last.results.push(result)
      else groups.push({ place: key.place, results: [result] })
    }
    after = rows.at(-1)?.key ?? after
    isRead = rows.length === 0
    read += rows.length
  }
  const whole = isRead ? groups : groups.slice(0, -1)
  const ids = whole.flatMap(({ results }) => results[0]?.scenarioId ?? [])
  const decided = parent.escalation === null ? [] : await escalations.findMany(parent.runId, ids)
  const byId = new Map(decided.map((each) => [each.scenarioId, each]))
  const sources = whole.flatMap(({ results }): SourceScenario[] => {
    const [first] = results
    if (first === undefined) return []
    const { scenarioId, payload } = first
    const told = byId.get(scenarioId)
    return [
      {
        scenarioId,
        payload,
        results,
        escalated: told?.state === 'escalated',
        outcome: told?.outcome ?? null,
        reasons: told?.reasons ?? [],
      },
    ]
  })
  return { sources, place: whole.at(-1)?.place ?? from, isRead }
}

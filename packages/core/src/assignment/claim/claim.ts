import { Batcher } from '../../batcher.ts'
import { NotFoundError, UnavailableError } from '../../errors.ts'
import { fact } from '../../events/event.ts'
import type { AssignmentId, UserId, WorkflowId } from '../../ids.ts'
import { parse } from '../../input/parse.ts'
import { readForms } from '../../workflow/step-forms.ts'
import type { StepType, Workflow } from '../../workflow/workflow.ts'
import type { AssignmentDeps, AssignmentStores } from '../assignment-deps.ts'
import { claimRequest } from '../assignment-input.ts'
import type { AssignmentUseCases, ClaimResult } from '../assignments.ts'
import { visibleTask } from '../blindness.ts'
import type { Claimed, ClaimRequest, ClaimSurvey, Shelf } from '../stores/claim-store.ts'
import { expireDue } from '../task/due.ts'
import { type JudgedShelf, ShelfJudge, type Standings, takeable, whyNothing } from './shelf-judge.ts'

/** Claims that go together at most. */
const MAX_TOGETHER = 64

/** How often a claim is made anew because something has opened that nothing stands against. */
const MOST_AGAIN = 5

/** Workflows kept in mind at most. */
const MAX_WORKFLOWS = 1_000

interface Request extends ClaimRequest {
  readonly stepType: StepType | null
  /** Of the row, should it be a new one. */
  readonly assignmentId: AssignmentId
}

type Outcome =
  | { readonly kind: 'claimed'; readonly claimed: Claimed }
  | { readonly kind: 'nothing'; readonly judged: readonly JudgedShelf[] }
  | { readonly kind: 'failed'; readonly error: unknown }

/** The pull: "next, please". Claims of one moment go in one transaction, each with its own answer. */
export function claimNextWith(deps: AssignmentDeps): AssignmentUseCases['claimNext'] {
  const desk = new ClaimDesk(deps)
  const together = new Batcher<Request, Outcome>(MAX_TOGETHER, (requests) => desk.serve(requests))
  const ask = async (request: Request): Promise<Exclude<Outcome, { kind: 'failed' }>> => {
    const outcome = await together.add(request)
    if (outcome.kind === 'failed') throw outcome.error
    return outcome
  }

  return async ({ userId, ...filter }) => {
    const { projectId = null, stepType = null } = parse(claimRequest, filter)
    const request = (): Request => {
      return { userId, projectId, stepType, assignmentId: deps.ids.next() as AssignmentId }
    }
    let outcome = await ask(request())
    // Something that is due may have stood in the way, perhaps of this very claim.
    if (outcome.kind === 'nothing' && (await expireDue(deps, 1)) > 0) outcome = await ask(request())
    for (let again = 0; outcome.kind === 'nothing'; again++) {
      const { isNews, ...why } = await explain(deps, userId, outcome.judged)
      if (!isNews) return { kind: 'nothing', ...why }
      // Steps that opened after this claim was made are theirs to take, or are taken by others each time: then nothing is there for them.
      if (again === MOST_AGAIN) return { kind: 'nothing', open: 0, reasons: {} }
      outcome = await ask(request())
    }
    return given(deps, await desk.workflowOf(outcome.claimed), outcome.claimed)
  }
}

/** The claimant must not see the known answer, and of the payload only what the form of the step shows. */
async function given(
  { transactions }: AssignmentDeps,
  workflow: Workflow,
  { assignment, task }: Claimed,
): Promise<ClaimResult> {
  const forms = await readForms(transactions.stores.forms, workflow, task.formId)
  const seen = visibleTask({ ...task, gold: null, overlapEnds: null }, workflow, forms, [assignment.stepId])
  return { kind: 'claimed', assignment, task: seen }
}

/** Counted outside of the transaction: it takes longer the more is open, and nobody else should wait for it. */
async function explain(
  { transactions }: AssignmentDeps,
  userId: UserId,
  judged: readonly JudgedShelf[],
): Promise<ReturnType<typeof whyNothing>> {
  const shelves = judged.map(({ open }) => open)
  const counts = shelves.length > 0 ? await transactions.stores.claims.countShelves(userId, shelves) : []
  return whyNothing(judged, counts)
}

class ClaimDesk {
  readonly #deps: AssignmentDeps
  /** Workflows never change. */
  readonly #workflows = new Map<WorkflowId, Workflow>()

  constructor(deps: AssignmentDeps) {
    this.#deps = deps
  }

  async serve(requests: readonly Request[]): Promise<Outcome[]> {
    const outcomes = new Map<Request, Outcome>()
    for (const turn of turnsOf(requests)) {
      for (const [request, outcome] of await this.#serveTurn(turn)) outcomes.set(request, outcome)
    }
    return requests.map((request) => outcomes.get(request) as Outcome)
  }

  /** A failure for all is tried again for each alone, so that nobody fails for another's sake. */
  async #serveTurn(requests: readonly Request[]): Promise<(readonly [Request, Outcome])[]> {
    try {
      return await this.#claim(requests)
    } catch (error) {
      if (requests.length === 1) return requests.map((request) => [request, { kind: 'failed', error }])
      const [first, ...rest] = requests as readonly [Request, ...Request[]]
      const tried = await this.#again(first)
      const away = tried.kind === 'failed' && tried.error instanceof UnavailableError
      const others = rest.map(
        async (request) => [request, away ? tried : await this.#again(request)] as const,
      )
      return [[first, tried], ...(await Promise.all(others))]
    }
  }

  /** A failure may have come after the commit: then the row is there. */
  async #again(request: Request): Promise<Outcome> {
    const { tasks, inboxes } = this.#deps.transactions.stores
    try {
      const assignment = await inboxes.findAssignment(request.assignmentId)
      const task = assignment && (await tasks.find(assignment.taskId))
      if (task) return { kind: 'claimed', claimed: { assignment, task, from: null } }
      const [served] = await this.#serveTurn([request])
      return served?.[1] as Outcome
    } catch (error) {
      return { kind: 'failed', error }
    }
  }

  /**
   * Locks the people, then looks: what counts against the limit and the exclusions cannot change between the look and the claim.
   * Only so are two claims of one person at once safe from each other.
   */
  #claim(requests: readonly Request[]): Promise<(readonly [Request, Outcome])[]> {
    const { transactions, clock } = this.#deps
    return transactions.transaction(async (stores) => {
      const survey = await stores.claims.surveyClaims(requests)
      const now = clock.now()
      const workflows = await this.#workflowsOf(stores, survey.shelves)
      const judge = new ShelfJudge(survey, workflows, await standingsIn(stores, survey), now)
      const judged = requests.map((request) => judge.judge(request))
      const claims = requests.map(({ userId, assignmentId }, nth) => {
        return { userId, assignmentId, shelves: takeable(judged[nth] ?? []) }
      })
      const claimed = await stores.claims.claim(claims, now)
      await stores.events.append(claimed.flatMap((one) => (one ? [assigned(one)] : [])))
      return requests.map((request, nth) => {
        const one = claimed[nth]
        return [
          request,
          one ? { kind: 'claimed', claimed: one } : { kind: 'nothing', judged: judged[nth] ?? [] },
        ] as const
      })
    })
  }

  /** The workflow of a task that was just claimed: nearly always one that is kept in mind. */
  async workflowOf({ task: { workflowId } }: Claimed): Promise<Workflow> {
    const workflow =
      this.#workflows.get(workflowId) ?? (await this.#deps.transactions.stores.workflows.find(workflowId))
    if (workflow === undefined) throw new NotFoundError('workflow', workflowId)
    return workflow
  }

  async #workflowsOf(
    { workflows }: AssignmentStores,
    shelves: readonly Shelf[],
  ): Promise<ReadonlyMap<WorkflowId, Workflow>> {
    const wanted = new Map<WorkflowId, Workflow>()
    for (const workflowId of new Set(shelves.map((shelf) => shelf.workflowId))) {
      const workflow = this.#workflows.get(workflowId) ?? (await workflows.find(workflowId))
      if (workflow) wanted.set(workflowId, workflow)
    }
    if (this.#workflows.size + wanted.size > MAX_WORKFLOWS) this.#workflows.clear()
    for (const [workflowId, workflow] of wanted) this.#workflows.set(workflowId, workflow)
    return wanted
  }
}

/** How the claimants stand in the projects that watch them, read under their locks; nothing is read if none does. */
async function standingsIn({ quality }: AssignmentStores, survey: ClaimSurvey): Promise<Standings> {
  const projectIds = survey.projects.flatMap(({ projectId, quality: policy }) => (policy ? [projectId] : []))
  if (projectIds.length === 0) return NOBODY_WATCHED
  const userIds = survey.claimants.map(({ userId }) => userId)
  const watches = await quality.listWatches({ projectIds, userIds })
  const byPerson = Map.groupBy(watches, ({ userId }) => userId)
  return new Map(
    [...byPerson].map(([userId, mine]) => [
      userId,
      new Map(
        mine.map(({ projectId, paused, controls }) => [projectId, { paused: paused ?? undefined, controls }]),
      ),
    ]),
  )
}

const NOBODY_WATCHED: Standings = new Map()

/** Each person once a turn: their next claim must see the one before. */
function turnsOf(requests: readonly Request[]): Request[][] {
  const turns: Request[][] = []
  const asked = new Map<string, number>()
  for (const request of requests) {
    const nth = asked.get(request.userId) ?? 0
    asked.set(request.userId, nth + 1)
    const turn = turns[nth]
    if (turn) turn.push(request)
    else turns.push([request])
  }
  return turns
}

function assigned({ assignment, from }: Claimed) {
  const { projectId, taskId, assignmentId, stepId, stepType, userId, status, attempt } = assignment
  const data = { taskId, assignmentId, stepId, stepType, userId, status, from, attempt }
  return fact(projectId, 'task_assigned', data, [userId])
}

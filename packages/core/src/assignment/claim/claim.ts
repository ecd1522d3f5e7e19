import { Batcher } from '../../batcher.ts'
import { ConflictError, NotFoundError, UnavailableError } from '../../errors.ts'
import { fact, type NewFact } from '../../events/event.ts'
import type { AssignmentId, ProjectId, TaskId, UserId, WorkflowId } from '../../ids.ts'
import { parse } from '../../input/parse.ts'
import type { ControlPolicy, QualityPolicy } from '../../people/person.ts'
import { elapsedMs } from '../../time.ts'
import { readForms } from '../../workflow/step-forms.ts'
import type { StepType, Workflow } from '../../workflow/workflow.ts'
import type { Assignment } from '../assignment.ts'
import type { AssignmentDeps, AssignmentStores } from '../assignment-deps.ts'
import { claimRequest } from '../assignment-input.ts'
import type { ClaimResult } from '../assignments.ts'
import { visibleTask } from '../blindness.ts'
import type {
  Claimed,
  ClaimRequest,
  ClaimSurvey,
  OpenShelf,
  Shelf,
  ShelfCount,
} from '../stores/claim-store.ts'
import { expireDue } from '../task/due.ts'
import { settleTask, settleWaiting } from '../task/settled-task.ts'
import { untilTick } from '../tick.ts'
import type { Claiming } from './beside.ts'
import { type ControlTurn, giveControls } from './controls.ts'
import {
  type JudgedShelf,
  ShelfJudge,
  type Standings,
  standsOnlyTheLimit,
  takeable,
  whyNothing,
} from './shelf-judge.ts'
import { aheadLeaseMs } from './terms.ts'
import { toldShelves } from './told.ts'

/** Claims that go together at most. */
const MAX_TOGETHER = 64

/** How often a claim is made anew because something has opened that nothing stands against. */
const MOST_AGAIN = 5

interface Request extends ClaimRequest {
  readonly stepType: StepType | null
  /** Of the row, should it be a new one. */
  readonly assignmentId: AssignmentId
  /** Drawn once for each claim, when it is first asked for: below the rate it is the turn of a control. */
  readonly draw: () => number
  /** Whether it is to be held ahead of what the person works on. */
  readonly ahead: boolean
}

type Outcome =
  | { readonly kind: 'claimed'; readonly claimed: Claimed; readonly policy: QualityPolicy | null }
  | { readonly kind: 'nothing'; readonly judged: readonly JudgedShelf[] }
  /** Something that the person holds ahead on this task has lapsed, and stands in the way. */
  | { readonly kind: 'lapsed'; readonly taskId: TaskId }
  | { readonly kind: 'failed'; readonly error: unknown }

type Answer = Exclude<Outcome, { kind: 'failed' }>

/** The pull: "next, please". Claims of one moment go in one transaction, each with its own answer. */
export function claimingWith(deps: AssignmentDeps): Claiming {
  const desk = new ClaimDesk(deps)
  const together = new Batcher<Request, Outcome>(MAX_TOGETHER, (requests) => desk.serve(requests))
  const ask = async (request: Request): Promise<Answer> => answerOf(await together.add(request))

  /** Makes the requests of one claim, each with a row of its own. */
  const requests = ({
    userId,
    projectId = null,
    stepType = null,
    ahead = false,
  }: {
    readonly userId: UserId
    readonly projectId?: ProjectId | null | undefined
    readonly stepType?: StepType | null | undefined
    readonly ahead?: boolean | undefined
  }): (() => Request) => {
    let drawn: number | undefined
    const draw = (): number => (drawn ??= deps.random.next())
    return () => {
      return { userId, projectId, stepType, assignmentId: deps.ids.next() as AssignmentId, draw, ahead }
    }
  }

  /** Asks again for as long as something may have stood in the way of the first try. */
  const answer = async (
    userId: UserId,
    request: () => Request,
    first: Answer,
    since: number,
  ): Promise<ClaimResult> => {
    let outcome = first
    // Something that is due may have stood in the way, perhaps of this very claim.
    if (outcome.kind === 'nothing' && (await expireDue(deps, 1)) > 0) outcome = await ask(request())
    let mayGoThrough = true
    for (let again = 0; outcome.kind !== 'claimed'; again++) {
      if (outcome.kind === 'lapsed') {
        if (again === MOST_AGAIN) throw new ConflictError('What you hold ahead changes too fast; try again')
        await settleTask(deps, outcome.taskId)
        outcome = await ask(request())
        continue
      }
      const { isNews, isOnlyLimit, why } = await explain(deps, userId, outcome.judged)
      // Submissions that they could still take back stand in their own way.
      if (isOnlyLimit && mayGoThrough && (await settleWaiting(deps, userId))) {
        mayGoThrough = false
        outcome = await ask(request())
        continue
      }
      if (!isNews) return { kind: 'nothing', ...(await why()) }
      // Steps that opened after this claim was made are theirs to take, or are taken by others each time: then nothing is there for them.
      if (again === MOST_AGAIN) return { kind: 'nothing', open: 0, reasons: {} }
      outcome = await ask(request())
    }
    const seen = await given(deps, outcome)
    if (outcome.policy?.controls !== undefined) await untilTick(deps.clock, since)
    return seen
  }

  return {
    async claimNext({ userId, ...filter }) {
      const request = requests({ userId, ...parse(claimRequest, filter) })
      const since = elapsedMs(deps.clock)
      return answer(userId, request, await ask(request()), since)
    },

    beside(wish) {
      const request = requests(wish)
      const since = elapsedMs(deps.clock)
      let outcome: Outcome | undefined
      return {
        lock: ({ claims }) => claims.surveyClaims([request()]),
        async make(stores) {
          const { outcomes, facts } = await desk.claimIn(stores, [request()])
          outcome = outcomes[0]
          return facts
        },
        async answer() {
          if (outcome === undefined) throw new RangeError('Nothing was claimed yet')
          return answer(wish.userId, request, answerOf(outcome), since)
        },
      }
    },
  }
}

function answerOf(outcome: Outcome): Answer {
  if (outcome.kind === 'failed') throw outcome.error
  return outcome
}

/** The claimant must not see the known answer, and of the payload only what the form of the step shows. */
async function given(
  { transactions: { stores } }: AssignmentDeps,
  { claimed: { assignment, task }, policy }: Extract<Outcome, { kind: 'claimed' }>,
): Promise<ClaimResult> {
  const workflow = await stores.workflows.find(task.workflowId)
  if (workflow === undefined) throw new NotFoundError('workflow', task.workflowId)
  const forms = await readForms(stores.forms, workflow, task.formId)
  const seen = visibleTask(task, workflow, forms, [assignment.stepId], policy)
  return { kind: 'claimed', assignment, task: seen }
}

/** A claim for which nothing was there, as far as its next step asks. */
interface Unclaimed extends Pick<ReturnType<typeof whyNothing>, 'isNews'> {
  readonly isOnlyLimit: boolean
  /** Reads the answer, only for those who get nothing in the end. */
  readonly why: () => Promise<Pick<ReturnType<typeof whyNothing>, 'open' | 'reasons'>>
}

/** Counted outside of the transaction: it takes longer the more is open, and nobody else should wait for it. */
async function explain(
  { transactions, clock }: AssignmentDeps,
  userId: UserId,
  judged: readonly JudgedShelf[],
): Promise<Unclaimed> {
  const shelves = judged.map(({ open }) => open)
  const counts = shelves.length > 0 ? await transactions.stores.claims.countShelves(userId, shelves) : []
  const isOnlyLimit = standsOnlyTheLimit(judged, counts)
  const { isNews } = whyNothing(judged, counts)
  const why: Unclaimed['why'] = async () => {
    const told = await toldShelves(transactions.stores, userId, judged, counts, clock.now())
    const { open, reasons } = whyNothing(told.judged, told.counts.map(fullForNewcomers(judged)))
    return { open, reasons }
  }
  return { isNews, isOnlyLimit, why }
}

/** Nothing was there for somebody who gets controls only, and has none left: they are told that all slots are taken. */
function fullForNewcomers(judged: readonly JudgedShelf[]): (count: ShelfCount) => ShelfCount {
  const full = new Set(
    judged
      .filter(
        ({ reasons, skilled }) =>
          skilled !== 'none' && reasons.length > 0 && reasons.every(({ code }) => code === 'notQualified'),
      )
      .map(({ open }) => open.shelfId),
  )
  return (count) => (full.has(count.shelfId) ? { ...count, noFreeSlot: count.openedUntil } : count)
}

class ClaimDesk {
  readonly #deps: AssignmentDeps

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
    const { tasks, inboxes, projects } = this.#deps.transactions.stores
    try {
      const assignment = await inboxes.findAssignment(request.assignmentId)
      const task = assignment && (await tasks.find(assignment.taskId))
      if (task) {
        const project = await projects.find(task.projectId)
        const claimed = { assignment, task, from: null }
        return { kind: 'claimed', claimed, policy: project?.quality ?? null }
      }
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
    return this.#deps.transactions.transaction(async (stores) => {
      const { outcomes, facts } = await this.claimIn(stores, requests)
      await stores.events.append(facts)
      return requests.map((request, nth) => [request, outcomes[nth] as Outcome] as const)
    })
  }

  /** The same in a transaction of the caller's, who appends the facts: each person asks once. */
  async claimIn(
    stores: AssignmentStores,
    all: readonly Request[],
  ): Promise<{ readonly outcomes: readonly Outcome[]; readonly facts: readonly NewFact[] }> {
    const survey = await stores.claims.surveyClaims(all)
    const now = this.#deps.clock.now()
    const before = await answeredAhead(stores, all, survey, now)
    const requests = before.size === 0 ? all : all.filter((request) => !before.has(request))
    const workflows = await workflowsOf(stores, survey.shelves)
    const standings = await standingsIn(stores, survey)
    const judge = new ShelfJudge(survey, workflows, standings, now)
    const judged = requests.map((request) => judge.judge(request))
    const turns = controlTurns(requests, survey, judge, judged, standings)
    const controls =
      turns.size === 0 ? undefined : await giveControls(stores, this.#deps, [...turns.values()], now)
    const controlOf = (request: Request): Claimed | undefined => {
      const turn = turns.get(request)
      return turn && controls?.claimed.get(turn)
    }
    const claims = requests.map((request, nth) => {
      const { userId, assignmentId, ahead } = request
      const shelves = controlOf(request) ? [] : takeable(judged[nth] ?? [])
      return ahead
        ? { userId, assignmentId, shelves: shelves.map(withShortLease), ahead }
        : { userId, assignmentId, shelves }
    })
    const claimed = await stores.claims.claim(claims, now)
    const facts = claimed.flatMap((one) => (one ? [assigned(one)] : []))
    const policies = new Map(survey.projects.map(({ projectId, quality }) => [projectId, quality]))
    const outcomes = new Map(before)
    for (const [nth, request] of requests.entries()) {
      const one = controlOf(request) ?? claimed[nth]
      if (one === undefined) outcomes.set(request, { kind: 'nothing', judged: judged[nth] ?? [] })
      else {
        const policy = policies.get(one.task.projectId) ?? null
        outcomes.set(request, { kind: 'claimed', claimed: one, policy })
      }
    }
    return {
      outcomes: all.map((request) => outcomes.get(request) as Outcome),
      facts: controls === undefined ? facts : [...controls.facts, ...facts],
    }
  }
}

/**
 * The answers to those who want something held ahead and are to be given nothing: the one that they hold, or a refusal if there is nothing
 * for it to be ahead of. Nothing is read if nobody wants that.
 */
async function answeredAhead(
  stores: AssignmentStores,
  requests: readonly Request[],
  { claimants }: ClaimSurvey,
  now: Date,
): Promise<ReadonlyMap<Request, Outcome>> {
  const answers = new Map<Request, Outcome>()
  const wanting = requests.filter(({ ahead }) => ahead)
  if (wanting.length === 0) return answers
  const held = await stores.claims.listAhead(wanting.map(({ userId }) => userId))
  for (const request of wanting) {
    const row = held.find(({ userId }) => userId === request.userId)
    if (row !== undefined) answers.set(request, await heldAhead(stores, row, now))
    else if (!claimants.some(({ userId, live }) => userId === request.userId && live > 0))
      answers.set(request, { kind: 'failed', error: nothingInSight() })
  }
  return answers
}

async function heldAhead(
  { tasks, projects }: AssignmentStores,
  row: Assignment,
  now: Date,
): Promise<Outcome> {
  const { taskId } = row
  if (row.expiresAt === null || row.expiresAt <= now) return { kind: 'lapsed', taskId }
  const task = await tasks.find(taskId)
  if (task === undefined) throw new NotFoundError('task', taskId)
  const project = await projects.find(task.projectId)
  const claimed = { assignment: row, task, from: null }
  return { kind: 'claimed', claimed, policy: project?.quality ?? null }
}

function nothingInSight(): ConflictError {
  return new ConflictError(
    'ahead: something is held ahead only of what you work on, and you hold nothing: ask without it',
    { ahead: true },
  )
}

function withShortLease(shelf: OpenShelf): OpenShelf {
  return { ...shelf, leaseMs: aheadLeaseMs(shelf.leaseMs) }
}

export async function workflowsOf(
  { workflows }: AssignmentStores,
  shelves: readonly Shelf[],
): Promise<ReadonlyMap<WorkflowId, Workflow>> {
  const found = new Map<WorkflowId, Workflow>()
  for (const workflowId of new Set(shelves.map((shelf) => shelf.workflowId))) {
    const workflow = await workflows.find(workflowId)
    if (workflow) found.set(workflowId, workflow)
  }
  return found
}

/** How the claimants stand in the projects that watch them, read under their locks; nothing is read if none does. */
export async function standingsIn({ quality }: AssignmentStores, survey: ClaimSurvey): Promise<Standings> {
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

/** The requests that a control answers, if one is left: the first ones of newcomers, and those whose draw says so. */
function controlTurns(
  requests: readonly Request[],
  survey: ClaimSurvey,
  judge: ShelfJudge,
  judged: readonly (readonly JudgedShelf[])[],
  standings: Standings,
): ReadonlyMap<Request, ControlTurn> {
  const turns = new Map<Request, ControlTurn>()
  const policies = new Map(survey.projects.map(({ projectId, quality }) => [projectId, quality?.controls]))
  if (![...policies.values()].some((policy) => policy !== undefined)) return turns
  const projectOf = new Map(survey.shelves.map(({ shelfId, projectId }) => [shelfId, projectId]))
  for (const [nth, request] of requests.entries()) {
    const { userId, assignmentId, stepType, ahead } = request
    if (stepType !== null && stepType !== 'annotation') continue
    const claimant = survey.claimants.find((one) => one.userId === userId)
    if (claimant === undefined) continue
    const wantingIn = (projectId: ProjectId): number =>
      (policies.get(projectId)?.onboarding?.count ?? 0) -
      (standings.get(userId)?.get(projectId)?.controls ?? 0)
    const turnIn = (projectId: ProjectId, policy: ControlPolicy): ControlTurn => {
      const wanting = Math.max(0, wantingIn(projectId))
      return { userId, projectId, assignmentId, policy, skills: claimant.skills, wanting, ahead }
    }
    const [first] = takeable(judged[nth] ?? [])
    const would = request.projectId ?? (first && projectOf.get(first.shelfId))
    const among = would === undefined ? claimant.memberships : [would]
    for (const projectId of among) {
      const policy = policies.get(projectId)
      if (policy === undefined || judge.against(userId, projectId).length > 0) continue
      if (wantingIn(projectId) <= 0 && request.draw() >= policy.rate) continue
      turns.set(request, turnIn(projectId, policy))
      break
    }
  }
  return turns
}

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

function assigned({ assignment, from }: Claimed): NewFact {
  const { projectId, taskId, assignmentId, stepId, stepType, userId, status, attempt, ahead } = assignment
  const move = { taskId, assignmentId, stepId, stepType, userId, status, from, attempt }
  const data = ahead ? { ...move, ahead } : move
  return fact(projectId, 'task_assigned', data, [userId])
}

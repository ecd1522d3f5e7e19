import { fact } from '../events/event.ts'
import type { AssignmentId, ProjectId, UserId } from '../ids.ts'
import { parse } from '../parse.ts'
import type { AssignmentConfig } from '../people/person.ts'
import { sufficientUntil } from '../workflow/requirements.ts'
import type { StepType, Workflow } from '../workflow/workflow.ts'
import type { AssignmentUseCases, ClaimResult } from './api.ts'
import type { IneligibleReason, Person, ReasonCode } from './assignment.ts'
import type { AssignmentDeps, AssignmentStores } from './deps.ts'
import { expireDue } from './due.ts'
import { absence, overload } from './eligibility.ts'
import { claimRequest } from './input.ts'
import type { Claimed, OpenShelf, Shelf, ShelfCount } from './ports.ts'
import { excludedSteps, termsOf } from './terms.ts'

interface Request {
  readonly userId: UserId
  readonly projectId?: ProjectId | undefined
  readonly stepType?: StepType | undefined
}

type Claimant = Pick<Person, 'status' | 'skills' | 'live' | 'ownLimit'>

/** A shelf as one person stands to it. */
interface JudgedShelf {
  /** What the store is asked; `openedUntil` is null also where the skills never suffice. */
  readonly open: OpenShelf
  /** Reasons that hold for everything on the shelf. */
  readonly reasons: readonly IneligibleReason[]
  /** Which part of the shelf the person's skills suffice for. */
  readonly skilled: 'all' | 'older' | 'none'
}

/** The pull: "next, please". */
export function claimNextWith(deps: AssignmentDeps): AssignmentUseCases['claimNext'] {
  return async ({ userId, ...filter }) => {
    const request: Request = { userId, ...parse(claimRequest, filter) }
    const first = await claimOnce(deps, request)
    if (first.kind === 'claimed' || (await expireDue(deps, 1)) === 0) return first
    // Something that was due stood in the way, perhaps of this very claim.
    return claimOnce(deps, request)
  }
}

/**
 * Locks the person, then looks: what counts against the limit and the exclusions cannot change between the look and the claim.
 * Only so are two claims of one person at once safe from each other.
 */
function claimOnce({ transactions, clock, ids }: AssignmentDeps, request: Request): Promise<ClaimResult> {
  const { userId } = request
  return transactions.transaction(async (stores) => {
    await stores.people.lock([userId])
    const now = clock.now()
    const claimant = await claimantOf(stores, userId)
    const memberships = claimant ? await stores.people.membershipsOf(userId) : []
    const within = request.projectId === undefined ? memberships : [request.projectId]
    if (claimant === undefined || within.length === 0) return { kind: 'nothing', open: 0, reasons: {} }

    const shelves = await stores.tasks.listShelves(within, request.stepType)
    const judged = await judgeShelves(stores, shelves, claimant, new Set(memberships), now)
    const takeable = judged.filter(({ reasons, skilled }) => reasons.length === 0 && skilled !== 'none')
    const claimed =
      takeable.length > 0
        ? await stores.tasks.claim({
            userId,
            shelves: takeable.map(({ open }) => open),
            assignmentId: ids.next() as AssignmentId,
            now,
          })
        : undefined
    if (claimed === undefined) {
      const counts = await stores.tasks.countShelves(
        userId,
        judged.map(({ open }) => open),
      )
      return { kind: 'nothing', ...whyNothing(judged, counts) }
    }
    await stores.events.append([assigned(claimed)])
    // What the known answer is, the claimant must not see.
    return { kind: 'claimed', assignment: claimed.assignment, task: { ...claimed.task, gold: null } }
  })
}

async function claimantOf(
  { people, tasks }: AssignmentStores,
  userId: UserId,
): Promise<Claimant | undefined> {
  const user = await people.find(userId)
  if (user === undefined) return undefined
  const live = (await tasks.liveOf(userId)).length
  return { status: user.status, skills: user.skills, live, ownLimit: user.maxConcurrentAssignments }
}

async function judgeShelves(
  stores: AssignmentStores,
  shelves: readonly Shelf[],
  claimant: Claimant,
  memberships: ReadonlySet<ProjectId>,
  now: Date,
): Promise<JudgedShelf[]> {
  const projectIds = [...new Set(shelves.map(({ projectId }) => projectId))]
  const openGates = projectIds.length > 0 ? await stores.projects.holdGates(projectIds) : new Set()
  const configs = new Map<string, AssignmentConfig>()
  const workflows = new Map<string, Workflow>()
  for (const projectId of projectIds) {
    const project = await stores.projects.find(projectId)
    if (project) configs.set(projectId, project.assignment)
  }
  for (const workflowId of new Set(shelves.map((shelf) => shelf.workflowId))) {
    const workflow = await stores.workflows.find(workflowId)
    if (workflow) workflows.set(workflowId, workflow)
  }
  return shelves.flatMap((shelf) => {
    const config = configs.get(shelf.projectId)
    const workflow = workflows.get(shelf.workflowId)
    if (!config || !workflow) return []
    const isMember = memberships.has(shelf.projectId)
    return judge(shelf, claimant, {
      config,
      workflow,
      isMember,
      gateOpen: openGates.has(shelf.projectId),
      now,
    })
  })
}

function judge(
  shelf: Shelf,
  claimant: Claimant,
  {
    config,
    workflow,
    isMember,
    gateOpen,
    now,
  }: {
    readonly config: AssignmentConfig
    readonly workflow: Workflow
    readonly isMember: boolean
    readonly gateOpen: boolean
    readonly now: Date
  },
): JudgedShelf[] {
  const step = workflow.steps.find(({ stepId }) => stepId === shelf.stepId)
  if (step === undefined) return []
  const sufficient = sufficientUntil(claimant.skills, shelf.requirements, now)
  return [
    {
      open: {
        shelfId: shelf.shelfId,
        openedUntil: sufficient?.openedUntil ?? null,
        excludedSteps: excludedSteps(workflow, config, shelf.stepId),
        leaseMs: termsOf(step, config).leaseMs,
      },
      reasons: [
        ...absence({ status: claimant.status, isMember }),
        ...overload(claimant, config),
        ...(gateOpen ? [] : [{ code: 'queuePaused' } as const]),
      ],
      skilled: sufficient === undefined ? 'none' : sufficient.openedUntil === null ? 'all' : 'older',
    },
  ]
}

/** Sums up why nothing was there: each open task once under every reason that holds for it. */
function whyNothing(
  judged: readonly JudgedShelf[],
  counts: readonly ShelfCount[],
): { readonly open: number; readonly reasons: Partial<Record<ReasonCode, number>> } {
  const byShelf = new Map(counts.map((count) => [count.shelfId, count]))
  const reasons: Partial<Record<ReasonCode, number>> = {}
  const add = (code: ReasonCode, count: number): void => {
    if (count > 0) reasons[code] = (reasons[code] ?? 0) + count
  }
  let open = 0
  for (const { open: shelf, reasons: whole, skilled } of judged) {
    const count = byShelf.get(shelf.shelfId)
    if (count === undefined) continue
    open += count.open
    for (const { code } of whole) add(code, count.open)
    if (skilled !== 'all')
      add('missingSkill', skilled === 'none' ? count.open : count.open - count.openedUntil)
    for (const code of [
      'alreadyAssigned',
      'excludedByStep',
      'coolingDown',
      'rejectedBefore',
      'noFreeSlot',
    ] as const) {
      add(code, count[code])
    }
  }
  return { open, reasons }
}

function assigned({ assignment, from }: Claimed) {
  const { projectId, taskId, assignmentId, stepId, stepType, userId, status, attempt } = assignment
  const data = { taskId, assignmentId, stepId, stepType, userId, status, from, attempt }
  return fact(projectId, 'task_assigned', data, [userId])
}

import type { ProjectId, UserId, WorkflowId } from '../../ids.ts'
import { sufficientUntil } from '../../workflow/requirements.ts'
import type { Requirement, StepType, Workflow } from '../../workflow/workflow.ts'
import type { IneligibleReason, Person, ReasonCode } from '../assignment.ts'
import { absence, onboardingAt, overload, unqualified } from '../eligibility.ts'
import type {
  Claimant,
  ClaimRequest,
  ClaimSurvey,
  OpenShelf,
  Shelf,
  ShelfCount,
} from '../stores/claim-store.ts'
import { excludedSteps, termsOf } from './terms.ts'

/** A shelf as one person stands to it. */
export interface JudgedShelf {
  /** The question to the store; `openedUntil` is null also if the skills never suffice. */
  readonly open: OpenShelf
  /** Reasons that hold for everything on the shelf. */
  readonly reasons: readonly IneligibleReason[]
  /** Which part of the shelf the person's skills suffice for. */
  readonly skilled: 'all' | 'older' | 'none'
  /** The project of the shelf, if it has controls; null: it has none. */
  readonly controlsOf: ProjectId | null
  /** Whether they are at the step of the shelf. */
  readonly isControlled: boolean
}

/** By person and project, if they are paused, and how many of their controls were judged. Only of projects that watch. */
export type Standings = ReadonlyMap<UserId, ReadonlyMap<ProjectId, Pick<Person, 'paused' | 'controls'>>>

/** A shelf on the terms of its project, which are everybody's. */
interface ShelfOnTerms {
  readonly shelf: Shelf
  readonly onboarding: number | null
  /** Of the project. */
  readonly hasControls: boolean
  readonly isControlled: boolean
  readonly open: OpenShelf
  /** Equal for shelves with equal requirements. */
  readonly requirementsKey: string
}

/** The shelves that several people may take from, by the rules of eligibility: asked once per shelf, not once per task. */
export class ShelfJudge {
  readonly #now: Date
  readonly #claimants: ReadonlyMap<string, Claimant>
  readonly #shelves: readonly ShelfOnTerms[]
  readonly #standings: Standings
  readonly #projects: ReadonlyMap<ProjectId, ClaimSurvey['projects'][number]>

  constructor(
    survey: ClaimSurvey,
    workflows: ReadonlyMap<WorkflowId, Workflow>,
    standings: Standings,
    now: Date,
  ) {
    this.#now = now
    this.#standings = standings
    this.#claimants = new Map(survey.claimants.map((claimant) => [claimant.userId, claimant]))
    const projects = new Map(survey.projects.map((project) => [project.projectId, project]))
    this.#projects = projects
    this.#shelves = survey.shelves.flatMap((shelf) => {
      const project = projects.get(shelf.projectId)
      const workflow = workflows.get(shelf.workflowId)
      const step = workflow?.steps.find(({ stepId }) => stepId === shelf.stepId)
      if (!project || !workflow || !step) return []
      const { config, quality } = project
      const open: OpenShelf = {
        shelfId: shelf.shelfId,
        openedUntil: null,
        excludedSteps: excludedSteps(workflow, config, shelf.stepId),
        leaseMs: termsOf(step, config).leaseMs,
      }
      const onboarding = onboardingAt(quality, shelf.stepId)
      const hasControls = quality?.controls !== undefined
      const isControlled = quality?.controls?.stepId === shelf.stepId
      return [
        {
          shelf,
          onboarding,
          hasControls,
          isControlled,
          open,
          requirementsKey: JSON.stringify(shelf.requirements),
        },
      ]
    })
  }

  /** The reasons against giving the person anything in the project. */
  against(userId: UserId, projectId: ProjectId): readonly IneligibleReason[] {
    const claimant = this.#claimants.get(userId)
    const project = this.#projects.get(projectId)
    if (claimant === undefined || project === undefined) return [{ code: 'notMember' }]
    return [
      ...absence({
        status: claimant.status,
        isMember: claimant.memberships.includes(projectId),
        paused: this.#standings.get(userId)?.get(projectId)?.paused,
      }),
      ...overload(claimant, project.config),
      ...(project.gateOpen ? [] : [{ code: 'queuePaused' } as const]),
    ]
  }

  /** Every shelf that concerns the request, most urgent first; none for somebody unknown. */
  judge({
    userId,
    projectId,
    stepType,
  }: ClaimRequest & { readonly stepType: StepType | null }): JudgedShelf[] {
    const claimant = this.#claimants.get(userId)
    if (claimant === undefined) return []
    const memberships = new Set(claimant.memberships)
    const standings = this.#standings.get(userId)
    const byProject = new Map<string, readonly IneligibleReason[]>()
    const bySkills = new Map<string, ReturnType<typeof sufficientUntil>>()
    const judged: JudgedShelf[] = []
    for (const { shelf, onboarding, hasControls, isControlled, open, requirementsKey } of this.#shelves) {
      const concerns = projectId === null ? memberships.has(shelf.projectId) : shelf.projectId === projectId
      if (!concerns || (stepType !== null && stepType !== shelf.stepType)) continue
      let reasons = byProject.get(shelf.projectId)
      if (reasons === undefined) {
        reasons = this.against(userId, shelf.projectId)
        byProject.set(shelf.projectId, reasons)
      }
      if (!bySkills.has(requirementsKey)) {
        bySkills.set(requirementsKey, this.#sufficient(claimant, shelf.requirements))
      }
      const sufficient = bySkills.get(requirementsKey)
      const openedUntil = sufficient?.openedUntil ?? null
      const unready =
        onboarding === null ? [] : unqualified(standings?.get(shelf.projectId) ?? {}, onboarding)
      judged.push({
        open: openedUntil === null ? open : { ...open, openedUntil },
        reasons: unready.length === 0 ? reasons : [...reasons, ...unready],
        skilled: sufficient === undefined ? 'none' : openedUntil === null ? 'all' : 'older',
        controlsOf: hasControls ? shelf.projectId : null,
        isControlled,
      })
    }
    return judged
  }

  #sufficient({ skills }: Claimant, requirements: readonly Requirement[]) {
    return sufficientUntil(skills, requirements, this.#now)
  }
}

/** The shelves that may be taken from, in the words of the store. */
export function takeable(judged: readonly JudgedShelf[]): OpenShelf[] {
  return judged.flatMap(({ open, reasons, skilled }) =>
    reasons.length === 0 && skilled !== 'none' ? [open] : [],
  )
}

/**
 * Whether something is there that the person may take but for their limit, as far as numbers tell: a free slot, or a control for
 * those who get controls only.
 */
export function standsOnlyTheLimit(judged: readonly JudgedShelf[], counts: readonly ShelfCount[]): boolean {
  const byShelf = new Map(counts.map((count) => [count.shelfId, count]))
  return judged.some(({ open: { shelfId }, reasons, skilled }) => {
    const count = byShelf.get(shelfId)
    if (count === undefined || skilled === 'none') return false
    const isNewcomer = reasons.some(({ code }) => code === 'notQualified')
    const others = reasons.filter(({ code }) => code !== 'notQualified')
    if (others.length === 0 || others.some(({ code }) => code !== 'atLimit')) return false
    const { open, openedUntil, noFreeSlot, reservedFor, coolingDown } = count
    const isFree = isNewcomer || open > noFreeSlot + reservedFor + coolingDown
    return isFree && (skilled === 'all' || openedUntil > 0)
  })
}

/** Sums up why nothing was there: each open task once under every reason that holds for it. */
export function whyNothing(
  judged: readonly JudgedShelf[],
  counts: readonly ShelfCount[],
): {
  readonly open: number
  readonly reasons: Partial<Record<ReasonCode, number>>
  /** Something is open that no reason holds for: it was not when the claim was made. */
  readonly isNews: boolean
} {
  const byShelf = new Map(counts.map((count) => [count.shelfId, count]))
  const reasons: Partial<Record<ReasonCode, number>> = {}
  const add = (code: ReasonCode, count: number): void => {
    if (count > 0) reasons[code] = (reasons[code] ?? 0) + count
    if (count > 0) held += count
  }
  let open = 0
  let held = 0
  let isNews = false
  for (const { open: shelf, reasons: whole, skilled } of judged) {
    const count = byShelf.get(shelf.shelfId)
    if (count === undefined) continue
    open += count.open
    held = 0
    for (const { code } of whole) add(code, count.open)
    if (skilled !== 'all')
      add('missingSkill', skilled === 'none' ? count.open : count.open - count.openedUntil)
    for (const code of [
      'alreadyAssigned',
      'excludedByStep',
      'coolingDown',
      'reservedFor',
      'rejectedBefore',
      'noFreeSlot',
    ] as const) {
      add(code, count[code])
    }
    isNews ||= held < count.open
  }
  return { open, reasons, isNews }
}

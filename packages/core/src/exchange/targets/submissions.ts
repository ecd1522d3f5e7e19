import { z } from 'zod'
import type { TaskWork } from '../../assignment/assignment.ts'
import { submission } from '../../assignment/assignment-input.ts'
import { commentFaults, resultFaults } from '../../assignment/handing-in.ts'
import type { WorkChange } from '../../assignment/stores/task-store.ts'
import { type Brought, fillWith, goOn } from '../../assignment/task/brought.ts'
import { itemAdded, jobOf } from '../../assignment/task/locked-task.ts'
import type { Way } from '../../assignment/task/new-tasks.ts'
import { believing } from '../../assignment/task/overlaps.ts'
import { withJob } from '../../assignment/task/task-work.ts'
import type { Rules } from '../../assignment/task/work-draft.ts'
import { ValidationError } from '../../errors.ts'
import type { NewFact } from '../../events/event.ts'
import type { AssignmentId, JobId, UserId } from '../../ids.ts'
import { json, name, parse } from '../../input/parse.ts'
import type { NewJob } from '../../jobs/job.ts'
import { type Issue, type Json, sameJson } from '../../json/json.ts'
import type { User } from '../../people/person.ts'
import { addedUp, type Counters, isNothing } from '../../quality/counters.ts'
import { NO_FORMS } from '../../workflow/step-forms.ts'
import type { Task } from '../../workflow/task.ts'
import type { Step } from '../../workflow/workflow.ts'
import type { ImportFinding, ImportRow, KeptImport } from '../import.ts'
import type { ImportingDeps, ImportingStores } from '../importing-deps.ts'
import { type JudgedSubmissions, NO_SUBMISSIONS, type Written } from '../judged.ts'
import type { KeptSubmission } from '../staging.ts'

/** Most faults of one submission that its finding names. */
const MOST_NAMED = 3

/** A submission of a file, by whom and when. */
interface Said {
  readonly person: string
  readonly answers: Json
  readonly startedAt?: string | undefined
  readonly submittedAt?: string | undefined
  readonly comment?: string | undefined
}

const instant = z.iso.datetime({ offset: true })

const said: z.ZodType<Said, unknown> = z.object({
  person: name,
  answers: json,
  startedAt: instant.optional(),
  submittedAt: instant.optional(),
  comment: z.string().optional(),
})

/** The submissions that stand with the row of a task. */
export function submissionsOf({ value }: ImportRow): readonly KeptSubmission[] {
  const { submissions = [] } = value as { readonly submissions?: unknown }
  return submissions as readonly KeptSubmission[]
}

/** Says of the submissions of rows which are made, which are there, and why others are not. @throws ValidationError if the workflow has no place for any */
export async function checkSubmissions(
  stores: ImportingStores,
  way: Way,
  held: KeptImport,
  {
    rows,
    faults,
    there,
  }: {
    readonly rows: readonly ImportRow[]
    /** Rows that are not made. */
    readonly faults: ReadonlySet<number>
    /** The tasks of rows that are there already. */
    readonly there: ReadonlyMap<number, Task>
  },
): Promise<JudgedSubmissions> {
  const answered = rows.filter((row) => submissionsOf(row).length > 0)
  if (answered.length === 0) return NO_SUBMISSIONS
  const step = stepIn(way)
  const userOf = usersOf(stores)
  const findings: { readonly no: number; readonly finding: ImportFinding }[] = []
  let [made, same] = [0, 0]
  const level = held.onConflict === 'skip' ? 'note' : 'error'
  for (const row of answered) {
    const { no, externalId } = row
    const task = there.get(no)
    if (faults.has(no)) {
      const message = 'is of a task that is not made'
      for (const { line, place } of submissionsOf(row))
        findings.push({ no, finding: { line, place, externalId, code: 'task_refused', message, level } })
      continue
    }
    const { fit, unfit } = sorted(row, way, step)
    findings.push(...unfit.map((finding) => ({ no, finding })))
    if (task === undefined) {
      made += fit.length
      continue
    }
    const work = await stores.tasks.findWork(task.taskId)
    for (const { line, place, person, answers } of fit) {
      const userId = (await userOf(person))?.userId
      const row = work?.assignments.find((one) => one.userId === userId && one.stepId === step.stepId)
      if (row !== undefined && sameJson(row.result, answers)) {
        same++
        continue
      }
      const message =
        row === undefined
          ? 'is of a task that is there without it, and stays so'
          : 'is there with another result, and stays as it is'
      findings.push({ no, finding: { line, place, externalId, code: 'conflict', message, level } })
    }
  }
  return { made, same, findings }
}

/** Makes submissions with the tasks that were just added. `rows` are those of `works`, in the same order. */
export async function writeSubmissions(
  deps: ImportingDeps,
  stores: ImportingStores,
  way: Way,
  held: KeptImport,
  { rows, works }: { readonly rows: readonly ImportRow[]; readonly works: readonly TaskWork[] },
): Promise<Pick<Written, 'made' | 'jobs' | 'facts' | 'counted'>> {
  const { ids, clock, random, jobTypes } = deps
  const now = clock.now()
  const { project, workflow, forms } = way
  const rules: Rules = {
    workflow,
    config: project.assignment,
    quality: project.quality,
    forms: forms.get(null) ?? NO_FORMS,
    random,
    now,
    by: held.createdBy,
  }
  const userOf = usersOf(stores)
  const changes: WorkChange[] = []
  const counters: Counters[] = []
  const jobs: NewJob[] = []
  const facts: NewFact[] = []
  let made = 0
  for (const [place, before] of works.entries()) {
    const row = rows[place]
    const { fit } = row === undefined ? NONE : sorted(row, way, stepIn(way))
    const brought: Brought[] = []
    for (const one of fit) {
      const { userId } = (await userOf(one.person)) ?? (await added(deps, stores, one.person, now))
      brought.push(broughtBy(one, userId, ids.next() as AssignmentId, now))
    }
    const last = brought.at(-1)
    if (last === undefined) continue
    const filled = fillWith(before, rules, brought)
    const changed = goOn(filled, await believing(stores, rules, filled.work, last.assignmentId))
    const jobId = changed.automatic && (ids.next() as JobId)
    const { work: after, automatic, moves, decided } = jobId === null ? changed : withJob(changed, jobId)
    changes.push({
      before,
      after,
      moves,
      decided: decided.map((decision) => ({ decisionId: ids.next(), ...decision })),
    })
    facts.push(...changed.facts)
    if (!isNothing(changed.counters)) counters.push(changed.counters)
    if (automatic !== null && jobId !== null) jobs.push(jobOf(after.task, automatic, jobId, now, jobTypes))
    made += brought.length
  }
  if (changes.length > 0) await stores.tasks.saveWorks(changes)
  const [first] = changes
  return {
    made,
    jobs,
    facts: [...facts, ...jobs.map(itemAdded)],
    counted:
      first === undefined || counters.length === 0
        ? null
        : { taskId: first.before.task.taskId, counters: addedUp(counters) },
  }
}

const NONE = { fit: [], unfit: [] } as const

/** The step that submissions of files are of: that at which a new task stands. @throws ValidationError */
function stepIn({ workflow }: Way): Step {
  const [step] = workflow.steps
  if (step?.stepType === 'annotation') return step
  const message = 'need a workflow that begins with a step of annotation'
  throw new ValidationError([{ path: 'submissions', message }])
}

/** A submission that fits its step, with its place. */
type Fitting = Said & Pick<KeptSubmission, 'line' | 'place'>

/** The submissions of a row that can be made, and why others cannot. Of one person the first counts. */
function sorted(
  row: ImportRow,
  { forms }: Way,
  step: Step,
): { readonly fit: readonly Fitting[]; readonly unfit: readonly ImportFinding[] } {
  const form = forms.get(null)?.get(step.stepId)
  const { payload = null } = row.value as { readonly payload?: Json }
  const fit: Fitting[] = []
  const unfit: ImportFinding[] = []
  const people = new Set<string>()
  for (const { line, place, value } of submissionsOf(row)) {
    const at = { line, place, externalId: row.externalId }
    try {
      const one = parse(said, value)
      const { comment = '', answers } = one
      parse(submission, { result: answers, ...(comment !== '' && { comment }) })
      const words = comment === '' ? [] : commentFaults(form, 'annotation', comment)
      const faults = [
        ...(form === undefined ? [] : resultFaults(form, 'annotation', payload, answers)),
        ...words,
      ]
      if (faults.length > 0) unfit.push({ ...at, ...refusedBy(faults) })
      else if (people.has(one.person)) {
        const message = `is one more of ${one.person}: of one person a task has one, and the first counts`
        unfit.push({ ...at, level: 'left', code: 'person_repeated', message })
      } else {
        people.add(one.person)
        fit.push({ ...one, line, place })
      }
    } catch (refusal) {
      if (!(refusal instanceof ValidationError)) throw refusal
      unfit.push({ ...at, ...refusedBy(refusal.issues) })
    }
  }
  return { fit, unfit }
}

function refusedBy(issues: readonly Issue[]): Pick<ImportFinding, 'level' | 'code' | 'message'> {
  const message = issues
    .slice(0, MOST_NAMED)
    .map(({ path, message: why }) => `${path} ${why}`.trim())
    .join('; ')
  return { level: 'error', code: 'payload_refused', message }
}

/** The people of a file, each looked for once. */
function usersOf({ people }: ImportingStores): (person: string) => Promise<User | undefined> {
  const known = new Map<string, User>()
  return async (person) => {
    const user = known.get(person) ?? (await people.findByExternalId(person))
    if (user !== undefined) known.set(person, user)
    return user
  }
}

/** Somebody who worked elsewhere: never let in here. */
async function added(
  { ids }: ImportingDeps,
  { people }: ImportingStores,
  person: string,
  now: Date,
): Promise<User> {
  const user: User = {
    userId: ids.next() as UserId,
    externalId: person,
    displayName: person,
    avatarUrl: null,
    status: 'suspended',
    role: 'annotator',
    skills: {},
    maxConcurrentAssignments: null,
    scripted: false,
    imported: true,
    version: 1,
    createdAt: now,
  }
  await people.add(user)
  return user
}

/** Nothing was handed in after now, or before it was begun. */
function broughtBy(one: Fitting, userId: UserId, assignmentId: AssignmentId, now: Date): Brought {
  const { answers: result, comment = '', startedAt, submittedAt } = one
  const end = earlier(submittedAt === undefined ? now : new Date(submittedAt), now)
  return {
    userId,
    assignmentId,
    result,
    comment: comment === '' ? null : comment,
    startedAt: startedAt === undefined ? null : earlier(new Date(startedAt), end),
    submittedAt: end,
  }
}

function earlier(one: Date, other: Date): Date {
  return one < other ? one : other
}

import { ConflictError, ValidationError } from '../errors.ts'
import type { Fault, FaultRule } from '../forms/faults.ts'
import type { Form } from '../forms/form.ts'
import { parse } from '../input/parse.ts'
import type { Json } from '../json/json.ts'
import { principalOf } from '../people/people-use-cases.ts'
import type { Assignment } from './assignment.ts'
import type { AssignmentDeps } from './assignment-deps.ts'
import { draftRequest } from './assignment-input.ts'
import type { AssignmentUseCases, Draft } from './assignments.ts'
import { requireHolder } from './authority.ts'
import { commentFaults, handed, resultFaults } from './handing-in.ts'
import { findAssignment, rowIn } from './moves.ts'
import { rulesFor, write } from './task/locked-task.ts'
import { onLockedTask } from './task/settled-task.ts'
import { saveDraft } from './task/task-work.ts'

/** Largest draft, in bytes as JSON. */
const MOST_BYTES = 256 * 1024

/** Faults that no later answer mends: a draft with one is refused. All others are open until the submission. */
const REFUSED: readonly FaultRule[] = ['unknownQuestion', 'unknownField', 'type', 'tooLong', 'tooMany']

/** Keeps what a person has answered so far. The draft belongs to their row, so it outlives the hold. */
export function saveDraftWith(deps: AssignmentDeps): AssignmentUseCases['saveDraft'] {
  const { stores } = deps.transactions
  return async ({ userId, by, assignmentId, ...request }) => {
    const { answers, comment, draftVersion, attempt } = parse(draftRequest, {
      answers: request.answers,
      comment: request.comment,
      draftVersion: request.draftVersion,
      attempt: request.attempt,
    })
    if (new TextEncoder().encode(JSON.stringify(answers)).length > MOST_BYTES)
      throw new ValidationError([
        { path: 'answers', rule: 'tooLong', message: `must be at most ${MOST_BYTES / 1024} KiB of JSON` },
      ])
    const row = await findAssignment(stores, assignmentId)
    requireHolder(by ?? (await principalOf(stores.people, userId, 'annotator')), row)
    return onLockedTask(
      deps,
      row.taskId,
      () => [],
      async (locked, work) => {
        const now = deps.clock.now()
        const rules = await rulesFor(locked, deps, work.task, now)
        const before = rowIn(work, assignmentId)
        checkDraft(before, draftVersion)
        const form = rules.forms.get(before.stepId)
        const open = openFaults(form, before, work.task.payload, { answers, comment })
        const changed = saveDraft(work, rules, assignmentId, handed(answers, comment), attempt)
        const written = await write(locked, deps, work, changed, now)
        return {
          draftVersion: rowIn(written.work, assignmentId).draftVersion,
          savedAt: now,
          open: open.map(({ question, rule }) => ({ question, rule })),
        }
      },
    )
  }
}

/** The draft of a row as those who may see it are told of it; null: it has none. */
export function keptDraft(row: Assignment): Draft | null {
  const { draft: answers, draftComment: comment, draftVersion, draftSavedAt: savedAt } = row
  if (answers === null) return null
  return { answers, ...(comment !== null && { comment }), draftVersion, savedAt }
}

/** @throws ConflictError if the row no longer takes a draft, or if another one was saved than the one that was seen */
function checkDraft(row: Assignment, draftVersion: number | undefined): void {
  const { status, draft, draftVersion: kept, submitsAt } = row
  if (submitsAt !== null)
    throw new ConflictError('It was handed in: it takes no draft until it is taken back', {
      status,
      submitsAt,
    })
  if (status === 'submitted' || status === 'rejected')
    throw new ConflictError(`The assignment is ${status}: it takes no draft`, { status })
  const seen = draftVersion ?? (draft === null ? kept : undefined)
  if (seen === kept) return
  throw new ConflictError('Another draft was saved since', {
    draft: keptDraft(row),
    draftVersion: kept,
  })
}

/** The faults that are still to be mended. @throws ValidationError naming those that no later answer mends */
function openFaults(
  form: Form | undefined,
  { stepType }: Assignment,
  payload: Json,
  { answers, comment }: { readonly answers: Json; readonly comment?: string | undefined },
): readonly Fault[] {
  const unasked = commentFaults(form, stepType, comment)
  const faults = form === undefined ? [] : resultFaults(form, stepType, payload, answers)
  const refused = faults
    .filter(({ rule }) => REFUSED.includes(rule))
    .map((fault) => ({ ...fault, path: fault.path.replace(/^result/, 'answers') }))
  if (refused.length + unasked.length > 0)
    throw new ValidationError([...refused, ...unasked], 'The draft is not as its form says')
  return faults
}

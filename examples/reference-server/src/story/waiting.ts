import type { Task, TaskId } from '@muster/core'
import type { Candidate, IneligibleReason } from '@muster/core/calls'
import type { Muster } from '@muster/host'
import { candidatesOf, languageName } from '@muster-examples/language-id'
import type { Actor } from './project.ts'
import type { KnownTask } from './tasks.ts'

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
/** Longest piece of a text that is shown. */
const TEXT_LENGTH = 40

/** Tasks that wait are explained one by one up to here. */
const EXPLAINED = 8

interface Waiting {
  readonly planned: KnownTask
  readonly stepId: string
  /** Those who read a candidate language well enough. */
  readonly readers: readonly Candidate[]
}

/** What waits and why, as the engine explains it: who reads a candidate language, and what keeps each of them from the step. */
export async function whatWaits(
  muster: Muster,
  planned: readonly KnownTask[],
  tasks: ReadonlyMap<TaskId, Task>,
  actors: readonly Actor[],
): Promise<string[]> {
  const waiting: Waiting[] = []
  for (const plan of planned) {
    const task = tasks.get(plan.taskId)
    if (task?.status !== 'open') continue
    const { stepId, candidates } = await muster.assignments.candidates({ taskId: task.taskId })
    waiting.push({
      planned: plan,
      stepId,
      readers: candidates.filter(({ reasons }) => !reasons.some(({ code }) => code === 'missingSkill')),
    })
  }
  const more = waiting.length - EXPLAINED
  return [
    ...[...Map.groupBy(waiting, kindOf)].map(([kind, { length }]) => `  ${length} ${kind}`),
    ...waiting.slice(0, EXPLAINED).map((each) => `  ${explained(each, actors)}`),
    ...(more > 0 ? [`  and ${more} more: GET /api/v1/tasks/<taskId>/candidates explains each`] : []),
  ]
}

/** What would have to happen for a task to go on. */
function kindOf({ readers }: Waiting): string {
  const only = (code: IneligibleReason['code']): boolean =>
    readers.some(({ reasons }) => reasons.length > 0 && reasons.every((reason) => reason.code === code))
  if (readers.length === 0) return 'need somebody who reads one of their languages: nobody does'
  if (readers.some(({ eligible }) => eligible)) return 'may be taken'
  if (only('inactive')) return 'wait for somebody who is away'
  if (only('atLimit')) return 'wait for somebody who has too much to do'
  return 'need one more who reads one of their languages: all who do have had their part'
}

function explained({ planned, stepId, readers }: Waiting, actors: readonly Actor[]): string {
  const languages = candidatesOf(planned.split).map(languageName).join(' or ')
  const why =
    readers.length === 0
      ? 'nobody reads any of them well enough'
      : readers.map((reader) => sayOf(reader, actors)).join('; ')
  return `“${shortened(planned.split.text)}” (${languages}) waits at ${stepId}: ${why}`
}

function sayOf({ userId, reasons, eligible }: Candidate, actors: readonly Actor[]): string {
  const name = actors.find(({ user }) => user.userId === userId)?.displayName ?? userId
  return eligible ? `${name} may take it` : `${name} ${reasons.map(phrase).join(' and ')}`
}

const DID: Readonly<Record<string, string>> = {
  annotate: 'annotated it',
  review: 'reviewed it',
  adjudicate: 'adjudicated it',
}

/** A reason in words, behind a name. */
function phrase(reason: IneligibleReason): string {
  switch (reason.code) {
    case 'inactive':
      return 'is away'
    case 'notMember':
      return 'is no member'
    case 'missingSkill':
      return `reads ${reason.anyOf.join(' or ')} at level ${reason.level}, not ${reason.minLevel}`
    case 'alreadyAssigned':
      return 'has it already'
    case 'excludedByStep':
      return DID[reason.stepId] ?? `did ${reason.stepId}`
    case 'atLimit':
      return `holds ${reason.live} of ${reason.limit}`
    case 'coolingDown':
      return `must wait until ${reason.until.toISOString()}`
    case 'reservedFor':
      return `finds it kept for somebody else until ${reason.until.toISOString()}`
    case 'rejectedBefore':
      return 'declined it'
    case 'noFreeSlot':
      return 'finds no free slot'
    case 'qualityPaused':
      return 'is paused here'
    case 'notQualified':
      return `has ${reason.judged} of ${reason.count} first answers judged`
    case 'queuePaused':
      return 'finds the queue paused'
  }
}

function shortened(text: string): string {
  const characters = Array.from(graphemes.segment(text), ({ segment }) => segment)
  return characters.length <= TEXT_LENGTH ? text : `${characters.slice(0, TEXT_LENGTH - 1).join('')}…`
}

import type { Candidate, IneligibleReason, Muster, Task } from '@muster/core'
import { languageName } from '@muster-examples/language-id'
import type { Actor } from './project.ts'
import type { PlannedTask } from './tasks.ts'

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
/** Longest piece of a text that is shown. */
const TEXT_LENGTH = 40

/** Why a task waits, as the engine explains it: who reads a candidate language, and what keeps each of them from the step. */
export async function whyItWaits(
  muster: Muster,
  task: Task,
  planned: PlannedTask,
  actors: readonly Actor[],
): Promise<string> {
  const { stepId, candidates } = await muster.assignments.candidates({ taskId: task.taskId })
  const readers = candidates.filter(({ reasons }) => !reasons.some(({ code }) => code === 'missingSkill'))
  const languages = planned.payload.candidates.map(languageName).join(' or ')
  const why =
    readers.length === 0
      ? 'nobody reads any of them well enough'
      : readers.map((reader) => sayOf(reader, actors)).join('; ')
  return `“${shortened(planned.payload.text)}” (${languages}) waits for ${stepId}: ${why}`
}

function sayOf({ userId, reasons, eligible }: Candidate, actors: readonly Actor[]): string {
  const name = actors.find(({ user }) => user.userId === userId)?.displayName ?? userId
  return eligible ? `${name} may take it` : `${name} ${reasons.map(phrase).join(' and ')}`
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
      return `did ${reason.stepId}`
    case 'atLimit':
      return `holds ${reason.live} of ${reason.limit}`
    case 'coolingDown':
      return `must wait until ${reason.until.toISOString()}`
    case 'rejectedBefore':
      return 'declined it'
    case 'noFreeSlot':
      return 'finds no free slot'
    case 'queuePaused':
      return 'finds the queue paused'
  }
}

function shortened(text: string): string {
  const characters = Array.from(graphemes.segment(text), ({ segment }) => segment)
  return characters.length <= TEXT_LENGTH ? text : `${characters.slice(0, TEXT_LENGTH - 1).join('')}…`
}

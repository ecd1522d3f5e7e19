import { call } from '../api/call.ts'
import { me } from '../api/session.ts'
import { membersOf } from '../feed/members.ts'
import type { NameOf, ToldFact } from '../feed/told.ts'

/** The filters of the list, as its address has them. */
export interface ActivityFilters {
  readonly kind?: string | undefined
  readonly person?: string | undefined
  readonly run?: string | undefined
  readonly task?: string | undefined
}

/** Kinds of facts by the words for them. */
export const KINDS: Readonly<Record<string, readonly string[]>> = {
  tasks: [
    'task_assigned',
    'task_reassigned',
    'task_status_changed',
    'task_unavailable',
    'task_added',
    'task_updated',
    'task_flagged',
    'task_overlap_added',
    'task_completed',
  ],
  runs: ['run_status_changed', 'run_changed'],
  jobs: ['queue_item_added', 'queue_item_removed', 'job_failed'],
  queue: ['queue_paused', 'queue_resumed', 'queue_cleared'],
  people: ['person_paused', 'person_resumed', 'control_judged', 'controls_exhausted'],
  operations: ['operation_done'],
  schedules: ['schedule_changed', 'schedule_refused'],
}

/** Reads a part of what happened, newest first. */
export async function readFacts(
  projectId: string,
  { kind, person, run, task }: ActivityFilters,
  cursor: string | undefined,
  limit: number,
): Promise<{ readonly items: readonly ToldFact[]; readonly nextCursor: string | null }> {
  const answer = await call('GET /projects/{projectId}/events', {
    params: { projectId },
    query: {
      limit,
      ...(kind !== undefined && { type: (KINDS[kind] ?? [kind]).join(',') as never }),
      ...(person !== undefined && { userId: person }),
      ...(run !== undefined && { runId: run }),
      ...(task !== undefined && { taskId: task }),
      ...(cursor !== undefined && { cursor }),
    },
  })
  return answer as unknown as { readonly items: readonly ToldFact[]; readonly nextCursor: string | null }
}

/** Whether a fact that comes live is one of those that are asked for. */
export function matches({ type, data }: ToldFact, { kind, person, run, task }: ActivityFilters): boolean {
  const taskIds = Array.isArray(data['taskIds']) ? (data['taskIds'] as readonly unknown[]) : []
  return (
    (kind === undefined || (KINDS[kind] ?? [kind]).includes(type)) &&
    (person === undefined || data['userId'] === person || data['previousUserId'] === person) &&
    (run === undefined || data['runId'] === run) &&
    (task === undefined || data['taskId'] === task || taskIds.includes(task))
  )
}

/** The names of a project's members as far as they may be known, by id. */
export async function namesOf(projectId: string): Promise<ReadonlyMap<string, string>> {
  const own = me.value
  const names = new Map<string, string>()
  if (own !== undefined) names.set(own.userId, own.displayName ?? 'You')
  if (own?.role === 'annotator') return names
  // Without their names they are told of as somebody.
  const members = await membersOf(projectId).catch(() => [])
  for (const { userId, displayName } of members) names.set(userId, displayName)
  return names
}

/** One line: a fact, or a run of alike facts that follow each other. */
export interface Line {
  readonly id: string
  readonly first: ToldFact
  /** The latest first. */
  readonly facts: readonly ToldFact[]
  /** It stands for so many facts before `first` that are not there; `facts` is empty. */
  readonly missing?: number
}

/** Of how many tasks or runs a line tells; 1 if of none, or of one several times. */
export function subjectsOf({ facts }: Line): number {
  const ids = facts.map(({ data }) => data['taskId'] ?? data['runId'])
  return ids.includes(undefined) ? 1 : new Set(ids).size
}

/** Lines with one more wherever numbers are passed over: those of a project follow each other. */
export function withGaps(lines: readonly Line[]): Line[] {
  return lines.flatMap((line, index) => {
    const next = lines[index + 1]?.first
    const last = line.facts.at(-1)
    if (next === undefined || last === undefined) return [line]
    const missing = last.seq - next.seq - 1
    return missing > 0 ? [line, { id: `gap ${last.seq}`, first: last, facts: [], missing }] : [line]
  })
}

/** Folds facts that follow each other and say the same of others. */
export function folded(facts: readonly ToldFact[], wordsOf: (fact: ToldFact) => string): Line[] {
  const lines: Line[] = []
  for (const fact of facts) {
    const last = lines.at(-1)
    if (last !== undefined && sortOf(last.first) === sortOf(fact)) {
      lines[lines.length - 1] = { ...last, facts: [...last.facts, fact] }
    } else lines.push({ id: String(fact.seq), first: fact, facts: [fact] })
  }
  return lines

  function sortOf(fact: ToldFact): string {
    // Words without the subject's own id: what differs in that alone is alike.
    return `${fact.type} ${wordsOf(fact).replaceAll(/\b[0-9a-f]{8}\b/g, '')}`
  }
}

/** Names by id as a function. */
export function nameIn(names: ReadonlyMap<string, string>): NameOf {
  return (userId) => names.get(userId)
}

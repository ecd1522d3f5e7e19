import type { JobId } from '../ids.ts'
import type { FlowLink, FlowStore } from '../jobs/flow-store.ts'
import type { JobState } from '../jobs/job.ts'

/** One job of a flow. */
export interface FlowNode {
  readonly jobId: JobId
  readonly type: string
  readonly state: JobState
}

/** Jobs that are as many steps away from the one that was asked about. */
export interface FlowLevel {
  /** Below 0: those that it waits for, or waited for; 0: the job; above 0: those that wait for it, or waited for it. The fewest steps count. */
  readonly level: number
  /** Of all levels together the nearest 1 000, by id. */
  readonly nodes: readonly FlowNode[]
  /** All jobs of the level, by type and state. */
  readonly counts: readonly { readonly type: string; readonly state: JobState; readonly count: number }[]
}

/** The jobs that one waits for and that wait for it, and so on. */
export interface JobFlow {
  readonly jobId: JobId
  /** From those that are furthest before it to those that are furthest behind it. */
  readonly levels: readonly FlowLevel[]
  /** Between the nodes, by parent and child: at most 10 000. */
  readonly links: readonly FlowLink[]
  /** Whether all was counted, and every link between the nodes is told: else the flow is too large. */
  readonly complete: boolean
}

const MOST_NODES = 1_000
const MOST_LINKS_TOLD = 10_000
/** Jobs that are counted on each side, and links that are read at once. */
const MOST_COUNTED = 20_000
const MOST_READ = 50_000

/** Reads the flow of the job, for as long as `goesOn`. */
export async function flowOf(
  flows: Pick<FlowStore, 'listLinked'>,
  job: FlowNode,
  goesOn: () => boolean,
): Promise<JobFlow> {
  const links: FlowLink[] = []
  let complete = true
  /** The levels of one side, the nearest first. */
  const walk = async (side: 'parents' | 'children'): Promise<FlowNode[][]> => {
    const levels: FlowNode[][] = []
    const seen = new Set([job.jobId])
    for (let level: readonly FlowNode[] = [job]; ; ) {
      const ids = level.map(({ jobId }) => jobId)
      const linked = await flows.listLinked(ids, side, MOST_READ)
      const next: FlowNode[] = []
      for (const { of, jobId, type, state } of linked) {
        links.push(side === 'parents' ? { parentId: jobId, childId: of } : { parentId: of, childId: jobId })
        if (seen.has(jobId)) continue
        seen.add(jobId)
        next.push({ jobId, type, state })
      }
      if (next.length > 0) levels.push(next)
      if (linked.length === MOST_READ || seen.size > MOST_COUNTED || !goesOn()) complete = false
      if (next.length === 0 || !complete) return levels
      level = next
    }
  }
  const [before, behind] = [await walk('parents'), await walk('children')]
  const byLevel = new Map<number, readonly FlowNode[]>([[0, [job]]])
  for (const [index, nodes] of before.entries()) byLevel.set(-1 - index, nodes)
  for (const [index, nodes] of behind.entries()) byLevel.set(1 + index, nodes)

  const told = new Map<number, readonly FlowNode[]>()
  let room = MOST_NODES
  for (const [level, nodes] of [...byLevel].sort(([a], [b]) => Math.abs(a) - Math.abs(b) || a - b)) {
    const some = nodes.toSorted((a, b) => (a.jobId < b.jobId ? -1 : 1)).slice(0, room)
    told.set(level, some)
    room -= some.length
  }
  const shown = new Set([...told.values()].flatMap((nodes) => nodes.map(({ jobId }) => jobId)))
  const between = links
    .filter(({ parentId, childId }) => shown.has(parentId) && shown.has(childId))
    .sort((a, b) => compare(a.parentId, b.parentId) || compare(a.childId, b.childId))
  return {
    jobId: job.jobId,
    levels: [...byLevel]
      .sort(([a], [b]) => a - b)
      .map(([level, nodes]) => ({ level, nodes: told.get(level) ?? [], counts: countsOf(nodes) })),
    links: between.slice(0, MOST_LINKS_TOLD),
    complete: complete && between.length <= MOST_LINKS_TOLD,
  }
}

function countsOf(nodes: readonly FlowNode[]): FlowLevel['counts'] {
  const counts = new Map<string, { type: string; state: JobState; count: number }>()
  for (const { type, state } of nodes) {
    const name = JSON.stringify([type, state])
    const known = counts.get(name)
    if (known) known.count++
    else counts.set(name, { type, state, count: 1 })
  }
  return [...counts.values()].sort((a, b) => compare(a.type, b.type) || compare(a.state, b.state))
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1
}

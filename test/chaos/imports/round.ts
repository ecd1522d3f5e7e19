import { setTimeout as delay } from 'node:timers/promises'
import type { ProjectId } from '@muster/core'
import type { Import, ImportFinding } from '@muster/core/exchange'
import type { Muster } from '@muster/host'
import type { Violation } from '../findings.ts'
import { Fire } from '../fire.ts'
import { startProgram } from '../programs.ts'
import { type BroughtFile, bring, makeProject, openMuster, openUndisturbed, type Way } from './world.ts'

export interface Wish {
  /** Of an empty database. */
  readonly url: string
  readonly seed: number
  /** Of each of two files: one is brought at once, one in chunks. */
  readonly rows: number
  /** Processes that bring the files and write them. */
  readonly processes: number
  readonly kills: number
  readonly killEveryMs: number
  readonly patienceMs: number
  readonly bookmarkFirst?: boolean
}

export interface Report {
  readonly seed: number
  readonly seconds: number
  readonly processesKilled: number
  /** Uploads that were begun, those of processes that died among them. */
  readonly uploads: number
  readonly tasks: number
  readonly violations: readonly Violation[]
}

const MODES = ['atomic', 'chunks'] as const
const LOOK_MS = 100

/** Brings files by processes that are killed all the while, the first of them in the middle of its uploads; then holds what is there to what an undisturbed server makes. */
export async function importsUnderFire(wish: Wish): Promise<Report> {
  const startedAt = performance.now()
  const muster = await openMuster({ url: wish.url, files: [] })
  const files: BroughtFile[] = []
  for (const mode of MODES) files.push({ projectId: await makeProject(muster), mode, rows: wish.rows })
  const way: Way = { url: wish.url, files, bookmarkFirst: wish.bookmarkFirst ?? false }
  let started = 0
  const fire = new Fire({
    ...wish,
    start: ({ ready, ended }) => {
      const diesByItself = started++ === 0 && wish.kills > 0
      return startProgram<Way, 'ready' | 'brought'>(new URL('member.ts', import.meta.url), {
        orders: diesByItself ? { ...way, diesAfterRows: wish.rows / 2 } : way,
        hear: (news) => {
          if (news === 'ready' && !diesByItself) ready()
        },
        ended,
      })
    },
  })
  try {
    fire.light()
    const until = performance.now() + wish.patienceMs
    const isOver = async (): Promise<boolean> =>
      fire.killed >= wish.kills &&
      (await Promise.all(files.map(({ projectId }) => completed(muster, projectId)))).every(
        (imports) => imports.length > 0,
      )
    while (performance.now() < until && !(await isOver())) await delay(LOOK_MS)
    await fire.end()
    const violations: Violation[] = []
    let [uploads, tasks] = [0, 0]
    for (const file of files) {
      const seen = await outcome(muster, file.projectId)
      uploads += seen.uploads
      tasks += seen.ids.length
      violations.push(...violationsIn(file, seen, await undisturbed(file)))
    }
    const seconds = Math.round((performance.now() - startedAt) / 1_000)
    return { seed: wish.seed, seconds, processesKilled: fire.killed, uploads, tasks, violations }
  } finally {
    await fire.end()
    await muster.close()
  }
}

/** The rest of what came of a file. */
interface Outcome {
  readonly uploads: number
  readonly completed: readonly Import[]
  readonly report: readonly ImportFinding[]
  /** Of its tasks, in the order in which they were made. */
  readonly ids: readonly string[]
  /** Tasks by the facts that tell of them. */
  readonly told: number
}

async function undisturbed({ mode, rows }: BroughtFile): Promise<Outcome> {
  const muster = await openUndisturbed()
  try {
    await muster.schedule()
    const projectId = await makeProject(muster)
    await bring(muster, { projectId, mode, rows })
    return await outcome(muster, projectId)
  } finally {
    await muster.close()
  }
}

async function outcome(muster: Muster, projectId: ProjectId): Promise<Outcome> {
  const { tasks, events } = muster.persistence.stores
  const many = { limit: 1_000_000 }
  const all = await muster.persistence.stores.imports.list(projectId, many)
  const done = await completed(muster, projectId)
  const report: ImportFinding[] = []
  if (done[0] !== undefined)
    for await (const line of muster.imports.report(done[0].importId)) report.push(line)
  const made = await tasks.list({ projectId, order: 'asc' }, many)
  const facts = await events.read(projectId, 0, many.limit)
  const counts = facts.map((fact) => (fact.type === 'task_added' ? fact.data.count : 0))
  return {
    uploads: all.length,
    completed: done,
    report,
    ids: made.map(({ externalId }) => externalId ?? ''),
    told: counts.reduce((sum, count) => sum + count, 0),
  }
}

async function completed(muster: Muster, projectId: ProjectId): Promise<Import[]> {
  const { items } = await muster.imports.list(projectId, { limit: 200 })
  return items.filter(({ status }) => status === 'completed')
}

/** Every way in which a file ended otherwise than it does undisturbed. */
function violationsIn({ mode }: BroughtFile, seen: Outcome, wanted: Outcome): Violation[] {
  const there = new Set(seen.ids)
  const lost = wanted.ids.filter((id) => !there.has(id))
  const strange = seen.ids.length - there.size
  const pairs: [rule: string, isKept: boolean, what: string][] = [
    ['every file comes to its end once', seen.completed.length === 1, `${seen.completed.length} completed`],
    ['no row is lost', lost.length === 0, `${lost.length} lost, such as ${lost[0]}`],
    ['no row is made twice', strange === 0, `${strange} too many`],
    [
      'the report is that of an undisturbed one',
      same(seen.report, wanted.report),
      `${seen.report.length} lines`,
    ],
    [
      'counts are those of an undisturbed one',
      same(seen.completed[0]?.counts, wanted.completed[0]?.counts),
      JSON.stringify(seen.completed[0]?.counts),
    ],
    [
      'rows are made in the order of the file',
      mode === 'chunks' || same(seen.ids, wanted.ids),
      'another order',
    ],
    [
      'facts tell of each task once',
      seen.told === seen.ids.length,
      `${seen.told} told of ${seen.ids.length}`,
    ],
  ]
  return pairs.flatMap(([rule, isKept, what]) => (isKept ? [] : [{ rule, what: `${mode}: ${what}` }]))
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

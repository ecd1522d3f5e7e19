import { newTask } from '../../assignment/assignment-input.ts'
import type { NewTask } from '../../assignment/assignments.ts'
import {
  demandRegistered,
  formIssues,
  formsGiven,
  openTasks,
  payloadIssues,
  tasksAdded,
  type Way,
} from '../../assignment/task/new-tasks.ts'
import { ValidationError } from '../../errors.ts'
import type { NewFact } from '../../events/event.ts'
import { parse } from '../../input/parse.ts'
import { type Issue, sameJson } from '../../json/json.ts'
import type { Task } from '../../workflow/task.ts'
import type { ImportRow, KeptImport } from '../import.ts'
import type { ImportingDeps, ImportingStores } from '../importing-deps.ts'
import type { Checked, Judged, Written } from '../judged.ts'
import { checkSubmissions, submissionsOf, writeSubmissions } from './submissions.ts'

/** Most faults of one row that its finding names. */
const MOST_NAMED = 3

/** Tasks that one fact names. */
const NAMED_AT_ONCE = 100

/** Rows that cannot be made into tasks, or are there already. @throws ValidationError if none can */
export async function checkTasks(
  deps: ImportingDeps,
  stores: ImportingStores,
  held: KeptImport,
  rows: readonly ImportRow[],
): Promise<Checked> {
  const way = await wayOf(deps, stores, held)
  const judged: Judged[] = []
  const fit: { readonly row: ImportRow; readonly task: NewTask }[] = []
  for (const row of rows) {
    const { task, issues } = read(row)
    if (task !== undefined) {
      const given: Issue[] = await payloadIssues(task, way.workflow, deps.jobTypes)
      issues.push(...given, ...formIssues(task, way))
    }
    if (task === undefined || issues.length > 0) judged.push(refused(row, issues))
    else fit.push({ row, task })
  }
  const there = await existing(stores, held, fit)
  judged.push(...[...there.values()].map(({ judged: one }) => one))
  judged.sort((one, other) => one.no - other.no)
  const submissions = await checkSubmissions(stores, way, held, {
    rows,
    faults: new Set(judged.filter(({ verdict }) => verdict === 'fault').map(({ no }) => no)),
    there: new Map([...there].map(([no, { task }]) => [no, task])),
  })
  return { judged, submissions }
}

/** Makes tasks of rows that were checked. */
export async function writeTasks(
  deps: ImportingDeps,
  stores: ImportingStores,
  held: KeptImport,
  rows: readonly ImportRow[],
): Promise<Partial<Written>> {
  const way = await wayOf(deps, stores, held)
  const given = rows.flatMap((row) => {
    const { task } = read(row)
    return task === undefined ? [] : [{ row, task }]
  })
  const there = await existing(stores, held, given)
  const missing = given.filter(({ row }) => !there.has(row.no))
  const tasks = missing.map(({ task }) => task)
  const { works, jobs, facts } = openTasks(deps, way, tasks, deps.clock.now())
  if (works.length > 0) await stores.tasks.add(works)
  const brought = await writeSubmissions(deps, stores, way, held, {
    works,
    rows: missing.map(({ row }) => row),
  })
  const added: NewFact[] = []
  for (let from = 0; from < works.length; from += NAMED_AT_ONCE)
    added.push(tasksAdded(held.projectId, works.slice(from, from + NAMED_AT_ONCE)))
  return {
    made: works.length + brought.made,
    judged: given.flatMap(({ row }) => lateOf(row, there.get(row.no)?.judged)),
    jobs: [...jobs, ...brought.jobs],
    facts: [...added, ...facts, ...brought.facts],
    counted: brought.counted,
  }
}

/** The verdict on a row whose task was made by others since it was checked; one with submissions is at fault, for it was made without them. */
function lateOf(row: ImportRow, judged: Judged | undefined): readonly Judged[] {
  if (judged === undefined) return []
  if (judged.verdict !== 'same' || submissionsOf(row).length === 0) return [judged]
  const message = 'was made by others since it was checked, without these submissions'
  return [{ no: row.no, verdict: 'fault', finding: { level: 'error', code: 'conflict', message } }]
}

/** The workflow that the tasks go through. @throws ValidationError */
async function wayOf({ jobTypes }: ImportingDeps, stores: ImportingStores, held: KeptImport): Promise<Way> {
  const project = await stores.projects.find(held.projectId)
  const workflow = project?.workflowId ? await stores.workflows.find(project.workflowId) : undefined
  if (project === undefined || workflow === undefined)
    throw new ValidationError([{ path: 'project', message: 'has no workflow for tasks to go through' }])
  demandRegistered(workflow, jobTypes)
  return { project, workflow, forms: await formsGiven(stores.forms, [{ payload: null }], workflow) }
}

/** The task that a row is, or why it is none. */
function read({ kind, value, externalId }: ImportRow): { readonly task?: NewTask; readonly issues: Issue[] } {
  const { submissions: _submissions, ...given } = value as {
    readonly payload?: unknown
    readonly submissions?: unknown
  }
  const task = kind === 'task' ? { ...given, externalId } : { payload: given.payload, externalId }
  try {
    return { task: parse(newTask, task), issues: [] }
  } catch (refusal) {
    if (!(refusal instanceof ValidationError)) throw refusal
    return { issues: [...refusal.issues] }
  }
}

function refused({ no }: ImportRow, issues: readonly Issue[]): Judged {
  const message = issues
    .slice(0, MOST_NAMED)
    .map(({ path, message: why }) => `${path} ${why}`.trim())
    .join('; ')
  return { no, verdict: 'fault', finding: { level: 'error', code: 'payload_refused', message } }
}

/** Those that the project has already, by their rows. */
async function existing(
  { tasks }: ImportingStores,
  { projectId, onConflict }: KeptImport,
  given: readonly { readonly row: ImportRow; readonly task: NewTask }[],
): Promise<ReadonlyMap<number, { readonly task: Task; readonly judged: Judged }>> {
  const ids = given.flatMap(({ task }) => task.externalId ?? [])
  const found = ids.length === 0 ? [] : await tasks.listByExternalId(projectId, ids)
  const byId = new Map(found.map((task) => [task.externalId, task]))
  const judged = new Map<number, { readonly task: Task; readonly judged: Judged }>()
  for (const { row, task } of given) {
    const there = byId.get(task.externalId ?? null)
    if (task.externalId == null || there === undefined) continue
    const isSame = sameJson(there.payload, task.payload) && sameJson(there.gold ?? null, task.gold ?? null)
    judged.set(row.no, {
      task: there,
      judged: isSame ? { no: row.no, verdict: 'same' } : conflict(row, onConflict),
    })
  }
  return judged
}

function conflict({ no }: ImportRow, onConflict: KeptImport['onConflict']): Judged {
  const message = 'is there with another payload or known answer, and stays as it is'
  const level = onConflict === 'skip' ? 'note' : 'error'
  return { no, verdict: 'fault', finding: { level, code: 'conflict', message } }
}

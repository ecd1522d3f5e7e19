import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { type Issue, type MusterClient, ValidationError } from '@muster/client'
import { FormatError, fromLabelStudio, type JsonObject, questionHints, read } from '@muster/formats'
import { CommandError, EXIT, UsageError } from './command-error.ts'
import { type GivenTasks, importFile, refusedBy, tellRefused } from './import.ts'
import { readOptionsIn } from './import-options.ts'
import type { Report } from './import-report.ts'
import type { MigrateOptions } from './options.ts'

/** Tools whose export holds results of models. */
const EVALUATIONS = ['promptfoo', 'inspect', 'openai-evals', 'lm-eval'] as const

/** What a command gives, and how it exits. */
interface Ended {
  readonly told: object
  readonly exitCode: number
}

/**
 * `muster migrate`: makes a project of a file. Labels become a form, a workflow that asks by it, and tasks; results of an evaluation become a run that is
 * completed. What has no home is told. Nothing is made of a file of which a part is refused.
 * @throws CommandError
 */
export async function migrate(
  muster: MusterClient,
  tool: string,
  file: string,
  options: MigrateOptions,
  say: (words: string) => void,
): Promise<Ended> {
  const { config, unanswered = false, withoutAnnotations = false } = options
  const isLabels = tool === 'label-studio'
  if (!isLabels && !EVALUATIONS.includes(tool as (typeof EVALUATIONS)[number]))
    throw new UsageError(`must be label-studio, ${EVALUATIONS.join(', ')}, not ${tool}`)
  if (!isLabels && (config !== undefined || unanswered || withoutAnnotations))
    throw new UsageError('--config, --unanswered and --without-annotations are of label-studio alone')
  return isLabels
    ? migrateLabels(muster, file, options, say)
    : migrateResults(muster, tool, file, options, say)
}

function nameOf(file: string, { name }: MigrateOptions): string {
  return name ?? basename(file).replace(/\.[^.]*$/, '')
}

/** Only an admin makes projects. Asked before anything is made, so that nothing is left of a command that ends there. @throws CommandError */
async function demandAdmin(muster: MusterClient): Promise<void> {
  const { role } = await muster.session.get()
  if (role === 'admin') return
  throw new CommandError(EXIT.notAllowed, `Only an admin may make a project of a file, and this is ${role}`)
}

/** Calls that make things, of which those stay that were made when a later one fails: nothing here removes them. */
async function making<Result>(
  say: (words: string) => void,
  make: (made: (what: string, id: string) => void) => Promise<Result>,
): Promise<Result> {
  const there: string[] = []
  try {
    return await make((what, id) => there.push(`the ${what} ${id}`))
  } catch (error) {
    if (there.length > 0) say(`note: ${there.join(', ')}: made before that, and still there`)
    throw error
  }
}

/** A project of its own with one run: what the file tells of each model. */
async function migrateResults(
  muster: MusterClient,
  format: string,
  file: string,
  options: MigrateOptions,
  say: (words: string) => void,
): Promise<Ended> {
  const name = nameOf(file, options)
  const { report, set } = options
  return making(say, async (made) => {
    let projectId: string | undefined
    const { told, exitCode } = await importFile(
      () => muster,
      file,
      {
        format,
        as: 'run',
        name,
        onConflict: 'refuse',
        project: '',
        ...(set !== undefined && { set }),
        ...(report !== undefined && { report }),
      },
      say,
      {
        place: async () => {
          await demandAdmin(muster)
          projectId = (await muster.projects.add({ name })).projectId
          made('project', projectId)
          return projectId
        },
      },
    )
    if (projectId === undefined) return { told, exitCode }
    if (told.runId === undefined) {
      say(`note: the project ${projectId} was made before the server refused the file, and holds no run`)
      return { told: { projectId, ...told }, exitCode }
    }
    return { told: { projectId, ...told, models: await modelsOf(muster, told.runId) }, exitCode }
  })
}

/** How the jobs of each model ended, and how many passed. */
async function modelsOf(muster: MusterClient, runId: string): Promise<readonly object[]> {
  const { progress } = await muster.runs.get(runId)
  const passed = new Map<string, number>()
  for await (const line of muster.runs.results(runId)) {
    const { model, result } = line as { readonly model: string; readonly result: unknown }
    if (isPassed(result)) passed.set(model, (passed.get(model) ?? 0) + 1)
  }
  return Object.entries(progress.byModel).map(([model, { completed, failed, cancelled }]) => ({
    model,
    completed,
    failed,
    absent: cancelled,
    passed: passed.get(model) ?? 0,
  }))
}

/** Whether a result says that it passed: by one verdict, or by those of all its graders. */
function isPassed(result: unknown): boolean {
  if (typeof result !== 'object' || result === null) return false
  const { pass, passes } = result as { readonly pass?: unknown; readonly passes?: unknown }
  if (typeof passes !== 'object' || passes === null) return pass === true
  const verdicts: unknown[] = Object.values(passes)
  return verdicts.length > 0 && verdicts.every((verdict) => verdict === true)
}

/** A project whose tasks ask what the configuration asks, of as many people as were asked there, with what these people said. */
async function migrateLabels(
  muster: MusterClient,
  file: string,
  options: MigrateOptions,
  say: (words: string) => void,
): Promise<Ended> {
  const { config, unanswered = false, withoutAnnotations = false, report, set } = options
  if (config === undefined) throw new UsageError('--config must name the labelling configuration')
  const name = nameOf(file, options)
  const form = await formIn(config, name, say)
  const reading = { ...readOptionsIn(set ?? []), questions: questionHints(form) }
  const { answered, most } = await answersIn(file, reading)
  const people = Math.max(1, most)
  const without: ReadonlySet<string> = unanswered ? answered : new Set()
  return making(say, async (made) => {
    const ids: { projectId?: string; workflowId?: string; formId?: string } = {}
    const { told, exitCode } = await importFile(
      () => muster,
      file,
      {
        format: 'label-studio',
        as: 'tasks',
        onConflict: 'refuse',
        project: '',
        ...(set !== undefined && { set }),
        ...(report !== undefined && { report }),
      },
      say,
      {
        reading,
        without,
        submissions: most > 0 && !unanswered && !withoutAnnotations,
        place: async (given, said) => {
          await demandAdmin(muster)
          if (!(await fits(muster, form, given, said))) return undefined
          const { formId } = await muster.forms.add(form as never)
          made('form', formId)
          const { workflowId } = await muster.workflows.add({ name, steps: stepsOf(formId, people) })
          made('workflow', workflowId)
          const { projectId } = await muster.projects.add({ name, workflowId })
          made('project', projectId)
          Object.assign(ids, { projectId, workflowId, formId })
          return projectId
        },
      },
    )
    const { projectId, workflowId, formId } = ids
    if (projectId === undefined) return { told, exitCode }
    if (told.status !== 'completed')
      say(`note: the project ${projectId} was made before the server refused a task, and is still there`)
    return { told: { projectId, workflowId, ...told, formId, people }, exitCode }
  })
}

type NewSteps = Parameters<MusterClient['workflows']['add']>[0]['steps']

/** People label, and one adjudicates where several do not agree. */
function stepsOf(formId: string, people: number): NewSteps {
  return [
    { stepId: 'label', stepType: 'annotation', formId, assignmentsRequired: people },
    ...(people > 1
      ? [{ stepId: 'adjudicate', stepType: 'adjudication', when: 'disagreement' } as const]
      : []),
  ]
}

/** Whether the server takes the form, and tasks that it asks about, of which there is one at least; what it does not take is told. */
async function fits(
  muster: MusterClient,
  form: JsonObject,
  file: GivenTasks,
  report: Report,
): Promise<boolean> {
  let count = 0
  for await (const batch of file.batches()) {
    count += batch.length
    const tasks = batch.map(({ task }) => task)
    const answers = batch.flatMap((one, task) => one.answers.map((answer) => ({ task, ...answer })))
    const results = answers.map(({ task, result }) => ({ task, result }))
    const faults = await faultsOf(() =>
      muster.forms.check({
        form: form as never,
        tasks: tasks as never,
        ...(results.length > 0 && { results: results as never }),
      }),
    )
    tellRefused(batch, refusedBy(faults), report)
    for (const [index, fault] of refusedBy(faults, 'results')) {
      const { line = null, place = null, task = -1 } = answers[index] ?? {}
      const externalId = batch[task]?.task.externalId ?? null
      report.add({
        is: 'finding',
        level: 'error',
        code: 'payload_refused',
        line,
        place,
        externalId,
        message: fault,
      })
    }
    const others = faults.filter(({ path }) => !/^(?:tasks|results)\[/.test(path))
    for (const { path, message } of others)
      tell(report, 'payload_refused', `the configuration: ${path} ${message}`)
    if (others.length > 0) return false
  }
  if (count === 0) tell(report, 'empty', 'The file holds no task that is to be brought')
  return report.count('error') === 0
}

/** What the server finds amiss, be it in words of the request or of the form. */
async function faultsOf(
  check: () => Promise<{ readonly errors: readonly Issue[] }>,
): Promise<readonly Issue[]> {
  try {
    return (await check()).errors
  } catch (error) {
    if (error instanceof ValidationError && refusedBy(error.issues).size > 0) return error.issues
    throw error
  }
}

function tell(report: Report, code: string, message: string): void {
  report.add({ is: 'finding', level: 'error', code, line: null, place: null, externalId: null, message })
}

/** @throws UsageError if it cannot be read, or a form has no place for a part of it */
async function formIn(config: string, name: string, say: (words: string) => void): Promise<JsonObject> {
  try {
    const { form, notices } = fromLabelStudio(await readFile(config, 'utf8'), name)
    for (const { line, message } of notices) say(`note: ${config} line ${line} ${message}`)
    return form
  } catch (error) {
    if (!(error instanceof FormatError) && !(error instanceof Error && 'code' in error)) throw error
    const line = error instanceof FormatError ? error.finding.line : null
    const where = line === null ? config : `${config} line ${line}`
    throw new UsageError(`${where} cannot be read: ${error.message}`)
  }
}

/** The tasks that somebody has annotated, and how many did one of them at most. */
async function answersIn(
  file: string,
  reading: Parameters<typeof read>[2],
): Promise<{ readonly answered: ReadonlySet<string>; readonly most: number }> {
  const counts = new Map<string, number>()
  let most = 0
  try {
    for await (const entry of read('label-studio', createReadStream(file), reading))
      if (entry.is === 'record' && entry.kind === 'submission') {
        const count = (counts.get(entry.value.task) ?? 0) + 1
        counts.set(entry.value.task, count)
        most = Math.max(most, count)
      }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    throw new UsageError(`${file} cannot be read: ${error.message}`)
  }
  return { answered: new Set(counts.keys()), most }
}

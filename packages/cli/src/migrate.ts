import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { MusterClient } from '@muster/client'
import { FormatError, fromLabelStudio, type JsonObject, questionHints, read } from '@muster/formats'
import { UsageError } from './command-error.ts'
import { importFile } from './import.ts'
import { readOptionsIn } from './import-options.ts'
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
 * completed. What has no home is told.
 * @throws CommandError
 */
export async function migrate(
  muster: MusterClient,
  tool: string,
  file: string,
  options: MigrateOptions,
  say: (words: string) => void,
): Promise<Ended> {
  const { config, unanswered = false } = options
  const isLabels = tool === 'label-studio'
  if (!isLabels && !EVALUATIONS.includes(tool as (typeof EVALUATIONS)[number]))
    throw new UsageError(`must be label-studio, ${EVALUATIONS.join(', ')}, not ${tool}`)
  if (!isLabels && (config !== undefined || unanswered))
    throw new UsageError('--config and --unanswered are of label-studio alone')
  return isLabels
    ? migrateLabels(muster, file, options, say)
    : migrateResults(muster, tool, file, options, say)
}

function nameOf(file: string, { name }: MigrateOptions): string {
  return name ?? basename(file).replace(/\.[^.]*$/, '')
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
  const asked = { format, as: 'run', name, onConflict: 'refuse', ...(set !== undefined && { set }) }
  // Read to its end before anything is made: of a file that is refused no project is left.
  const checked = await importFile(
    () => muster,
    file,
    { ...asked, project: '', dryRun: true },
    () => undefined,
  )
  const { projectId } = checked.exitCode === 0 ? await muster.projects.add({ name }) : { projectId: '' }
  const { told, exitCode } = await importFile(
    () => muster,
    file,
    { ...asked, project: projectId, ...(report !== undefined && { report }) },
    say,
  )
  if (told.runId === undefined) return { told, exitCode }
  const { progress } = await muster.runs.get(told.runId)
  const passed = new Map<string, number>()
  for await (const line of muster.runs.results(told.runId)) {
    const { model, result } = line as { readonly model: string; readonly result: unknown }
    if (isPassed(result)) passed.set(model, (passed.get(model) ?? 0) + 1)
  }
  const models = Object.entries(progress.byModel).map(([model, { completed, failed, cancelled }]) => ({
    model,
    completed,
    failed,
    absent: cancelled,
    passed: passed.get(model) ?? 0,
  }))
  return { told: { projectId, ...told, models }, exitCode }
}

/** Whether a result says that it passed: by one verdict, or by those of all its graders. */
function isPassed(result: unknown): boolean {
  if (typeof result !== 'object' || result === null) return false
  const { pass, passes } = result as { readonly pass?: unknown; readonly passes?: unknown }
  if (typeof passes !== 'object' || passes === null) return pass === true
  const verdicts: unknown[] = Object.values(passes)
  return verdicts.length > 0 && verdicts.every((verdict) => verdict === true)
}

/** A project whose tasks ask what the configuration asks, of as many people as were asked there. */
async function migrateLabels(
  muster: MusterClient,
  file: string,
  options: MigrateOptions,
  say: (words: string) => void,
): Promise<Ended> {
  const { config, unanswered = false, report, set } = options
  if (config === undefined) throw new UsageError('--config must name the labelling configuration')
  const name = nameOf(file, options)
  const form = await formIn(config, name, say)
  const reading = { ...readOptionsIn(set ?? []), questions: questionHints(form) }
  const { answered, most } = await answersIn(file, reading)
  const asked = {
    format: 'label-studio',
    as: 'tasks',
    onConflict: 'refuse',
    ...(set !== undefined && { set }),
  }
  const more = { reading, ...(unanswered && { without: answered }) }
  // Read to its end before anything is made: of a file that is refused no project is left.
  const checked = await importFile(() => muster, file, { ...asked, project: '', dryRun: true }, say, more)
  if (checked.exitCode !== 0) return checked
  const { formId } = await muster.forms.add(form as never)
  const { workflowId } = await muster.workflows.add({
    name,
    steps: [
      { stepId: 'label', stepType: 'annotation', formId, assignmentsRequired: Math.max(1, most) },
      ...(most > 1
        ? [{ stepId: 'adjudicate', stepType: 'adjudication', when: 'disagreement' } as const]
        : []),
    ],
  })
  const { projectId } = await muster.projects.add({ name, workflowId })
  const { told, exitCode } = await importFile(
    () => muster,
    file,
    { ...asked, project: projectId, ...(report !== undefined && { report }) },
    () => undefined,
    more,
  )
  const people = Math.max(1, most)
  return { told: { projectId, workflowId, ...told, formId, people }, exitCode }
}

/** @throws UsageError if it cannot be read, or a form has no place for a part of it */
async function formIn(config: string, name: string, say: (words: string) => void): Promise<JsonObject> {
  try {
    const { form, notices } = fromLabelStudio(await readFile(config, 'utf8'), name)
    for (const { line, message } of notices) say(`note: ${config} line ${line} ${message}`)
    return form
  } catch (error) {
    if (!(error instanceof FormatError) && !(error instanceof Error && 'code' in error)) throw error
    throw new UsageError(`${config} cannot be read: ${error.message}`)
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

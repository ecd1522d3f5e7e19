import type { Answers, MusterClient } from '@muster/client'
import { UsageError } from './command-error.ts'
import { objectOf, write } from './files.ts'
import type { CalibrateOptions, CalibrationOptions } from './options.ts'

/** `muster calibrate`: draws, or with `dryRun` says what would be drawn. @throws CommandError */
export async function calibrate(
  muster: MusterClient,
  file: string,
  { run, dryRun = false }: CalibrateOptions,
  say: (words: string) => void,
): Promise<object> {
  const asked = { ...(await objectOf(file)), ...(run !== undefined && { runId: run }) }
  const runId: unknown = Reflect.get(asked, 'runId')
  if (typeof runId !== 'string' || runId === '')
    throw new UsageError('No run is named: give --run, or name it as `runId` in the file')
  const { projectId } = await muster.runs.get(runId)
  // The server says of each place in the file whether it may be so.
  const body = asked as never
  if (dryRun) {
    const plan = await muster.evaluation.calibrate(projectId, body, { query: { dryRun: 'true' } })
    say(`Would draw ${plan.drawn} of ${plan.units} units: ${plan.tasks} tasks`)
    return plan
  }
  const calibration = await muster.evaluation.calibrate(projectId, body)
  say(`Drawn as ${calibration.calibrationId}: ${calibration.waiting} tasks`)
  return calibration
}

/** `muster calibration`: what people would say of each model, by the labels so far. @throws CommandError */
export async function calibration(
  muster: MusterClient,
  id: string,
  { report }: CalibrationOptions,
  say: (words: string) => void,
): Promise<object> {
  const told = await muster.evaluation.calibration(id)
  const { status, labelled, waiting, provisional, models } = told
  say(`${status}: ${labelled} units labelled, ${waiting} tasks open${provisional ? ' (provisional)' : ''}`)
  for (const each of models) say(wordsOf(each))
  if (report !== undefined) await write(report, await muster.evaluation.calibrationReport(id))
  return told
}

function wordsOf({
  model,
  estimate,
  low,
  high,
  judgeMean,
  refused,
}: Answers['Calibration']['models'][number]): string {
  if (estimate === null || low === null || high === null || judgeMean === null)
    return `${model}: no number (${refused?.message ?? 'too few labels'})`
  const [people, from, to, judge] = [estimate, low, high, judgeMean].map((value) => value.toPrecision(3))
  return `${model}: people ${people} (${from} to ${to}), the judge ${judge}`
}

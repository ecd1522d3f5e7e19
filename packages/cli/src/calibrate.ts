import { CommandError, EXIT } from './command-error.ts'
import { objectOf, write } from './files.ts'
import type { CalibrateOptions, CalibrationOptions } from './options.ts'
import type { Server } from './server.ts'

interface Calibration {
  readonly calibrationId: string
  readonly status: string
  readonly labelled: number
  readonly waiting: number
  readonly provisional: boolean
  readonly models: readonly {
    readonly model: string
    readonly estimate: number | null
    readonly low: number | null
    readonly high: number | null
    readonly judgeMean: number | null
    readonly refused: { readonly code: string; readonly message: string } | null
  }[]
}

interface Plan {
  readonly drawn: number
  readonly units: number
  readonly tasks: number
}

/** `muster calibrate`: draws, or with `dryRun` says what would be drawn. @throws CommandError */
export async function calibrate(
  server: Server,
  file: string,
  { run, dryRun = false }: CalibrateOptions,
  say: (words: string) => void,
): Promise<object> {
  const asked = { ...(await objectOf(file)), ...(run !== undefined && { runId: run }) }
  const runId: unknown = Reflect.get(asked, 'runId')
  if (typeof runId !== 'string')
    throw new CommandError(EXIT.usage, 'No run is named: give --run, or name it as `runId` in the file')
  const { projectId } = (await server.get(`/runs/${encodeURIComponent(runId)}`)) as {
    readonly projectId: string
  }
  const path = `/projects/${projectId}/calibrations`
  if (dryRun) {
    const plan = (await server.post(`${path}?dryRun=true`, asked)) as Plan
    say(`Would draw ${plan.drawn} of ${plan.units} units: ${plan.tasks} tasks`)
    return plan
  }
  const calibration = (await server.post(path, asked)) as Calibration
  say(`Drawn as ${calibration.calibrationId}: ${calibration.waiting} tasks`)
  return calibration
}

/** `muster calibration`: what people would say of each model, by the labels so far. @throws CommandError */
export async function calibration(
  server: Server,
  id: string,
  { report }: CalibrationOptions,
  say: (words: string) => void,
): Promise<object> {
  const path = `/calibrations/${encodeURIComponent(id)}`
  const told = (await server.get(path)) as Calibration
  const { status, labelled, waiting, provisional, models } = told
  say(`${status}: ${labelled} units labelled, ${waiting} tasks open${provisional ? ' (provisional)' : ''}`)
  for (const each of models) say(wordsOf(each))
  if (report !== undefined) await write(report, await server.text(`${path}/report.html`))
  return told
}

function wordsOf({ model, estimate, low, high, judgeMean, refused }: Calibration['models'][number]): string {
  if (estimate === null || low === null || high === null || judgeMean === null)
    return `${model}: no number (${refused?.message ?? 'too few labels'})`
  const [people, from, to, judge] = [estimate, low, high, judgeMean].map((value) => value.toPrecision(3))
  return `${model}: people ${people} (${from} to ${to}), the judge ${judge}`
}

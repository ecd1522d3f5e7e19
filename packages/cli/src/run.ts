import { setTimeout as wait } from 'node:timers/promises'
import { type Answers, type MusterClient, UnavailableError } from '@muster/client'
import { EXIT, UsageError } from './command-error.ts'
import { objectOf } from './files.ts'
import type { RunStartOptions } from './options.ts'
import { hasEnded } from './runs.ts'

const LOOK_MS = 1_000

/** What a command gives, and how it exits. */
interface Told {
  readonly told: object
  readonly exitCode: number
}

/** `muster run start`: starts a run, or says what it would be. @throws CommandError */
export async function startRun(
  muster: MusterClient,
  projectId: string,
  {
    file,
    definition,
    after,
    when = 'completed',
    model,
    dryRun = false,
    wait: untilEnded = false,
  }: RunStartOptions,
  say: (words: string) => void,
): Promise<Told> {
  const asked = {
    ...(file !== undefined && (await objectOf(file))),
    ...(definition !== undefined && { definitionId: definition }),
    ...(after !== undefined && { after: { runId: after, when } }),
    ...(model !== undefined && { models: model }),
  }
  if (!('definitionId' in asked || 'after' in asked))
    throw new UsageError('No definition is named: give --definition, or name it as `definitionId` in --file')
  if (!('models' in asked))
    throw new UsageError('No model is named: give --model, or name them as `models` in --file')
  // The server says of each place in the file whether it may be so.
  const body = asked as never
  if (dryRun) {
    const told = await muster.runs.start(projectId, body, { query: { dryRun: 'true' } })
    return { told, exitCode: 0 }
  }
  const run = await muster.runs.start(projectId, body)
  const [waits] = run.waitsFor
  say(`Started as ${run.runId}: ${waits?.runId ? `waits for ${waits.runId}` : `${run.progress.total} jobs`}`)
  return untilEnded ? ended(await muster.runs.finished(run.runId), say) : { told: run, exitCode: 0 }
}

/**
 * `muster run watch`: tells the progress whenever it has changed, until the run has ended. While the server is away it waits for it. To end the command leaves the
 * run as it is.
 */
export async function watchRun(
  muster: MusterClient,
  runId: string,
  tell: (progress: object) => void,
  say: (words: string) => void,
): Promise<number> {
  let before = ''
  for (;;) {
    try {
      const progress = await muster.runs.progress(runId)
      const { status, total, completed, failed, cancelled } = progress
      const now = JSON.stringify([status, total, completed, failed, cancelled])
      if (now !== before) {
        tell(progress)
        say(wordsOf(progress))
        before = now
      }
      if (hasEnded(progress)) return exitCodeOf(progress)
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error
      say(`${error.message}: waiting for it`)
    }
    await wait(LOOK_MS)
  }
}

function ended(run: Answers['RunWithUsage'], say: (words: string) => void): Told {
  const { status, progress } = run
  say(wordsOf({ status, ...progress }))
  return { told: run, exitCode: exitCodeOf({ status, ...progress }) }
}

type Counted = Pick<Answers['RunProgress'], 'status' | 'total' | 'completed' | 'failed' | 'cancelled'>

/** 1 for a run that ended otherwise than with every job completed. */
function exitCodeOf({ total, completed }: Counted): number {
  return completed === total ? 0 : EXIT.no
}

function wordsOf({ status, total, completed, failed, cancelled }: Counted): string {
  const parts = [`${completed} of ${total} completed`]
  if (failed > 0) parts.push(`${failed} failed`)
  if (cancelled > 0) parts.push(`${cancelled} cancelled`)
  return `${status}: ${parts.join(', ')}`
}

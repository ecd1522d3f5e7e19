import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Persistence } from '@muster/core/ports'
import { openServer, openStores } from './databases.ts'
import type { ExportRound } from './exports-round.ts'
import { aRun, prepare } from './fixtures.ts'
import { roundOf } from './round-process.ts'
import { keep, machine } from './rounds.ts'

const SCENARIOS = Number(process.env['SCENARIOS'] ?? 250_000)
const MODELS = 4
const FORMATS = ['ndjson', 'csv', 'parquet', 'promptfoo', 'inspect'] as const
/** Results that are kept at a time. */
const BATCH = 5_000

/**
 * A million results of one run, exported to each format by a process of its own: seconds from the call to the end, and how much memory that took beside what the
 * process had before.
 */
export async function exporting(): Promise<void> {
  const server = await openServer()
  const folder = await mkdtemp(join(tmpdir(), 'muster-exports-'))
  try {
    const connectionString = await server.database()
    const persistence = await openStores({ connectionString })
    const { projectId, runId } = await filled(persistence)
    await persistence.close()
    const rounds: Record<string, ExportRound> = {}
    for (const format of FORMATS) {
      const round = await roundOf<ExportRound>('./exports-round.ts', [
        connectionString,
        folder,
        projectId,
        runId,
        format,
      ])
      rounds[format] = round
      const { seconds, grownMiB, bytes, rows } = round
      console.log(
        `${format.padEnd(10)} ${rows} results in ${seconds.toFixed(1)} s, ${(bytes / 1024 / 1024).toFixed(0)} MiB, grown by ${grownMiB.toFixed(0)} MiB`,
      )
    }
    keep('exports', { machine: machine(server.version), results: SCENARIOS * MODELS, rounds })
  } finally {
    await rm(folder, { recursive: true, force: true })
    await server.stop()
  }
}

/** A run that has ended, with a small result for each scenario and model. */
async function filled(persistence: Persistence) {
  const { projectId, definition } = await prepare(persistence, SCENARIOS)
  const run = aRun(projectId, definition, MODELS)
  async function* outcomes() {
    const all = SCENARIOS * MODELS
    for (let from = 0; from < all; from += BATCH)
      yield Array.from({ length: Math.min(BATCH, all - from) }, (_, nth) => {
        const at = from + nth
        return {
          place: Math.floor(at / MODELS) + 1,
          model: (at % MODELS) + 1,
          state: 'completed' as const,
          result: { output: `answer ${at} of a model`, score: (at % 100) / 100, pass: at % 3 > 0 },
          error: null,
          latencyMs: null,
          usage: null,
        }
      })
  }
  await persistence.transaction((stores) => stores.runs.add({ ...run, outcomes: outcomes() }))
  return { projectId, runId: run.run.runId }
}

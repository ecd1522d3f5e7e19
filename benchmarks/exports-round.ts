import { join } from 'node:path'
import { pgModule } from '@muster/adapters-pg'
import type { ProjectId, RunId } from '@muster/core'
import { fileWriter } from '@muster/formats'
import { coreModule, createMuster, folderBlobs } from '@muster/host'
import { silent } from './peers/muster.ts'

/** What a round tells the process that started it. */
export interface ExportRound {
  /** From the call to the end. */
  readonly seconds: number
  /** The most that the process held meanwhile, beside what it held before. */
  readonly grownMiB: number
  readonly bytes: number
  readonly rows: number
}

const LOOK_MS = 50
const MIB = 1024 * 1024

const [connectionString = '', folder = '', projectId = '', runId = '', format = ''] = process.argv.slice(2)
const muster = await createMuster({
  modules: [
    coreModule({ logger: silent, exports: { writer: fileWriter, blobs: folderBlobs(join(folder, format)) } }),
    pgModule({ connectionString }),
  ],
})
await muster.schedule()
const before = process.memoryUsage.rss()
let most = before
const looking = setInterval(() => {
  most = Math.max(most, process.memoryUsage.rss())
}, LOOK_MS)
const startedAt = performance.now()
const { exportId } = await muster.exports.start(projectId as ProjectId, {
  what: 'run',
  runIds: [runId as RunId],
  format,
})
const { status, files, rows, error } = await muster.exports.finished(exportId)
const seconds = (performance.now() - startedAt) / 1_000
clearInterval(looking)
await muster.close()
if (status !== 'completed') throw new Error(`The export ${status}: ${JSON.stringify(error)}`)
const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
const told: ExportRound = { seconds, grownMiB: (most - before) / MIB, bytes, rows }
process.send?.(told, () => process.exit())

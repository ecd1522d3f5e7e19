import { serveInProcess } from './in-process.ts'

// A process of its own, so that a fault can be put into its sources; it ends when it is killed.
const { origin } = await serveInProcess()
process.stderr.write(`{"level":30,"msg":"listening on ${origin}"}\n`)

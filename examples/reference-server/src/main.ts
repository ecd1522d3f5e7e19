import { isMisconfiguration } from '@muster/core'
import { plainError } from '@muster/core/support'
import closeWithGrace from 'close-with-grace'
import { readConfiguration, unknownSettings } from './configuration.ts'
import { openLogger } from './logger.ts'
import { startServer } from './start.ts'

/** What is left of the deadline, after draining, to close connections and the database. */
const CLOSING_MS = 4_000

const giveUp = new AbortController()
let logger: ReturnType<typeof openLogger> | undefined
try {
  // `npm start` asks for the demo, unless the environment says otherwise: no shell's syntax is needed for that.
  const demo = process.argv.includes('--demo') ? { MUSTER_DEMO: '1' } : {}
  const configuration = readConfiguration({ ...demo, ...process.env })
  const log = openLogger(configuration.logLevel)
  logger = log
  for (const unknown of unknownSettings(process.env)) log.warn(unknown)
  const starting = startServer(configuration, log, giveUp.signal)
  closeWithGrace(
    {
      delay: Math.max(configuration.shutdownSeconds, configuration.drainSeconds) * 1_000 + CLOSING_MS,
      logger: false,
      skip: ['beforeExit'],
    },
    async ({ signal, err }) => {
      if (err === undefined) log.info({ signal }, 'shutting down; once more to stop at once')
      else log.fatal({ err: plainError(err) }, 'shutting down after an error that nobody caught')
      giveUp.abort()
      // What did not start has closed what it had opened.
      const running = await starting.catch(() => undefined)
      await running?.close()
    },
  )
  await starting
} catch (error) {
  // Told to stop while it waited for its database, the process ends by itself.
  if (!giveUp.signal.aborted) {
    const plain = plainError(error)
    // What a person can put right is said in words, without a stack; of all else the log has a line.
    if (isMisconfiguration(error)) process.stderr.write(`${plain.message}\n`)
    else if (!logger?.isLevelEnabled('fatal')) process.stderr.write(`${plain.stack}\n`)
    process.exit(1)
  }
}

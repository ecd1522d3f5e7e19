import { DirectoryInUse, MigrationError } from '@muster/adapters-pg'
import { MisconfiguredError, plainError } from '@muster/core'
import closeWithGrace from 'close-with-grace'
import { ConfigurationError, readConfiguration } from './configuration.ts'
import { openLogger } from './logger.ts'
import { AddressError } from './server.ts'
import { startServer } from './start.ts'

/** What is left of the deadline, after draining, to close connections and the database. */
const CLOSING_MS = 4_000

/** What a person can put right: said in words, without a stack. */
const EXPECTED = [ConfigurationError, DirectoryInUse, MigrationError, MisconfiguredError, AddressError]

const giveUp = new AbortController()
try {
  // `npm start` asks for the demo, unless the environment says otherwise: no shell's syntax is needed for that.
  const demo = process.argv.includes('--demo') ? { MUSTER_DEMO: '1' } : {}
  const configuration = readConfiguration({ ...demo, ...process.env })
  const logger = openLogger(configuration.logLevel)
  const starting = startServer(configuration, logger, giveUp.signal)
  closeWithGrace(
    {
      delay: Math.max(configuration.shutdownSeconds, configuration.drainSeconds) * 1_000 + CLOSING_MS,
      logger: false,
      skip: ['beforeExit'],
    },
    async ({ signal, err }) => {
      if (err === undefined) logger.info({ signal }, 'shutting down; once more to stop at once')
      else logger.fatal({ err: plainError(err) }, 'shutting down after an error that nobody caught')
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
    const expected = EXPECTED.some((kind) => error instanceof kind)
    const plain = plainError(error)
    process.stderr.write(`${expected ? plain.message : plain.stack}\n`)
    process.exit(1)
  }
}

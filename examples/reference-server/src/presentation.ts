import { consoleCode } from '@muster/console'
import { UnavailableError } from '@muster/core'
import { plainError } from '@muster/core/support'
import type { Muster } from '@muster/host'
import { MusterClient } from '@muster/transport-ws/client'
import type { FastifyBaseLogger } from 'fastify'
import type { Configuration, TokenRules } from './configuration.ts'
import { DEVELOPMENT_ADMIN, developmentTokens, type TokenHolder } from './development-tokens.ts'
import { type Screen, terminalScreen } from './story/screen.ts'
import type { Telling } from './story/story.ts'

/** How long the demo waits before it looks whether the database is back. */
const AWAY_MS = 2_000

/** What the terminal is told about. */
export interface Presentation {
  readonly configuration: Configuration
  readonly muster: Muster
  /** Where the server listens. */
  readonly origin: string
  /** What tokens are signed with, where this process knows it. */
  readonly secret: string | undefined
  /** With what the story follows its runs over the socket; undefined where none is told. */
  readonly storyToken: string | undefined
  readonly logger: FastifyBaseLogger
  readonly stop: AbortSignal
}

/** Says where the server is and how to get in, then tells the story where it was asked for. Never rejects: the server does not depend on it. */
export async function present({
  configuration,
  muster,
  origin,
  secret,
  storyToken,
  logger,
  stop,
}: Presentation): Promise<void> {
  const screen = terminalScreen(process.stdout)
  try {
    screen.say(`Muster is up at ${origin}: documentation ${origin}/docs, readiness ${origin}/readyz`)
    // A token in a terminal is for this machine's own user; whoever runs a service for others signs their own.
    const mayPrintTokens =
      configuration.loopback && (configuration.trust.kind === 'development' || configuration.demo)
    const tokens =
      mayPrintTokens && secret !== undefined
        ? tokenPrinter({ screen, secret, rules: configuration.tokens, muster, origin })
        : undefined
    await tokens?.([{ label: 'admin', userId: DEVELOPMENT_ADMIN, role: 'admin' }])
    if (storyToken !== undefined) {
      const live = new MusterClient(origin, { token: storyToken })
      live.socket.on('connect_error', (error) =>
        logger.debug({ err: plainError(error) }, 'the demo cannot see its runs'),
      )
      const { demoPace: pace } = configuration
      const telling = { muster, live, screen, stop, origin, pace, printTokens: tokens }
      await tellToTheEnd(telling).finally(() => live.close())
    }
  } catch (error) {
    if (stop.aborted) return
    logger.error({ err: plainError(error) }, 'the demo stopped; start the server again to go on with it')
  }
}

/** Tells the story; while the database is away it waits, and goes on afterwards. */
async function tellToTheEnd(telling: Telling): Promise<void> {
  // A server without a story does not pay for its people and their dictionaries.
  const { tellStory } = await import('./story/story.ts')
  for (;;) {
    try {
      return await tellStory(telling)
    } catch (error) {
      if (!(error instanceof UnavailableError) || telling.stop.aborted) throw error
      telling.muster.outages.failed(error)
      await telling.muster.clock.wait(AWAY_MS, telling.stop)
    }
  }
}

interface Printing {
  readonly screen: Screen
  readonly secret: string
  readonly rules: TokenRules
  readonly muster: Muster
  readonly origin: string
}

/** Prints a link to the console for each, and the token behind it. */
function tokenPrinter({
  screen,
  secret,
  rules,
  muster,
  origin,
}: Printing): NonNullable<Telling['printTokens']> {
  return async (holders: readonly TokenHolder[], links = false): Promise<void> => {
    const tokens = await developmentTokens(secret, holders, new Date(), rules)
    for (const { label, jwt } of tokens) {
      screen.say(`console (${label}): ${origin}/console/#code=${await consoleCode({ muster }, jwt)}`)
      if (!links) screen.say(`token (${label}): ${jwt}`)
    }
  }
}

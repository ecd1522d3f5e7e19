#!/usr/bin/env node
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import { createMusterClient } from '@muster/client'
import { ListenError, serveMcp } from './http.ts'
import { createMcpServer } from './server.ts'
import { HELP, type Settings, settingsOf, UsageError } from './settings.ts'

// As sysexits.h has it: wrong use, and what is needed is not to be had.
const USAGE = 64
const UNAVAILABLE = 69

// Standard output is for messages of the protocol alone.
const say = (words: string): void => void process.stderr.write(`${words}\n`)

function log(error: unknown): void {
  say(error instanceof Error ? (error.stack ?? error.message) : String(error))
}

async function serve({ url, token, write, http }: Settings): Promise<void> {
  if (http === undefined) {
    const muster = createMusterClient({ url, token: token ?? '' })
    // It ends as its standard input does.
    await createMcpServer({ muster, write, log }).connect(new StdioServerTransport())
    return
  }
  const served = await serveMcp({ url, write, log, ...http, ...(token !== undefined && { token }) })
  say(`Serving tools that ${write ? 'read and change' : 'only read'} at ${served.url}`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void served.close())
}

try {
  const settings = settingsOf(process.argv.slice(2), process.env)
  if (settings === null) say(HELP)
  else await serve(settings)
} catch (error) {
  if (!(error instanceof UsageError || error instanceof ListenError)) throw error
  say(error.message)
  process.exitCode = error instanceof UsageError ? USAGE : UNAVAILABLE
}

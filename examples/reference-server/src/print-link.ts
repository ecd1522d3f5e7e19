import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isUuid, type UserId } from '@muster/core'
import { dataDirectoryOf } from './configuration.ts'
import { DEVELOPMENT_ADMIN, developmentTokens } from './development-tokens.ts'

// Asks the running server for a link to the console that works once, of an admin or of the user whose id is given, and opens a browser where there
// is one.

const [userId = DEVELOPMENT_ADMIN] = process.argv.slice(2)
const { MUSTER_DATA_DIR: named, HOST = '127.0.0.1', PORT = '3000', MUSTER_BASE = '' } = process.env
const page = `http://${HOST}:${PORT}${MUSTER_BASE}/console/`

try {
  if (!isUuid(userId))
    throw new Error(`${userId} is no user id: give the UUID of a user, or nothing for an admin`)
  const link = `${page}#code=${await freshCode(userId as UserId)}`
  process.stdout.write(`${link}\n`)
  if (process.stdout.isTTY) openBrowser(link)
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`)
  process.exitCode = 1
}

/** A code from the server that takes the token of one of the folders. */
async function freshCode(holder: UserId): Promise<string> {
  const folders = named ? [named] : [true, false].map(dataDirectoryOf)
  const role = holder === DEVELOPMENT_ADMIN ? 'admin' : 'annotator'
  let isUp = false
  for (const folder of folders) {
    const secret = await readFile(join(folder, 'jwt-secret'), 'utf8').catch(() => undefined)
    if (secret === undefined) continue
    const [token] = await developmentTokens(
      secret.trim(),
      [{ label: role, userId: holder, role }],
      new Date(),
    )
    const headers = { authorization: `Bearer ${token?.jwt}` }
    const answer = await fetch(new URL('link', page), { method: 'POST', headers }).catch(() => undefined)
    isUp ||= answer !== undefined
    if (answer?.ok) return ((await answer.json()) as { code: string }).code
  }
  throw new Error(
    isUp
      ? `The server at ${page} takes no token of ${folders.join(' or ')}: set MUSTER_DATA_DIR to its folder`
      : `No server of this folder answers at ${page}: run npm start first`,
  )
}

function openBrowser(link: string): void {
  const { DISPLAY, WAYLAND_DISPLAY } = process.env
  const command = process.platform === 'darwin' ? 'open' : DISPLAY || WAYLAND_DISPLAY ? 'xdg-open' : undefined
  if (command === undefined) return
  const opened = spawn(command, [link], { stdio: 'ignore', detached: true })
  // No browser: the link stands in the terminal.
  opened.on('error', () => undefined)
  opened.unref()
}

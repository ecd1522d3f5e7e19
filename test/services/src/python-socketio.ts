import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { env, getuid } from 'node:process'
import { promisify } from 'node:util'
import { aptInstall } from './apt.ts'

const run = promisify(execFile)

/** Debian's own interpreter sees Debian's packages, whichever else is on PATH. */
const INTERPRETERS = ['python3', '/usr/bin/python3']

/** An interpreter that has `socketio` and what that needs to speak WebSocket; or why there is none. */
export type PythonSocketio = { readonly python: string } | { readonly missing: string }

/**
 * A Python 3 with the package python-socketio: one that has it, or, where this is root on Debian or Ubuntu, Debian's, for which it is then installed.
 * @throws Error where it should have been installed and was not
 */
export async function pythonSocketio(): Promise<PythonSocketio> {
  const there = await found()
  if (there !== undefined) return { python: there }
  if (getuid?.() !== 0 || !existsSync('/etc/debian_version')) {
    return {
      missing:
        'python-socketio is missing: pip install "python-socketio[asyncio_client]" for the python3 on PATH. It is installed by itself only for root on Debian or Ubuntu.',
    }
  }
  await aptInstall('python3', 'python3-socketio', 'python3-aiohttp')
  const installed = await found()
  if (installed === undefined) throw new Error('apt-get installed python3-socketio, but no python3 finds it')
  return { python: installed }
}

async function found(): Promise<string | undefined> {
  for (const python of INTERPRETERS) {
    try {
      await run(python, ['-c', 'import socketio, aiohttp'], { env })
      return python
    } catch {
      // Not this one.
    }
  }
  return undefined
}

import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { env, getuid } from 'node:process'
import { aptInstall } from './apt.ts'

/**
 * The path of `redis-server`: from PATH; where there is none, and this is root on Debian or Ubuntu, from its package, which is then installed.
 * @throws Error that says what was looked for and what to do, where there is none to be had
 */
export async function redisBinary(): Promise<string> {
  const there = onPath()
  if (there) return there
  const why = await install()
  const installed = onPath()
  if (installed) return installed
  throw new Error(`no Redis: set REDIS_URL, or put redis-server on PATH. ${why.message}`, {
    cause: why.cause,
  })
}

function onPath(): string | undefined {
  return (env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, 'redis-server'))
    .find((path) => existsSync(path))
}

/** Installs Debian's package where that can be done; what is given says why no server may have come of it. */
async function install(): Promise<{ readonly message: string; readonly cause?: unknown }> {
  if (getuid?.() !== 0 || !existsSync('/etc/debian_version')) {
    return { message: 'It is installed by itself only for root on Debian or Ubuntu.' }
  }
  try {
    await aptInstall('redis-server')
    return { message: 'apt-get installed redis-server, but it is not on PATH.' }
  } catch (error) {
    return { message: 'apt-get could not install redis-server.', cause: error }
  }
}

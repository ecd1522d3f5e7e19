import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { env, getuid } from 'node:process'
import { aptInstall } from './apt.ts'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'] as const

/**
 * The path of a Chromium: that of `CHROMIUM_PATH`; else one from PATH; else, if this is root on Debian or Ubuntu, from its package, which is then
 * installed.
 * @throws Error that says what was looked for and what to do, if there is none to be had
 */
export async function chromiumBinary(): Promise<string> {
  const named = env['CHROMIUM_PATH']
  if (named) {
    if (existsSync(named)) return named
    throw new Error(`CHROMIUM_PATH is ${named}, where there is no file`)
  }
  const there = onPath()
  if (there) return there
  const why = await install()
  const installed = onPath()
  if (installed) return installed
  throw new Error(`no browser: set CHROMIUM_PATH, or put ${NAMES.join(' or ')} on PATH. ${why.message}`, {
    cause: why.cause,
  })
}

function onPath(): string | undefined {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path))
}

/** Installs Debian's package if that can be done; what is given says why no browser may have come of it. */
async function install(): Promise<{ readonly message: string; readonly cause?: unknown }> {
  if (getuid?.() !== 0 || !existsSync('/etc/debian_version'))
    return { message: 'It is installed by itself only for root on Debian or Ubuntu.' }
  try {
    await aptInstall('chromium')
    return { message: 'apt-get installed chromium, but it is not on PATH.' }
  } catch (error) {
    return { message: 'apt-get could not install chromium.', cause: error }
  }
}

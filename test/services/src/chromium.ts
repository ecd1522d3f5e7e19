import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { env, getuid } from 'node:process'
import { aptInstall } from './apt.ts'

/** The engine without what stands around its windows: a tab of it takes a fifth of the processor. */
const WINDOWLESS = 'chromium-headless-shell'
const WHOLE = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/**
 * The path of a Chromium: that of `CHROMIUM_PATH`; else one from PATH, first the one that has no windows; else, if this is root on Debian or
 * Ubuntu, from its package, which is then installed.
 * @throws Error that says what was looked for and what to do, if there is none to be had
 */
export function chromiumBinary(): Promise<string> {
  return found([WINDOWLESS, ...WHOLE], [WINDOWLESS, 'chromium'])
}

/** The same with its windows, as people have it, for whoever measures it. @throws as {@link chromiumBinary} */
export function wholeChromiumBinary(): Promise<string> {
  return found(WHOLE, ['chromium'])
}

async function found(names: readonly string[], packages: readonly string[]): Promise<string> {
  const named = env['CHROMIUM_PATH']
  if (named) {
    if (existsSync(named)) return named
    throw new Error(`CHROMIUM_PATH is ${named}, where there is no file`)
  }
  const there = onPath(names)
  if (there) return there
  const why = await install(packages)
  const installed = onPath(names)
  if (installed) return installed
  throw new Error(`no browser: set CHROMIUM_PATH, or put ${names.join(' or ')} on PATH. ${why.message}`, {
    cause: why.cause,
  })
}

function onPath(names: readonly string[]): string | undefined {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path))
}

/** Installs the first of Debian's packages that can be; what is given says why no browser may have come of it. */
async function install(
  packages: readonly string[],
): Promise<{ readonly message: string; readonly cause?: unknown }> {
  if (getuid?.() !== 0 || !existsSync('/etc/debian_version'))
    return { message: 'It is installed by itself only for root on Debian or Ubuntu.' }
  const causes: unknown[] = []
  for (const name of packages) {
    try {
      await aptInstall(name)
      return { message: `apt-get installed ${name}, but it is not on PATH.` }
    } catch (error) {
      causes.push(error)
    }
  }
  return { message: `apt-get could not install ${packages.join(' or ')}.`, cause: new AggregateError(causes) }
}

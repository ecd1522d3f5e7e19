import { execFile } from 'node:child_process'
import { env } from 'node:process'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Another test run on this machine may be installing at the same time. */
const WAIT_FOR_LOCK = ['-o', 'DPkg::Lock::Timeout=120']

/** Installs packages of Debian or Ubuntu, as root. @throws what `apt-get` said, where it could not */
export async function aptInstall(...packages: readonly string[]): Promise<void> {
  console.log(`Installing ${packages.join(', ')} for the tests`)
  const options = { env: { ...env, DEBIAN_FRONTEND: 'noninteractive' } }
  await patiently(() => run('apt-get', [...WAIT_FOR_LOCK, 'update'], options))
  await patiently(() =>
    run('apt-get', [...WAIT_FOR_LOCK, 'install', '-y', '--no-install-recommends', ...packages], options),
  )
}

const MOST_TRIES = 120
const REST_MS = 1_000

/** For the lock of its lists `apt-get` does not wait, and several test files may want a package at once. */
async function patiently(act: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await act()
      return
    } catch (error) {
      if (tries === MOST_TRIES || !String(error).includes('Could not get lock')) throw error
      await wait(REST_MS)
    }
  }
}

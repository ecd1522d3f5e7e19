import { execFile } from 'node:child_process'
import { env } from 'node:process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Another test run on this machine may be installing at the same time. */
const WAIT_FOR_LOCK = ['-o', 'DPkg::Lock::Timeout=120']

/** Installs packages of Debian or Ubuntu, as root. @throws what `apt-get` said, where it could not */
export async function aptInstall(...packages: readonly string[]): Promise<void> {
  console.log(`Installing ${packages.join(', ')} for the tests`)
  const options = { env: { ...env, DEBIAN_FRONTEND: 'noninteractive' } }
  await run('apt-get', [...WAIT_FOR_LOCK, 'update'], options)
  await run('apt-get', [...WAIT_FOR_LOCK, 'install', '-y', '--no-install-recommends', ...packages], options)
}

import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const BUILD = fileURLToPath(new URL('../../../packages/console/tools/build-if-stale.ts', import.meta.url))

/**
 * Builds the console's page, unless it was built from these very sources.
 * @throws Error with what the build said
 */
export async function builtConsole(): Promise<void> {
  await promisify(execFile)(process.execPath, [BUILD, '--strict'])
}

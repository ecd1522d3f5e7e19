import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { text } from 'node:stream/consumers'

// Runs every check of the repository, as many at once as there are processors: `npm run check`. Fails if one fails.

/** Scripts of package.json that read the sources alone, while the types are checked. */
const OF_SOURCES = ['check:style', 'check:arrows', 'check:sql']
/** Those that read what `check:types` builds. Most of their time is in one thread each. */
const OF_BUILD = ['check:lint', 'check:unused', 'check:api', 'check:exports']

/** Runs a script, then prints what it said. Resolves with whether it passed. */
async function passes(script: string): Promise<boolean> {
  const before = performance.now()
  const child = spawn(process.execPath, ['--run', script], { stdio: ['ignore', 'pipe', 'pipe'] })
  const code = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  const [out, errors, ended] = await Promise.all([text(child.stdout), text(child.stderr), code])
  const seconds = ((performance.now() - before) / 1_000).toFixed(1)
  console.log(`${script}: ${ended === 0 ? 'passed' : 'FAILED'} in ${seconds} s`)
  process.stdout.write(out)
  process.stderr.write(errors)
  return ended === 0
}

/** Whether all of them passed; each runs in any case, so that one run tells of everything. */
async function allPass(scripts: readonly string[], atOnce: number): Promise<boolean> {
  const waiting = [...scripts]
  let passed = true
  const lane = async (): Promise<void> => {
    for (let script = waiting.shift(); script !== undefined; script = waiting.shift())
      if (!(await passes(script))) passed = false
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
  return passed
}

const lanes = Math.max(2, availableParallelism())
const [areTyped, ofSources] = await Promise.all([passes('check:types'), allPass(OF_SOURCES, 1)])
const ofBuild = areTyped && (await allPass(OF_BUILD, lanes))
if (!(ofSources && ofBuild)) process.exitCode = 1

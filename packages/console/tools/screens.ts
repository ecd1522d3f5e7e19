import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const SCREENS = join(ROOT, 'docs', 'screens')

/** The pictures of the guide, by what the tests call them. */
const PICTURES = {
  'work-light-1280': 'console-light',
  'work-dark-1280': 'console-dark',
  'work-light-360': 'console-phone',
  decide: 'console-decide',
  'compare-light-1280': 'console-compare',
  'calibrate-light-1280': 'console-calibrate',
} as const

// Takes the pictures of the guide anew: those that the tests of the page leave behind.
const folder = mkdtempSync(join(tmpdir(), 'muster-screens-'))
try {
  const tests = ['app/frame', 'work/judging', 'compare/compare', 'calibrate/calibrate'].map(
    (name) => `packages/console/src/${name}.browser.test.ts`,
  )
  const { status } = spawnSync('npx', ['vitest', 'run', ...tests], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, CONSOLE_SHOTS: folder },
  })
  if (status !== 0) process.exitCode = 1
  mkdirSync(SCREENS, { recursive: true })
  for (const [from, to] of Object.entries(PICTURES))
    copyFileSync(join(folder, `${from}.png`), join(SCREENS, `${to}.png`))
} finally {
  rmSync(folder, { recursive: true })
}

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'

// Fails when a built package would not resolve for those who install it: `node tools/check-exports.ts`, after a build.
await Promise.all(
  globSync('packages/*/package.json').map(async (manifest) => {
    const { private: unpublished } = JSON.parse(readFileSync(manifest, 'utf8'))
    if (unpublished) return
    const folder = dirname(manifest)
    const attwArgs = ['--pack', folder, '--profile', 'esm-only', '--format', 'ascii', '--quiet']
    await passed(spawn('publint', ['run', '--strict', folder], { stdio: 'inherit' }))
    await passed(spawn('attw', attwArgs, { stdio: 'inherit' }))
  }),
)

async function passed(child: ChildProcess): Promise<void> {
  const [code] = await once(child, 'exit')
  if (code !== 0) process.exitCode = 1
}

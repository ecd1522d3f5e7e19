import { execFileSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'

// Fails when a built package would not resolve for those who install it: `node tools/check-exports.ts`, after a build.
for (const manifest of globSync('packages/*/package.json')) {
  const { private: unpublished } = JSON.parse(readFileSync(manifest, 'utf8'))
  if (unpublished) continue
  const folder = dirname(manifest)
  execFileSync('publint', ['run', '--strict', folder], { stdio: 'inherit' })
  execFileSync('attw', ['--pack', folder, '--profile', 'esm-only', '--format', 'ascii', '--quiet'], {
    stdio: 'inherit',
  })
}

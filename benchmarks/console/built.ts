import { readdirSync, readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Round } from './figures.ts'

const ASSETS = new URL('../../packages/console/assets/', import.meta.url)
const FILES = new URL('files/', ASSETS)
const KB = 1_000

/** K1: the scripts of the page as they were built, compressed by gzip, in kB. */
export function built(): Round {
  const scripts = readdirSync(FILES).filter((name) => name.endsWith('.js'))
  const html = readFileSync(new URL('index.html', ASSETS), 'utf8')
  const entries = Array.from(
    html.matchAll(/<script type="module"[^>]* src="\.\/files\/([^"]+)"/g),
    ([, name = '']) => name,
  )
  const parts = JSON.parse(/id="parts">([^<]+)</.exec(html)?.[1] ?? '{}') as Record<string, string[]>
  const partsOf = (page: string): string[] => (parts[page] ?? []).map((at) => at.replace('files/', ''))
  // The client of the feed is the one script that speaks engine.io.
  const client = scripts.filter((name) => readFileSync(new URL(name, FILES), 'utf8').includes('EIO'))
  const first = new Set([...entries, ...partsOf('work'), ...client])
  const sizeOf = (names: Iterable<string>): number =>
    Array.from(names).reduce(
      (sum, name) => sum + statSync(fileURLToPath(new URL(`${name}.gz`, FILES))).size,
      0,
    ) / KB
  const more = Object.keys(parts).map((page) => sizeOf(partsOf(page).filter((name) => !first.has(name))))
  return { firstScript: sizeOf(first), partScript: Math.max(...more), allScript: sizeOf(scripts) }
}

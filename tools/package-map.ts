import { globSync, readFileSync } from 'node:fs'
import { sep } from 'node:path'
import { importsOf } from './arrows.ts'

/** The page that shows the map, and the comments that it stands between. */
export const PAGE: URL = new URL('../CONTRIBUTING.md', import.meta.url)
const BEGIN = '<!-- drawn by `npm run docs:packages` -->'
const END = '<!-- end of what is drawn -->'

/** `page` with the map as the imports of the packages have it. */
export function withMap(page: string): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)]
  if (begin < 0 || end < begin)
    throw new Error(`${PAGE.pathname} has no place for the map: ${BEGIN} … ${END}`)
  return `${page.slice(0, begin + BEGIN.length)}\n\n${mapOf(shipped())}\n\n${page.slice(end)}`
}

/** An arrow from each package to each that its files import. */
export function mapOf(files: ReadonlyMap<string, string>): string {
  const arrows = new Set<string>()
  const packages = new Set<string>()
  for (const [file, source] of files) {
    const from = file.split('/')[1] ?? ''
    packages.add(from)
    for (const specifier of importsOf(file, source)) {
      const to = /^@muster\/([^/]+)/.exec(specifier ?? '')?.[1]
      if (to !== undefined) arrows.add(`  ${from} --> ${to}`)
    }
  }
  return [
    '```mermaid',
    'graph TD',
    ...[...packages].sort().map((name) => `  ${name}`),
    ...[...arrows].sort(),
    '```',
  ].join('\n')
}

/** Source text of what packages ship, by path from the repository's root. */
function shipped(): Map<string, string> {
  const root = new URL('../', import.meta.url)
  const files = globSync('packages/*/src/**/*.{ts,tsx}', { cwd: root }).map((file) =>
    file.split(sep).join('/'),
  )
  const code = files.filter((file) => !/\.test(\.support)?\.tsx?$/.test(file))
  return new Map(code.map((file) => [file, readFileSync(new URL(file, root), 'utf8')]))
}

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { PAGE_NAMES } from '../route/route.ts'

const ASSETS = fileURLToPath(new URL('../../assets/', import.meta.url))
const FILES = join(ASSETS, 'files')
const KB = 1_000

const names = readdirSync(FILES)
const scripts = names.filter((name) => name.endsWith('.js'))
const textOf = (name: string): string => readFileSync(join(FILES, name), 'utf8')
const gzOf = (name: string): number => statSync(join(FILES, `${name}.gz`)).size

/** The files that a script needs before it runs, itself included. */
function withImports(name: string, found: Set<string> = new Set()): Set<string> {
  if (found.has(name)) return found
  found.add(name)
  for (const [, other = ''] of textOf(name).matchAll(/(?:from|import)\s*["']\.\/([\w.-]+\.js)["']/g))
    withImports(other, found)
  return found
}

const sizeOf = (files: Iterable<string>): number => [...files].reduce((sum, name) => sum + gzOf(name), 0)

const html = readFileSync(join(ASSETS, 'index.html'), 'utf8')
/** What runs early, and the page's own script behind it. */
const [early = '', entry = ''] = Array.from(
  html.matchAll(/<script type="module"[^>]* src="([^"]+)"/g),
  ([, at = '']) => basename(at),
)
/** The part of each page, by the file that is loaded when it is opened. */
const pages = [
  ...new Set(
    [...textOf(entry).matchAll(/import\s*\(\s*[`"']\.\/(page-[\w-]+\.js)[`"']\s*\)/g)].map(
      ([, name = '']) => name,
    ),
  ),
]
/** The client of the feed, which is loaded once somebody is signed in. */
const client = scripts.find((name) => textOf(name).includes('EIO')) ?? ''
const work = pages.find((name) => textOf(name).includes('Submit and next')) ?? ''

describe('what was built', () => {
  it('runs little before its own script, and names the scripts of each page in the file itself', () => {
    expect(gzOf(early)).toBeLessThanOrEqual(1.5 * KB)
    expect(withImports(early)).toEqual(new Set([early]))
    const parts = JSON.parse(/id="parts">([^<]+)</.exec(html)?.[1] ?? '{}') as Record<string, string[]>
    expect(Object.keys(parts).sort()).toEqual([...PAGE_NAMES].sort())
    for (const page of pages) {
      const needed = [...withImports(page)].filter((name) => name !== entry && name !== early)
      const named = Object.values(parts).find(([first]) => first === `files/${page}`)
      expect([page, named?.map((at) => basename(at)).sort()]).toEqual([page, needed.sort()])
      // A browser asks a server for six files at a time.
      expect([page, needed.length <= 6]).toEqual([page, true])
    }
  })

  it('begins each file of styles with the order of the layers', () => {
    const styles = names.filter((name) => name.endsWith('.css'))
    expect(styles.length).toBeGreaterThan(1)
    for (const name of styles)
      expect([name, textOf(name)]).toEqual([
        name,
        expect.stringMatching(/^@layer tokens, base, components, pages;/),
      ])
  })

  it('is at most 60 kB of script until Work is there, 30 kB more a page, and 180 kB in all', () => {
    expect(pages.length).toBeGreaterThan(2)
    const first = new Set([...withImports(entry), ...withImports(work), ...withImports(client)])
    expect(sizeOf(first)).toBeLessThanOrEqual(60 * KB)
    for (const page of pages) {
      const more = [...withImports(page)].filter((name) => !first.has(name))
      expect([page, sizeOf(more) <= 30 * KB]).toEqual([page, true])
    }
    expect(sizeOf(scripts)).toBeLessThanOrEqual(180 * KB)
  })
})

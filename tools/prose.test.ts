import { glob, readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'

const root = new URL('../', import.meta.url)
const PAGES = [
  '{README,CHANGELOG,CONTRIBUTING}.md',
  'docs/*.md',
  'docs/adr/*.md',
  '{packages,examples,clients}/*/README.md',
]

/** Longest line of prose, in characters. A link cannot be folded, nor can a table. */
const LONGEST_LINE = 100
const CANNOT_FOLD = /^\s*(?:\||#|<|\S+$|\[?\(?\[[^\]]*\]\(\S+$)/

/** The subject stands first and is a thing: none of these names one. */
const NAMELESS = /(?:^|[.!?] |\| |[-*] |\d\. )(?:What|Whatever|Who|Whoever|Whom|Whose) [^?\n|.]*(?=[\n.|])/gm

/** Each has a plainer word: "a caller that" or "no longer". */
const BANNED = /\b(?:whoever|whomever|not any more|any more)\b/gi

/** The text of a page without its code. */
const proseOf = (text: string): string => text.replace(/^ *```[\s\S]*?^ *```/gm, '')

/** Paragraphs and items on one line each, so that sentences are whole. */
const unfolded = (prose: string): string => prose.replace(/(?<!\n)\n(?![\n|#>]|\s*(?:[-*]|\d+\.) ) */g, ' ')

/** Each of the files with its text. */
async function* textsOf(patterns: string | readonly string[]): AsyncGenerator<readonly [string, string]> {
  for await (const file of glob(patterns, { cwd: root }))
    yield [file, await readFile(new URL(file, root), 'utf8')]
}

it('begins no sentence of the docs with what or who as its subject', async () => {
  const found: string[] = []
  for await (const [page, text] of textsOf(PAGES)) {
    for (const [sentence] of unfolded(proseOf(text)).matchAll(NAMELESS))
      found.push(`${page}: ${sentence.slice(0, 80)}`)
  }
  expect(found).toEqual([])
})

it('uses none of the words in the docs that have a plainer one', async () => {
  const found: string[] = []
  for await (const [page, text] of textsOf(PAGES)) {
    for (const [word] of unfolded(proseOf(text)).matchAll(BANNED)) found.push(`${page}: ${word}`)
  }
  expect(found).toEqual([])
})

it(`ends lines of prose at ${LONGEST_LINE} characters`, async () => {
  const found: string[] = []
  for await (const [page, text] of textsOf(PAGES)) {
    // Drawn by a tool, a cell at a time.
    if (page === 'docs/states.md') continue
    for (const line of proseOf(text).split('\n')) {
      if (line.length > LONGEST_LINE && !CANNOT_FOLD.test(line)) found.push(`${page}: ${line.slice(0, 80)}`)
    }
  }
  expect(found).toEqual([])
})

/** Packages whose comments were all rewritten so. */
const PLAIN = '{adapters-memory,adapters-pg,adapters-redis,core,host,python,threads,transport-ws}'

it('begins no comment of these packages with what or who as its subject, and uses the plainer words', async () => {
  const found: string[] = []
  let comments = 0
  for await (const [file, source] of textsOf(`packages/${PLAIN}/src/**/*.ts`)) {
    if (file.includes('.test.')) continue
    for (const [line] of source.matchAll(/^\s*(?:\/\*\*|\*|\/\/) .*$/gm)) {
      comments++
      const isNameless = /(?:\/\*\*|\*|\/\/|\.) (?:What|Whatever|Who|Whoever|Whom|Whose) /.test(line)
      if (isNameless || line.search(BANNED) >= 0) found.push(`${file}: ${line.trim()}`)
    }
  }
  expect(comments).toBeGreaterThan(1_000)
  expect(found).toEqual([])
})

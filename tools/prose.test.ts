import { glob, readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'

const root = new URL('../', import.meta.url)
const PAGES = ['README.md', 'CONTRIBUTING.md', 'docs/*.md', '{packages,examples}/*/README.md']

/** The subject stands first and is a thing: none of these names one. */
const NAMELESS = /(?:^|[.!?] |\| |[-*] |\d\. )(?:What|Whatever|Who|Whoever|Whom|Whose) [^?\n]*$/gm

it('begins no sentence of the docs with what or who as its subject', async () => {
  const found: string[] = []
  for await (const page of glob(PAGES, { cwd: root })) {
    const text = await readFile(new URL(page, root), 'utf8')
    const prose = text.replace(/^ *```[\s\S]*?^ *```/gm, '')
    for (const [sentence] of prose.matchAll(NAMELESS)) found.push(`${page}: ${sentence.slice(0, 80)}`)
  }
  expect(found).toEqual([])
})

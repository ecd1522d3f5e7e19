import { existsSync } from 'node:fs'
import { glob, readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'

const root = new URL('../', import.meta.url)
const PAGES = ['*.md', 'docs/**/*.md', '{packages,examples}/*/*.md']

it('links to nothing in the repository that is not there', async () => {
  const dead: string[] = []
  for await (const page of glob(PAGES, { cwd: root })) {
    const at = new URL(page, root)
    const prose = (await readFile(at, 'utf8')).replace(/```[\s\S]*?```/g, '')
    for (const [, link = ''] of prose.matchAll(/\]\(([^)\s#]+)[^)\s]*\)/g)) {
      if (!/^[a-z]+:/.test(link) && !existsSync(new URL(link, at))) dead.push(`${page}: ${link}`)
    }
  }
  expect(dead).toEqual([])
})

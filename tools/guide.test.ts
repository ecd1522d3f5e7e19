import { execFile } from 'node:child_process'
import { glob, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createMarkdownRenderer } from 'vitepress'
import { expect, it } from 'vitest'
import config from '../docs/.vitepress/config.ts'
import { leadOut } from '../docs/.vitepress/markdown.ts'

const docs = fileURLToPath(new URL('../docs', import.meta.url))
const vitepress = fileURLToPath(new URL('../node_modules/vitepress/bin/vitepress.js', import.meta.url))

/** A browser would load what stands there. */
const LOADED =
  /<(?:script|link|img|iframe|source)\b[^>]*\s(?:src|href)=["']?(?:https?:)?\/\/|url\(["']?(?:https?:)?\/\//

it('builds a site with a page of each file and an index, which loads nothing from elsewhere', async () => {
  const site = await mkdtemp(join(tmpdir(), 'muster-guide-'))
  try {
    await promisify(execFile)(process.execPath, [vitepress, 'build', docs, '--outDir', site])

    const built = await listed('**/*.html', site)
    const pages = (await listed('**/*.md', docs)).map((page) => page.replace(/README\.md$/, 'index.md'))
    expect(built).toEqual(expect.arrayContaining(pages.map((page) => page.replace(/md$/, 'html'))))

    const loading = []
    for (const file of [...built, ...(await listed('**/*.css', site))])
      if (LOADED.test(await readFile(join(site, file), 'utf8'))) loading.push(file)
    expect(loading).toEqual([])

    const [index = ''] = await listed('assets/chunks/@localSearchIndex*.js', site)
    expect(await readFile(join(site, index), 'utf8')).toMatch(
      /cooldown[\s\S]*RunHandle|RunHandle[\s\S]*cooldown/i,
    )
  } finally {
    await rm(site, { recursive: true })
  }
})

it('names each page of the docs in the menu', async () => {
  const menu = JSON.stringify(config.themeConfig?.sidebar)
  const pages = (await listed('*.md', docs)).filter((page) => page !== 'index.md')
  expect(pages.length).toBeGreaterThan(15)
  expect(pages.filter((page) => !menu.includes(`"/${page.replace(/\.md$/, '')}"`))).toEqual([])
})

it('leads out of the docs to the repository, and refuses a link that leads to nothing there', async () => {
  const md = await createMarkdownRenderer(docs, { config: (renderer) => leadOut(renderer, docs) })
  const page = (text: string) =>
    md.render(text, { path: join(docs, 'operating.md'), relativePath: 'operating.md' })
  expect(page('[license](../LICENSE#top)')).toMatch(/href="https:[^"]+\/blob\/main\/LICENSE#top"/)
  expect(page('[errors](errors.md)')).toContain('href="./errors.html"')
  expect(() => page('[gone](../GONE.md)')).toThrow('docs/operating.md has a dead link: ../GONE.md')
})

async function listed(pattern: string, cwd: string): Promise<string[]> {
  const found: string[] = []
  for await (const path of glob(pattern, { cwd })) found.push(path)
  return found
}

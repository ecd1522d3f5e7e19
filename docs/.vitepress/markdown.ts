import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import type { MarkdownRenderer } from 'vitepress'

/**
 * Links out of the docs lead to the repository.
 *
 * @throws Error one leads to nothing there; VitePress says the same of links within the docs
 */
export function leadOut(md: MarkdownRenderer, docs: string): void {
  const root = dirname(docs)
  const repository = repositoryOf(join(root, 'packages/core/package.json'))
  md.core.ruler.push('lead-out', ({ tokens, env }) => {
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      const href = token.type === 'link_open' ? (token.attrGet('href') ?? '') : ''
      if (href === '' || /^[a-z]+:|^[#/]/.test(href)) continue
      const [path = '', anchor] = href.split('#')
      const file = resolve(dirname(env.path), path)
      if (!relative(docs, file).startsWith('..')) continue
      if (!existsSync(file)) throw new Error(`${relative(root, env.path)} has a dead link: ${href}`)
      token.attrSet('href', `${repository}/blob/main/${relative(root, file)}${anchor ? `#${anchor}` : ''}`)
    }
  })
}

/** Thousands of lines of types: colours would take most of the time and half of the site. */
export function plainReports(md: MarkdownRenderer): void {
  md.core.ruler.push('plain-reports', ({ tokens, env }) => {
    if (!env.path.endsWith('.api.md')) return
    for (const token of tokens) if (token.type === 'fence') token.info = 'txt'
  })
}

/** Such as `https://github.com/owner/name`. */
function repositoryOf(manifest: string): string {
  const { repository } = JSON.parse(readFileSync(manifest, 'utf8')) as { repository: { url: string } }
  return repository.url.replace(/^git\+|\.git$/g, '')
}

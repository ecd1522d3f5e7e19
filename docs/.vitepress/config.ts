import { globSync, readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { type DefaultTheme, defineConfig } from 'vitepress'
import { leadOut, plainReports } from './markdown.ts'

const docs = resolve(import.meta.dirname, '..')

export default defineConfig({
  title: 'Muster',
  description: 'People and machines on one work queue',
  base: `${process.env['MUSTER_BASE'] ?? ''}/guide/`,
  rewrites: { 'api/README.md': 'api/index.md' },
  cleanUrls: false,
  metaChunk: true,
  markdown: {
    config(md) {
      leadOut(md, docs)
      plainReports(md)
    },
  },
  themeConfig: {
    // The index needs no colours in code.
    search: {
      provider: 'local',
      options: { _render: (text, env, md) => md.render(text.replace(/^```\w+/gm, '```txt'), env) },
    },
    outline: [2, 3],
    nav: [
      { text: 'Tutorial', link: '/tutorial' },
      { text: 'API', link: '/api/' },
      { text: 'Upgrade', link: '/upgrading' },
    ],
    sidebar: [
      { text: 'Learn', items: pages('tutorial', 'glossary', 'packages') },
      {
        text: 'Do',
        items: pages(
          'calling',
          'client',
          'workflows',
          'forms',
          'overlap',
          'escalation',
          'quality',
          'making-work',
          'asking',
          'schedules',
          'importing',
          'exporting',
          'moving-from-label-studio',
          'moving-from-promptfoo',
          'moving-from-openai-evals',
          'moving-from-inspect',
          'webhooks',
          'workers-over-http',
          'python',
          'cli',
          'mcp',
          'limits',
          'console',
          'providers',
          'usage',
          'budgets',
          'beside-a-host',
          'writing-an-adapter',
          'strategies',
          'evaluation',
          'statistics',
        ),
      },
      { text: 'Run', items: pages('deploying', 'operating', 'security', 'scaling', 'upgrading') },
      { text: 'Look up', items: pages('errors', 'states', 'reliability', 'benchmarks') },
      { text: 'API', collapsed: true, items: [{ text: 'Entries', link: '/api/' }, ...folder('api')] },
      { text: 'Why', collapsed: true, items: folder('adr') },
    ],
  },
})

function pages(...names: string[]): DefaultTheme.SidebarItem[] {
  return names.map((name) => ({ text: titleOf(join(docs, `${name}.md`)), link: `/${name}` }))
}

/** All pages of a folder but its index, in the order of their names. */
function folder(name: string): DefaultTheme.SidebarItem[] {
  return globSync(`${name}/*.md`, { cwd: docs })
    .filter((path) => basename(path) !== 'README.md')
    .sort()
    .map((path) => ({ text: titleOf(join(docs, path)), link: `/${path.replace(/\.md$/, '')}` }))
}

function titleOf(file: string): string {
  const heading = /^##? (?<title>.+)$/m.exec(readFileSync(file, 'utf8'))?.groups?.['title'] ?? basename(file)
  return heading.replace(/^API Report File for "(.+)"$/, '$1').replaceAll('`', '')
}

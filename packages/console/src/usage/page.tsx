import type { VNode } from 'preact'
import { me } from '../api/session.ts'
import { PageHead } from '../design/page-head.tsx'
import { Tabs } from '../design/tabs.tsx'
import { projectInSight } from '../feed/projects.ts'
import { changed, hrefOf, route } from '../route/route.ts'
import { Budgets } from './budgets.tsx'
import { Prices } from './prices.tsx'
import './usage.css'
import { UsageOf } from './usage-of.tsx'
import { WORDS } from './words.ts'

/** What was used and what it cost, what it may cost, and what models cost. */
export function Page(): VNode {
  const { all, show } = route.value
  const isAll = all !== undefined && me.value?.role === 'admin'
  const projectId = isAll ? undefined : projectInSight.value
  const part = show === 'budgets' || show === 'prices' ? show : 'usage'
  const tab = (id: 'usage' | 'budgets' | 'prices', title: string) => ({
    id,
    title,
    href: hrefOf(changed({ show: id === 'usage' ? undefined : id, new: undefined, item: undefined })),
  })
  if (!isAll && projectId === undefined) return <main class="page-panels usage" tabIndex={-1} />
  const key = projectId ?? 'all'
  return (
    <main class="page-panels usage" tabIndex={-1}>
      <PageHead title={WORDS.title}>
        {me.value?.role === 'admin' && (
          <nav class="usage-of" aria-label={WORDS.of}>
            <a href={hrefOf(changed({ all: undefined }))} aria-current={isAll ? undefined : 'true'}>
              {WORDS.thisProject}
            </a>
            <a href={hrefOf(changed({ all: '1' }))} aria-current={isAll ? 'true' : undefined}>
              {WORDS.allProjects}
            </a>
          </nav>
        )}
      </PageHead>
      <Tabs
        label="What is shown"
        now={part}
        tabs={[tab('usage', WORDS.usage), tab('budgets', WORDS.budgets), tab('prices', WORDS.prices)]}
      />
      {part === 'usage' && <UsageOf key={key} projectId={projectId} />}
      {part === 'budgets' && <Budgets key={key} projectId={projectId} />}
      {part === 'prices' && <Prices />}
    </main>
  )
}

import type { VNode } from 'preact'
import './tabs.css'

/** A tab: a part of a list, with how many there are of it. */
export interface Tab {
  readonly id: string
  readonly title: string
  readonly href: string
  readonly count?: string | undefined
}

interface TabsProps {
  readonly label: string
  readonly tabs: readonly Tab[]
  readonly now: string
}

/** Parts of one list, each with its own address. */
export function Tabs({ label, tabs, now }: TabsProps): VNode {
  return (
    <nav class="tabs" aria-label={label}>
      {tabs.map(({ id, title, href, count }) => (
        <a key={id} href={href} aria-current={now === id ? 'true' : undefined}>
          {title}
          {count !== undefined && <span class="count">{count}</span>}
        </a>
      ))}
    </nav>
  )
}

import type { VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
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
  const nav = useRef<HTMLElement>(null)
  const isCounted = tabs.some(({ count }) => count !== undefined)
  // On a phone they scroll sideways, and the present one may stand beyond the edge.
  useEffect(() => {
    nav.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [now, isCounted])
  return (
    <nav class="tabs" ref={nav} aria-label={label}>
      {tabs.map(({ id, title, href, count }) => (
        <a key={id} href={href} aria-current={now === id ? 'true' : undefined}>
          {title}
          {count !== undefined && <span class="count">{count}</span>}
        </a>
      ))}
    </nav>
  )
}

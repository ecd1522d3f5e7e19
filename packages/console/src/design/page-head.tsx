import type { ComponentChildren, VNode } from 'preact'
import './page-head.css'

interface PageHeadProps {
  readonly title: string
  /** The state of what the page shows, or how much of it there is. */
  readonly state?: ComponentChildren
  /** At most three deeds, the rest in a menu. */
  readonly children?: ComponentChildren
}

/** The head of a page: its title, its state, its deeds. */
export function PageHead({ title, state, children }: PageHeadProps): VNode {
  return (
    <header class="page-head">
      <h1 dir="auto">{title}</h1>
      {state}
      {children !== undefined && <div class="page-deeds">{children}</div>}
    </header>
  )
}

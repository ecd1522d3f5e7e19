import type { ComponentChildren, VNode } from 'preact'
import { useId } from 'preact/hooks'
import './figures.css'

interface PanelProps {
  readonly title: string
  /** Said beside the title. */
  readonly more?: ComponentChildren
  /** A deed at the end of its head. */
  readonly deed?: ComponentChildren
  readonly children: ComponentChildren
  readonly class?: string
}

/** A part of a page with its name. */
export function Panel({ title, more, deed, children, class: own = '' }: PanelProps): VNode {
  const name = useId()
  return (
    <section class={`panel ${own}`} aria-labelledby={name}>
      <h2>
        <b id={name}>{title}</b>
        {more !== undefined && <span>{more}</span>}
        {deed}
      </h2>
      {children}
    </section>
  )
}

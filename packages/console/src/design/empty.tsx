import type { ComponentChildren, VNode } from 'preact'
import './said.css'

interface EmptyProps {
  /** Why there is nothing. */
  readonly title: string
  /** What to do about it. */
  readonly children?: ComponentChildren
}

/** Why there is nothing here, and what to do. */
export function Empty({ title, children }: EmptyProps): VNode {
  return (
    <div class="nothing-here">
      <p class="nothing-title">{title}</p>
      {typeof children === 'string' ? <p>{children}</p> : children}
    </div>
  )
}

import type { ComponentChildren, VNode } from 'preact'

interface ScrollsProps {
  readonly label: string
  readonly class?: string
  readonly children: ComponentChildren
}

/** Something that may be wider than the page: it scrolls alone, by keyboard too. */
export function Scrolls({ label, class: more = '', children }: ScrollsProps): VNode {
  return (
    // biome-ignore lint/a11y/useSemanticElements: it is no set of fields
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard
    <div class={`scroll ${more}`} role="group" tabIndex={0} aria-label={label}>
      {children}
    </div>
  )
}

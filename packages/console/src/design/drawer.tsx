import type { ComponentChildren, VNode } from 'preact'
import { useId, useLayoutEffect, useRef } from 'preact/hooks'
import './drawer.css'
import { Icon } from './icon.tsx'

interface DrawerProps {
  readonly title: ComponentChildren
  readonly onClose: () => void
  readonly children: ComponentChildren
  /** Deeds at its foot, always in sight. */
  readonly foot?: ComponentChildren
  /** What it is of: another subject is read out anew. */
  readonly of: string
}

/** What is known of one thing, beside the list it was opened from. Focus goes in, `Esc` closes it, and focus goes back. */
export function Drawer({ title, onClose, children, foot, of }: DrawerProps): VNode {
  const heading = useRef<HTMLHeadingElement>(null)
  const drawer = useRef<HTMLElement>(null)
  const close = useRef(onClose)
  close.current = onClose
  const name = useId()
  useLayoutEffect(() => {
    const before = document.activeElement
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || event.defaultPrevented || event.isComposing) return
      if (document.querySelector('dialog[open], [role="menu"], [role="listbox"]:not([hidden])') !== null)
        return
      event.preventDefault()
      close.current()
    }
    addEventListener('keydown', onKey)
    return () => {
      removeEventListener('keydown', onKey)
      const isInside = drawer.current?.contains(document.activeElement) ?? false
      if ((isInside || document.activeElement === document.body) && before instanceof HTMLElement)
        if (before.isConnected) before.focus({ preventScroll: true })
    }
  }, [])
  useLayoutEffect(() => heading.current?.focus({ preventScroll: true }), [of])
  return (
    <section class="drawer" ref={drawer} aria-labelledby={name}>
      <header>
        <h2 id={name} ref={heading} tabIndex={-1}>
          {title}
        </h2>
        <button type="button" class="button quiet" onClick={onClose} aria-label="Close" title="Close (Esc)">
          <Icon name="close" />
        </button>
      </header>
      {/* biome-ignore lint/a11y/useSemanticElements: it is no set of fields */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard */}
      <div class="drawer-body" tabIndex={0} role="group" aria-labelledby={name}>
        {children}
      </div>
      {foot !== undefined && <footer class="deeds">{foot}</footer>}
    </section>
  )
}

import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import { Key } from './button.tsx'
import { Icon, type IconName } from './icon.tsx'
import './menu.css'

/** A deed of a menu. */
export interface MenuDeed {
  readonly title: string
  readonly act: () => void
  readonly icon?: IconName
  readonly keyName?: string
  readonly isDanger?: boolean
  /** Why it cannot be done now. */
  readonly isOff?: boolean
}

/** Further deeds behind one button: arrows move, `Esc` closes, and the focus goes back to the button. */
export function Menu({
  label = 'More',
  icon,
  deeds,
}: {
  readonly label?: string
  /** Stands before the label, which is in sight then. */
  readonly icon?: IconName
  readonly deeds: readonly MenuDeed[]
}): VNode {
  const isOpen = useSignal(false)
  const button = useRef<HTMLButtonElement>(null)
  const list = useRef<HTMLDivElement>(null)
  const name = useId()
  const items = (): HTMLElement[] =>
    Array.from(list.current?.querySelectorAll<HTMLElement>('[role="menuitem"]') ?? [])
  useEffect(() => {
    if (!isOpen.value) return
    items()[0]?.focus()
    const onPointer = ({ target }: Event): void => {
      if (target instanceof Node && !list.current?.contains(target) && !button.current?.contains(target))
        isOpen.value = false
    }
    addEventListener('pointerdown', onPointer)
    return () => removeEventListener('pointerdown', onPointer)
  }, [isOpen.value])
  const close = (): void => {
    isOpen.value = false
    button.current?.focus()
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const all = items()
    const at = all.indexOf(document.activeElement as HTMLElement)
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key]
    if (to !== undefined) all[(to + all.length) % all.length]?.focus()
    else if (event.key === 'Escape' || event.key === 'Tab') close()
    else return
    event.stopPropagation()
    if (event.key !== 'Tab') event.preventDefault()
  }
  return (
    <div class="menu">
      <button
        ref={button}
        type="button"
        class="button quiet"
        aria-haspopup="menu"
        aria-expanded={isOpen.value}
        aria-controls={isOpen.value ? name : undefined}
        aria-label={label}
        title={label}
        onClick={() => (isOpen.value = !isOpen.value)}
      >
        <Icon name={icon ?? 'more'} />
        {icon && <span>{label}</span>}
      </button>
      {isOpen.value && (
        <div
          ref={list}
          id={name}
          class="menu-list"
          role="menu"
          aria-label={label}
          tabIndex={-1}
          onKeyDown={onKeyDown}
        >
          {deeds.map(({ title, act, icon, keyName, isDanger, isOff }) => (
            <button
              key={title}
              type="button"
              role="menuitem"
              tabIndex={-1}
              class={isDanger ? 'danger' : ''}
              aria-disabled={isOff}
              onClick={() => {
                if (isOff) return
                close()
                act()
              }}
            >
              {icon && <Icon name={icon} />}
              <span>{title}</span>
              {keyName !== undefined && <Key name={keyName} />}
            </button>
          ))}
        </div>
      )}
    </div>
  )
}

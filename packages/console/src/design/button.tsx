import type { ComponentChildren, VNode } from 'preact'
import './button.css'
import { Icon, type IconName } from './icon.tsx'

interface ButtonProps {
  readonly children: ComponentChildren
  readonly onClick: () => void
  readonly kind?: 'primary' | 'quiet' | 'plain' | 'danger'
  readonly icon?: IconName
  /** The key that does the same, drawn beside the words; empty: the person has none. */
  readonly keyName?: string | undefined
  readonly disabled?: boolean
  readonly pressed?: boolean | undefined
}

/** A button whose words say its deed. */
export function Button({
  children,
  onClick,
  kind = 'plain',
  icon,
  keyName,
  disabled,
  pressed,
}: ButtonProps): VNode {
  return (
    <button
      type="button"
      class={`button ${kind}`}
      onClick={onClick}
      disabled={disabled}
      aria-pressed={pressed}
      aria-keyshortcuts={keyName || undefined}
    >
      {icon && <Icon name={icon} />}
      <span>{children}</span>
      {keyName !== undefined && <Key name={keyName} />}
    </button>
  )
}

/** A key as it is drawn; what it does is read out by `aria-keyshortcuts`. */
export function Key({ name }: { readonly name: string }): VNode | null {
  if (name === '') return null
  return (
    <span class="key" aria-hidden="true">
      <kbd>{name}</kbd>
    </span>
  )
}

import type { ComponentChildren, VNode } from 'preact'

interface OptionButtonProps {
  readonly children: ComponentChildren
  readonly onChoose: () => void
  /** The key that does the same. */
  readonly keyName?: string | null | undefined
  /** Whether it is chosen; undefined for what is not chosen but put somewhere. */
  readonly pressed?: boolean
  readonly label?: string | undefined
  readonly title?: string | undefined
}

/** Something to choose. A pointer leaves the focus with the question, so that `Enter` goes on. */
export function OptionButton({
  children,
  onChoose,
  keyName,
  pressed,
  label,
  title,
}: OptionButtonProps): VNode {
  return (
    <button
      type="button"
      class="option"
      aria-pressed={pressed}
      aria-keyshortcuts={keyName ?? undefined}
      aria-label={label}
      title={title}
      onClick={(event) => {
        if (event.detail > 0)
          event.currentTarget.closest<HTMLElement>('fieldset')?.focus({ preventScroll: true })
        onChoose()
      }}
    >
      {children}
    </button>
  )
}

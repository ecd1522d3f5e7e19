import type { ComponentChildren, VNode } from 'preact'
import { useId, useLayoutEffect, useRef } from 'preact/hooks'
import './dialog.css'
import { Icon } from './icon.tsx'

interface DialogProps {
  readonly title: string
  readonly children: ComponentChildren
  /** Missing: it can only be answered, not left. */
  readonly onClose?: (() => void) | undefined
}

/** A dialog over the page, which stays readable. Focus goes in, and back to where it was. */
export function Dialog({ title, children, onClose }: DialogProps): VNode {
  const dialog = useRef<HTMLDialogElement>(null)
  const name = useId()
  // With what it holds: a key that comes before the next frame is the dialog’s.
  useLayoutEffect(() => {
    const shown = dialog.current
    shown?.showModal()
    // Closing gives the focus back. Before that nothing behind the dialog takes it, and taking the element away gives it to nobody.
    return () => shown?.close()
  }, [])
  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-labelledby={name}
      onCancel={(event) => {
        event.preventDefault()
        onClose?.()
      }}
    >
      <header>
        <h2 id={name}>{title}</h2>
        {onClose && (
          <button type="button" class="button quiet" onClick={onClose} aria-label="Close" title="Close">
            <Icon name="close" />
          </button>
        )}
      </header>
      <div class="dialog-body">{children}</div>
    </dialog>
  )
}

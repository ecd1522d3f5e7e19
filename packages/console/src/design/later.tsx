import { signal, useSignal } from '@preact/signals'
import type { ComponentType, VNode } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { Dialog } from './dialog.tsx'
import { NOT_LOADED } from './words.ts'

/** A part of the page that is loaded when it is first shown; one that could not be had is tried again the next time. */
export function later<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): (props: Props) => VNode | null {
  const loaded = signal<ComponentType<Props> | undefined>(undefined)
  let isLoading = false
  return (props) => {
    const Part = loaded.value
    if (Part !== undefined) return <Part {...props} />
    if (!isLoading) {
      isLoading = true
      load().then(
        (part) => {
          loaded.value = part
        },
        () => {
          isLoading = false
        },
      )
    }
    return null
  }
}

interface Leavable {
  readonly onClose: () => void
}

/**
 * The same of what opens over the page and takes its keys. While it is on its way `Escape` leaves it, and other keys do nothing to the page
 * that it is about to cover. If it cannot be had, a dialog says so.
 */
export function laterOver<Props extends Leavable>(
  load: () => Promise<ComponentType<Props>>,
): (props: Props) => VNode {
  const loaded = signal<ComponentType<Props> | undefined>(undefined)
  const fetch = async (): Promise<void> => {
    loaded.value = await load()
  }
  return (props) => {
    const Part = loaded.value
    return Part === undefined ? <OnItsWay load={fetch} onClose={props.onClose} /> : <Part {...props} />
  }
}

function OnItsWay({ load, onClose }: Leavable & { readonly load: () => Promise<void> }): VNode {
  const hasFailed = useSignal(false)
  const leave = useRef(onClose)
  leave.current = onClose
  useLayoutEffect(() => {
    load().catch(() => {
      hasFailed.value = true
    })
    const onKey = (event: KeyboardEvent): void => {
      if (hasFailed.peek()) return
      event.stopImmediatePropagation()
      // With ctrl and the like it is the browser's own.
      if (event.ctrlKey || event.metaKey || event.altKey) return
      if (event.key.length === 1 || event.key === 'Enter' || event.key === 'Escape') event.preventDefault()
      if (event.key === 'Escape') leave.current()
    }
    addEventListener('keydown', onKey, { capture: true })
    return () => removeEventListener('keydown', onKey, { capture: true })
  }, [])
  if (!hasFailed.value) return <span hidden data-coming />
  return (
    <Dialog title={NOT_LOADED.title} onClose={onClose}>
      <p>{NOT_LOADED.more}</p>
    </Dialog>
  )
}

import { signal } from '@preact/signals'
import type { ComponentType, VNode } from 'preact'

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

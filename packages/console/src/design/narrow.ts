import { type ReadonlySignal, signal } from '@preact/signals'

const query = globalThis.matchMedia?.('(width <= 640px)')
const now = signal(query?.matches ?? false)
query?.addEventListener('change', ({ matches }) => {
  now.value = matches
})

/** Whether the window is as narrow as a phone’s. */
export const isNarrow: ReadonlySignal<boolean> = now

import { type ReadonlySignal, useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import { duration, fullTime, SHORT_LEASE_MS } from '../design/time.ts'

const LOOK_MS = 10_000

/** How long the item is still theirs, once that is short. */
export function Lease({ expiresAt }: { readonly expiresAt: ReadonlySignal<string | null> }): VNode | null {
  const now = useSignal(Date.now())
  useEffect(() => {
    const timer = setInterval(() => {
      now.value = Date.now()
    }, LOOK_MS)
    return () => clearInterval(timer)
  }, [])
  if (expiresAt.value === null) return null
  const end = new Date(expiresAt.value)
  const left = end.getTime() - now.value
  if (left > SHORT_LEASE_MS || left < 0) return null
  return (
    <span class="lease" title={fullTime(end)}>
      yours for {duration(left)}
    </span>
  )
}

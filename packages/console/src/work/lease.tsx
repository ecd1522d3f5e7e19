import { type ReadonlySignal, useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import { duration, fullTime } from '../design/time.ts'

/** The last minutes of a lease are said in words. */
const SAID_MS = 300_000
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
  if (left > SAID_MS || left < 0) return null
  return (
    <span class="lease" title={fullTime(end)}>
      yours for {duration(left)}
    </span>
  )
}

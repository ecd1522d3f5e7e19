import type { VNode } from 'preact'
import { useNow } from './clock.ts'
import { ago, fullTime } from './time.ts'

/** A time as it lies before or after now, with the instant as its title; a dash if there is none. */
export function Ago({ at }: { readonly at: string | null | undefined }): VNode {
  const now = useNow()
  if (at === null || at === undefined) return <span>–</span>
  const then = new Date(at)
  return (
    <time dateTime={at} title={fullTime(then)}>
      {ago(then, now)}
    </time>
  )
}

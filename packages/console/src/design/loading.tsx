import type { VNode } from 'preact'
import './said.css'

/** Bars where rows or lines will stand, from 150 ms on. */
export function Loading({ rows = 6 }: { readonly rows?: number }): VNode {
  return (
    <div class="loading" aria-busy="true">
      {Array.from({ length: rows }, (_, place) => (
        <i key={place} />
      ))}
    </div>
  )
}

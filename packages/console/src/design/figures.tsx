import type { ComponentChildren, VNode } from 'preact'
import './figures.css'
import type { Tone } from './state.tsx'

/** A figure, its unit beside it, and what it is. */
export interface Figure {
  readonly title: string
  readonly value: ComponentChildren
  readonly more?: ComponentChildren
  readonly tone?: Tone | undefined
}

/** The figures that matter most, in a row. */
export function Figures({ figures }: { readonly figures: readonly Figure[] }): VNode {
  return (
    <dl class="key-figures">
      {figures.map(({ title, value, more, tone }) => (
        <div key={title}>
          <dt>{title}</dt>
          <dd class={tone === undefined ? '' : `tone-${tone}`}>
            {value} {more !== undefined && <small>{more}</small>}
          </dd>
        </div>
      ))}
    </dl>
  )
}

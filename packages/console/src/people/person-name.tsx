import type { VNode } from 'preact'
import { initials } from '../design/initials.ts'
import type { Person } from './data.ts'
import { WORDS } from './words.ts'

/** Somebody by name, with what a stand-in is called wherever one appears. */
export function PersonName({ person }: { readonly person: Person }): VNode {
  return (
    <span class="person-name">
      <span class={person.present ? 'avatar' : 'avatar gone'} aria-hidden="true">
        {initials(person.displayName)}
      </span>
      <b dir="auto">{person.displayName}</b>
      {person.scripted && <span class="tag">{WORDS.scripted}</span>}
      {person.present && (
        <span class="person-here">
          <span class="dot" /> {WORDS.here}
        </span>
      )}
    </span>
  )
}

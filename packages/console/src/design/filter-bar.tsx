import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useId, useRef } from 'preact/hooks'
import './filter-bar.css'
import { type FilterField, filterOf, type Suggestion, suggestionsFor } from './filters.ts'
import { Icon } from './icon.tsx'

interface FilterBarProps {
  /** What is searched. */
  readonly label: string
  readonly fields: readonly FilterField[]
  /** The filters that hold, by name. */
  readonly filters: Readonly<Record<string, string | undefined>>
  /** The name that free text sets; without it free text is no filter. */
  readonly free?: string
  /** What free text means. */
  readonly placeholder?: string
  /** One filter is set, or taken away. */
  readonly onChange: (name: string, value: string | undefined) => void
}

/** Filters with names, completed as one types: `/` leads here, `Enter` takes, Backspace in an empty field takes the last away. */
export function FilterBar(props: FilterBarProps): VNode {
  const { label, fields, filters, free, placeholder, onChange } = props
  const text = useSignal('')
  const at = useSignal(-1)
  const isOpen = useSignal(false)
  const field = useRef<HTMLInputElement>(null)
  const name = useId()
  const set = [...fields.map((each) => each.name), ...(free === undefined ? [] : [free])].flatMap((each) => {
    const value = filters[each]
    return value === undefined ? [] : [{ name: each, value }]
  })
  const open = fields.filter((each) => filters[each.name] === undefined)
  const found = isOpen.value ? suggestionsFor(open, text.value) : []
  const write = (next: string): void => {
    text.value = next
    at.value = -1
  }
  const take = (suggestion: Suggestion): void => {
    if (suggestion.sets) {
      onChange(suggestion.sets.name, suggestion.sets.value)
      write('')
    } else write(suggestion.text)
    field.current?.focus()
  }
  const commit = (): void => {
    const typed = text.peek().trim()
    const filter = filterOf(fields, typed)
    if (filter) onChange(filter.name, filter.value)
    else if (free !== undefined && typed !== '') onChange(free, typed)
    else return
    write('')
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.isComposing) return
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    const chosen = found[at.peek()]
    if (by !== undefined && found.length > 0)
      at.value = at.peek() < 0 && by < 0 ? found.length - 1 : (at.peek() + by + found.length) % found.length
    else if (event.key === 'Enter' && chosen) take(chosen)
    else if (event.key === 'Enter') commit()
    else if (event.key === 'Escape') {
      if (found.length > 0 && at.peek() >= 0) at.value = -1
      else field.current?.blur()
    } else if (event.key === 'Backspace' && text.peek() === '' && set.length > 0)
      onChange(set.at(-1)?.name ?? '', undefined)
    else return
    event.preventDefault()
  }
  return (
    <search class="filter-bar" aria-label={label}>
      <Icon name="search" />
      {set.map((filter) => (
        <span key={filter.name} class="token">
          <b>{filter.name}</b>
          <span dir="auto">{filter.value}</span>
          <button
            type="button"
            aria-label={`Take away ${filter.name}: ${filter.value}`}
            title="Take away"
            onClick={() => onChange(filter.name, undefined)}
          >
            <Icon name="close" />
          </button>
        </span>
      ))}
      <div class="filter-typing">
        <input
          ref={field}
          data-search
          type="text"
          role="combobox"
          aria-label={label}
          aria-expanded={found.length > 0}
          aria-controls={name}
          aria-autocomplete="list"
          aria-activedescendant={at.value < 0 ? undefined : `${name}-${at.value}`}
          autocomplete="off"
          spellcheck={false}
          placeholder={set.length === 0 ? placeholder : undefined}
          value={text.value}
          onInput={({ currentTarget: { value } }) => write(value)}
          onFocus={() => (isOpen.value = true)}
          onBlur={() => (isOpen.value = false)}
          onKeyDown={onKeyDown}
        />
        <div id={name} class="filter-list" role="listbox" aria-label={label} hidden={found.length === 0}>
          {found.map((suggestion, place) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys
            // biome-ignore lint/a11y/useFocusableInteractive: the field has the focus, and says which one is active
            <div
              key={suggestion.text}
              id={`${name}-${place}`}
              role="option"
              aria-selected={place === at.value}
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => take(suggestion)}
            >
              <span dir="auto">{suggestion.text}</span>
              <small>{suggestion.more}</small>
            </div>
          ))}
        </div>
      </div>
    </search>
  )
}

import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import './json-view.css'

/** Deepest level that is open at first. */
const OPEN_BELOW = 2
/** Members that are drawn before a click asks for the rest. */
const MANY = 200

interface JsonProps {
  readonly value: unknown
  readonly depth?: number
  readonly name?: string
}

/** JSON as it is, folded below the second level; what is folded is not drawn. */
export function JsonView({ value, depth = 0, name }: JsonProps): VNode {
  const label = name === undefined ? null : <span class="json-name">{name}: </span>
  const entries = membersOf(value)
  if (entries === undefined)
    return (
      <div class="json-leaf">
        {label}
        <Leaf value={value} />
      </div>
    )
  return <Branch value={value} entries={entries} depth={depth} label={label} />
}

interface BranchProps {
  readonly value: unknown
  readonly entries: readonly (readonly [string, unknown])[]
  readonly depth: number
  readonly label: VNode | null
}

function Branch({ value, entries, depth, label }: BranchProps): VNode {
  const [open, setOpen] = useState(depth < OPEN_BELOW)
  const [all, setAll] = useState(false)
  const isList = Array.isArray(value)
  const shown = all ? entries : entries.slice(0, MANY)
  const count = `${entries.length} ${isList ? 'item' : 'member'}${entries.length === 1 ? '' : 's'}`
  return (
    <details class="json" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {label}
        <span class="json-count">{isList ? `[ ${count} ]` : `{ ${count} }`}</span>
      </summary>
      {open && (
        <div class="json-members">
          {shown.map(([key, member]) => (
            <JsonView key={key} name={key} value={member} depth={depth + 1} />
          ))}
          {shown.length < entries.length && (
            <button type="button" class="button quiet" onClick={() => setAll(true)}>
              Show the other {entries.length - shown.length}
            </button>
          )}
        </div>
      )}
    </details>
  )
}

function Leaf({ value }: { readonly value: unknown }): VNode {
  if (typeof value === 'string')
    return (
      <span class="json-text" dir="auto">
        {JSON.stringify(value)}
      </span>
    )
  return <span class="json-value">{JSON.stringify(value) ?? 'nothing'}</span>
}

/** The members of an object or a list; undefined for what has none to show, such as a number kept digit by digit. */
function membersOf(value: unknown): (readonly [string, unknown])[] | undefined {
  if (typeof value !== 'object' || value === null || 'rawJSON' in value) return undefined
  const entries = Object.entries(value)
  return entries.length === 0 ? undefined : entries
}

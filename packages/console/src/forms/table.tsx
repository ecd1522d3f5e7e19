import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { Scrolls } from '../design/scrolls.tsx'
import { valueAt } from './pointer.ts'

/** Rows that are drawn before a click asks for more. */
const MANY = 200

interface TableProps {
  readonly rows: readonly unknown[]
  readonly columns: readonly { readonly at: string; readonly title: string }[] | undefined
}

/** Rows of objects or lists. */
export function Table({ rows, columns }: TableProps): VNode {
  const [most, setMost] = useState(MANY)
  const shown = columns ?? columnsOf(rows[0])
  return (
    <Scrolls label="Table">
      <table class="rows">
        <thead>
          <tr>
            {shown.map(({ title }) => (
              <th scope="col" dir="auto">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, most).map((row) => (
            <tr>
              {shown.map(({ at }) => (
                <td dir="auto">{cell(valueAt(row, at))}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > most && (
        <button type="button" class="button quiet" onClick={() => setMost(most + MANY * 5)}>
          Show more of {rows.length} rows
        </button>
      )}
    </Scrolls>
  )
}

function columnsOf(row: unknown): { at: string; title: string }[] {
  if (typeof row !== 'object' || row === null) return [{ at: '', title: 'Value' }]
  const isList = Array.isArray(row)
  return Object.keys(row).map((key) => ({
    at: `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`,
    title: isList ? String(Number(key) + 1) : key,
  }))
}

const cell = (value: unknown): string =>
  value === undefined || value === null ? '–' : typeof value === 'string' ? value : JSON.stringify(value)

import type { VNode } from 'preact'
import { Scrolls } from './scrolls.tsx'
import type { Column } from './table.tsx'
import './table.css'

interface PlainTableProps<Row> {
  /** What the table shows, for those who do not see where it stands. */
  readonly label: string
  readonly columns: readonly Omit<Column<Row>, 'track'>[]
  readonly rows: readonly Row[]
  readonly keyOf: (row: Row) => string
}

/** A column of figures. */
export function figures<Row>(id: string, title: string, draw: (row: Row) => string) {
  return { id, title, isFigure: true, draw }
}

/** A table of few rows; the first column names the row. */
export function PlainTable<Row>({ label, columns, rows, keyOf }: PlainTableProps<Row>): VNode {
  return (
    <Scrolls label={label}>
      <table class="plain-table">
        <thead>
          <tr>
            {columns.map(({ id, title, isFigure }) => (
              <th key={id} scope="col" class={isFigure ? 'figure' : ''}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map(({ id, draw, isFigure }, place) =>
                place === 0 ? (
                  <th key={id} scope="row">
                    {draw(row)}
                  </th>
                ) : (
                  <td key={id} class={isFigure ? 'figure' : ''}>
                    {draw(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </Scrolls>
  )
}

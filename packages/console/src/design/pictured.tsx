import { useSignal } from '@preact/signals'
import type { ComponentChildren, ComponentProps, VNode } from 'preact'
import { Button } from './button.tsx'
import { Panel } from './panel.tsx'
import { PlainTable } from './plain-table.tsx'

interface PicturedProps<Row> {
  readonly title: string
  /** Said beside the title. */
  readonly more?: ComponentChildren
  /** The same numbers. */
  readonly table: Omit<ComponentProps<typeof PlainTable<Row>>, 'label'>
  /** How it is read. */
  readonly note: ComponentChildren
  /** The picture. */
  readonly children: ComponentChildren
}

/** A picture with its name, and the same as a table on demand. */
export function Pictured<Row>({ title, more, table, note, children }: PicturedProps<Row>): VNode {
  const isTable = useSignal(false)
  return (
    <Panel
      title={title}
      more={more}
      deed={
        <Button kind="quiet" pressed={isTable.value} onClick={() => (isTable.value = !isTable.value)}>
          As a table
        </Button>
      }
    >
      {isTable.value ? <PlainTable label={title} {...table} /> : children}
      <p class="panel-body panel-note">{note}</p>
    </Panel>
  )
}

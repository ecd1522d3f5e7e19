import type { ComponentProps, VNode } from 'preact'
import { useEffect, useMemo } from 'preact/hooks'
import { Button } from '../design/button.tsx'
import { Loading } from '../design/loading.tsx'
import { DataTable } from '../design/table.tsx'
import { figure } from '../design/time.ts'
import { Trouble } from '../design/trouble.tsx'
import { ListWindow } from './list-window.ts'

/** A window on a list, for as long as a component is there. */
export function useListWindow<Row>(
  read: ConstructorParameters<typeof ListWindow<Row>>[0]['read'],
  keyOf: (row: Row) => string,
): ListWindow<Row> {
  const list = useMemo(() => new ListWindow<Row>({ read, keyOf }), [])
  useEffect(() => () => list.stop(), [])
  return list
}

type Table<Row> = Omit<ComponentProps<typeof DataTable<Row>>, 'at' | 'onAt' | 'onNear'>

interface ListedProps<Row> extends Table<Row> {
  readonly list: Pick<
    ListWindow<unknown>,
    'at' | 'isDimmed' | 'near' | 'open' | 'problem' | 'state' | 'waiting'
  >
  /** Stands behind the number of new rows. */
  readonly fresh?: string
  /** Stands where rows would, if there is none. */
  readonly empty: VNode
}

/** What a window holds: its rows, those that wait to be asked for, and why there is none. */
export function Listed<Row>({ list, fresh = 'new', empty, ...table }: ListedProps<Row>): VNode {
  const { at, problem, state, waiting } = list
  const again = (): void => void list.open()
  return (
    <>
      {waiting > 0 && (
        <Button kind="quiet" onClick={again}>
          {`${figure(waiting)} ${fresh}`}
        </Button>
      )}
      {problem.value !== undefined && <Trouble problem={problem.value} onAgain={again} />}
      {state.value === 'loading' && <Loading rows={8} />}
      {state.value === 'ready' &&
        (table.rows.length === 0 ? (
          empty
        ) : (
          <DataTable<Row>
            isDimmed={(row) => list.isDimmed(table.keyOf(row))}
            {...table}
            at={at.value}
            onAt={(id) => (at.value = id)}
            onNear={(end) => void list.near(end)}
          />
        ))}
    </>
  )
}

import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import { CallError, call, type Problem } from '../api/call.ts'
import { Button } from '../design/button.tsx'
import { Empty } from '../design/empty.tsx'
import { Panel } from '../design/panel.tsx'
import { PlainTable } from '../design/plain-table.tsx'
import { lookOf, State } from '../design/state.tsx'
import type { Column } from '../design/table.tsx'
import { Trouble } from '../design/trouble.tsx'
import type { User } from './data.ts'
import { WORDS } from './words.ts'

const PAGE = 20

const COLUMNS: readonly Omit<Column<User>, 'track'>[] = [
  {
    id: 'name',
    title: 'Name',
    draw: ({ displayName, scripted, imported }) => (
      <>
        <bdi>{displayName}</bdi> {scripted && <span class="tag">scripted</span>}
        {imported && <span class="tag">imported</span>}
      </>
    ),
  },
  { id: 'role', title: 'Role', draw: ({ role }) => role },
  { id: 'state', title: 'State', draw: ({ status }) => <State look={lookOf('person', status)} /> },
]

/** Everybody in the directory, a page after the other. */
export function Users(): VNode {
  const users = useSignal<readonly User[]>([])
  const next = useSignal<string | null | undefined>(undefined)
  const problem = useSignal<Problem | undefined>(undefined)
  const more = async (): Promise<void> => {
    problem.value = undefined
    try {
      const cursor = next.peek()
      const page = await call('GET /users', {
        query: { limit: PAGE, ...(typeof cursor === 'string' && { cursor }) },
      })
      users.value = [...users.peek(), ...page.items]
      next.value = page.nextCursor
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      problem.value = error.problem
    }
  }
  useEffect(() => void more(), [])
  return (
    <Panel title={WORDS.users}>
      {users.value.length > 0 && (
        <PlainTable label={WORDS.users} columns={COLUMNS} rows={users.value} keyOf={({ userId }) => userId} />
      )}
      {next.value === null && users.value.length === 0 && <Empty title={WORDS.usersNone} />}
      {problem.value !== undefined && <Trouble problem={problem.value} onAgain={() => void more()} />}
      {typeof next.value === 'string' && (
        <div class="panel-body deeds">
          <Button kind="quiet" onClick={() => void more()}>
            {WORDS.usersMore}
          </Button>
        </div>
      )}
    </Panel>
  )
}

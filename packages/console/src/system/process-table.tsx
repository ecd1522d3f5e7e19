import type { VNode } from 'preact'
import { Ago } from '../design/ago.tsx'
import { Empty } from '../design/empty.tsx'
import { Panel } from '../design/panel.tsx'
import { PlainTable } from '../design/plain-table.tsx'
import { State } from '../design/state.tsx'
import type { Column } from '../design/table.tsx'
import { figure } from '../design/time.ts'
import { loadWords, type Process, shortDuration } from './data.ts'
import { ROLES, WORDS } from './words.ts'

const COLUMNS: readonly Omit<Column<Process>, 'track'>[] = [
  {
    id: 'process',
    title: 'Process',
    draw: ({ host, pid, processId }) => (
      <span title={processId}>
        <bdi>{host}</bdi> <span class="quiet">{pid}</span>
      </span>
    ),
  },
  {
    id: 'state',
    title: 'State',
    draw: ({ silentSince, seenAt }) =>
      silentSince === null ? (
        <State look={{ shape: 'check', word: WORDS.alive, tone: 'done' }} />
      ) : (
        <>
          <State look={{ shape: 'cross', word: WORDS.silent, tone: 'failed' }} />{' '}
          <small class="quiet">
            heard <Ago at={seenAt} />
          </small>
        </>
      ),
  },
  {
    id: 'roles',
    title: 'Roles',
    draw: ({ roles }) => roles.map((role) => ROLES[role] ?? role).join(', '),
  },
  { id: 'since', title: 'Since', draw: ({ since }) => <Ago at={since} /> },
  {
    id: 'work',
    title: 'At work',
    isFigure: true,
    draw: ({ slots, active }) => (slots === 0 ? '–' : `${figure(active)} of ${figure(slots)}`),
  },
  { id: 'types', title: 'By type', draw: loadWords },
  {
    id: 'lag',
    title: 'Lag p99',
    isFigure: true,
    draw: ({ lagP99Ms }) => shortDuration(lagP99Ms),
  },
  { id: 'version', title: 'Version', draw: ({ version }) => version },
]

/** The processes that there are, and those that fell silent. */
export function ProcessTable({ processes }: { readonly processes: readonly Process[] }): VNode {
  return (
    <Panel title={WORDS.processes} more={figure(processes.length)} class="wide">
      {processes.length === 0 ? (
        <Empty title={WORDS.processesNone} />
      ) : (
        <PlainTable
          label={WORDS.processes}
          columns={COLUMNS}
          rows={processes}
          keyOf={({ processId }) => processId}
        />
      )}
    </Panel>
  )
}

import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import { me } from '../api/session.ts'
import { Ago } from '../design/ago.tsx'
import { Button } from '../design/button.tsx'
import { Empty } from '../design/empty.tsx'
import { FilterBar } from '../design/filter-bar.tsx'
import { PageHead } from '../design/page-head.tsx'
import type { Column } from '../design/table.tsx'
import { clockTime, figure } from '../design/time.ts'
import type { WireEvent } from '../feed/follow.ts'
import { held, toggleHold } from '../feed/hold.ts'
import { Listed, useListWindow } from '../feed/listed.tsx'
import { useLive } from '../feed/live.ts'
import { projectInSight } from '../feed/projects.ts'
import { useReading } from '../feed/reading.ts'
import { type NameOf, type Told, type ToldFact, told } from '../feed/told.ts'
import { keyOf } from '../keys/bindings.ts'
import { become, changed, go, hrefOf, route } from '../route/route.ts'
import './activity.css'
import {
  type ActivityFilters,
  folded,
  KINDS,
  type Line,
  matches,
  nameIn,
  namesOf,
  readFacts,
  subjectsOf,
  withGaps,
} from './data.ts'
import { WORDS } from './words.ts'

/** What happened in a project, in words. */
export function Page(): VNode {
  const projectId = projectInSight.value
  if (projectId === undefined) return <main class="page-list activity" tabIndex={-1} />
  return <Activity key={projectId} projectId={projectId} />
}

function Activity({ projectId }: { readonly projectId: string }): VNode {
  const { kind, person, run, task } = route.value
  const filters = { kind, person, run, task }
  const names = useReading(() => namesOf(projectId))
  useEffect(() => void names.again(), [])
  const nameOf = nameIn(names.value.value ?? new Map())
  const people = Array.from(names.value.value ?? [])
  const idOf = (called: string): string | undefined => people.find(([, name]) => name === called)?.[0]
  return (
    <main class="page-list activity" tabIndex={-1}>
      <PageHead title={WORDS.title}>
        <Button icon="hold" keyName={keyOf('hold')} pressed={held.value !== undefined} onClick={toggleHold}>
          {held.value === undefined ? WORDS.hold : WORDS.goOn}
        </Button>
      </PageHead>
      <FilterBar
        label={WORDS.search}
        placeholder={WORDS.searchHint}
        fields={[
          { name: 'kind', title: 'What it is about', values: Object.keys(KINDS), isClosed: true },
          { name: 'person', title: 'Whom it names', values: people.map(([, name]) => name), isClosed: true },
          { name: 'run', title: 'A run, by id' },
          { name: 'task', title: 'A task, by id' },
        ]}
        filters={{ ...filters, person: person && (nameOf(person) ?? person) }}
        onChange={(name, value) =>
          become(changed({ [name]: name === 'person' && value !== undefined ? idOf(value) : value }))
        }
      />
      <Facts key={JSON.stringify(filters)} projectId={projectId} filters={filters} nameOf={nameOf} />
    </main>
  )
}

interface FactsProps {
  readonly projectId: string
  readonly filters: ActivityFilters
  readonly nameOf: NameOf
}

function Facts({ projectId, filters, nameOf }: FactsProps): VNode {
  const list = useListWindow<ToldFact>(
    (cursor, limit) => readFacts(projectId, filters, cursor, limit),
    ({ seq }) => String(seq),
  )
  useLive(`${projectId} ${JSON.stringify(filters)}`, {
    channels: [`project:${projectId}`],
    read: () => list.open(),
    apply: (batch: readonly WireEvent[]) => {
      for (const event of batch) {
        if (typeof event.seq !== 'number') continue
        if (matches(event as unknown as ToldFact, filters)) list.arrive(String(event.seq))
      }
    },
  })
  const wordsOf = (fact: ToldFact): string => told(fact, nameOf).words
  const isNarrowed = Object.values(filters).some((value) => value !== undefined)
  const lines = folded(list.rows.value, wordsOf)
  const rows = isNarrowed ? lines : withGaps(lines)
  const toldOf = (line: Line): Told =>
    line.missing === undefined
      ? told(line.first, nameOf, subjectsOf(line))
      : { words: gapWords(line.missing), to: undefined }
  const columns: readonly Column<Line>[] = [
    {
      id: 'at',
      title: 'When',
      track: '92px',
      draw: ({ first, missing }) =>
        missing === undefined && (
          <time dateTime={first.occurredAt} title={first.occurredAt}>
            {clockTime(new Date(first.occurredAt))}
          </time>
        ),
    },
    {
      id: 'seq',
      title: 'Number',
      track: 'minmax(72px, 112px)',
      isFigure: true,
      draw: seqWords,
    },
    {
      id: 'words',
      title: 'What',
      track: 'minmax(240px, 4fr)',
      draw: (line) => <Words line={line} told={toldOf(line)} />,
    },
    {
      id: 'ago',
      title: 'Ago',
      track: '96px',
      draw: ({ first, missing }) => missing === undefined && <Ago at={first.occurredAt} />,
    },
  ]
  return (
    <>
      <Listed<Line>
        list={list}
        empty={<Empty title={WORDS.empty}>{WORDS.emptyMore}</Empty>}
        label={WORDS.title}
        columns={columns}
        rows={rows}
        leastWidth={560}
        keyOf={({ id }) => id}
        onOpen={(line) => {
          const { to } = toldOf(line)
          if (to !== undefined) go(to)
        }}
        narrow={(line) => (
          <>
            <span class="activity-words">
              <Words line={line} told={toldOf(line)} />
            </span>
            {line.missing === undefined && (
              <span class="quiet">
                {seqWords(line)} · <Ago at={line.first.occurredAt} />
              </span>
            )}
          </>
        )}
      />
      {list.isComplete.value && rows.length > 0 && (
        <p class="quiet activity-end">{isNarrowed ? WORDS.endFiltered : WORDS.end}</p>
      )}
    </>
  )
}

/** The number of a fact, or of the first and last of those that are folded. */
function seqWords({ first: { seq }, facts, missing }: Line): string {
  if (missing !== undefined) return ''
  const last = facts.at(-1)
  return facts.length < 2 || last === undefined ? figure(seq) : `${figure(last.seq)}–${figure(seq)}`
}

function gapWords(missing: number): string {
  return `${figure(missing)} ${me.value?.role === 'annotator' ? WORDS.gapPerson : WORDS.gapManager}`
}

function Words({ line, told: { words, to } }: { readonly line: Line; readonly told: Told }): VNode {
  const times = line.facts.length
  const said = times < 2 || subjectsOf(line) === times ? words : `${words} · ${figure(times)} times`
  return to === undefined ? (
    <span class={line.missing === undefined ? undefined : 'quiet'} dir="auto">
      {said}
    </span>
  ) : (
    <a href={hrefOf(to)} tabIndex={-1} dir="auto">
      {said}
    </a>
  )
}

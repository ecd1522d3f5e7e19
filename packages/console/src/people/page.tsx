import { useComputed, useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import { Button } from '../design/button.tsx'
import { Empty } from '../design/empty.tsx'
import { FilterBar } from '../design/filter-bar.tsx'
import { Loading } from '../design/loading.tsx'
import { PageHead } from '../design/page-head.tsx'
import { lookOf, State } from '../design/state.tsx'
import { type Column, DataTable } from '../design/table.tsx'
import { Tabs } from '../design/tabs.tsx'
import { duration, figure } from '../design/time.ts'
import { Trouble } from '../design/trouble.tsx'
import type { WireEvent } from '../feed/follow.ts'
import { present } from '../feed/follow.ts'
import { useLater, useLive } from '../feed/live.ts'
import { useReading } from '../feed/reading.ts'
import { become, changed, hrefOf, route } from '../route/route.ts'
import { AddMember } from './add-member.tsx'
import { Agreement } from './agreement.tsx'
import { matching, type Person, peopleOf, stateOf } from './data.ts'
import './people.css'
import { PersonDrawer } from './person-drawer.tsx'
import { PersonName } from './person-name.tsx'
import { qualityWords, skillsWords } from './telling.ts'
import { WORDS } from './words.ts'

/** Facts come many a second; what they change of people is read again this much later. */
const LATER_MS = 2_000

/** The members of a project: who is here, what they hold and do, and how good they are. */
export function Page(): VNode {
  const { project = '' } = route.value
  return <People key={project} projectId={project} />
}

function People({ projectId }: { readonly projectId: string }): VNode {
  const people = useReading(() => peopleOf(projectId))
  const isAdding = useSignal(false)
  const changes = useSignal(0)
  const again = async (): Promise<void> => {
    await people.again()
    changes.value += 1
  }
  const later = useLater(again, LATER_MS)
  useLive(projectId, {
    channels: [`project:${projectId}`],
    read: again,
    keyOf: ({ type, data }) =>
      type === 'presence_update' ? `presence ${String(data['userId'])}` : undefined,
    apply: (batch) => {
      const here = batch.filter(({ type }) => type === 'presence_update')
      const before = people.value.peek()
      if (before !== undefined && here.length > 0)
        people.put({ ...before, people: afterComing(before.people, here) })
      if (batch.some(({ type }) => /^(task_|person_)/.test(type))) later()
    },
  })
  useEffect(() => present(projectId), [projectId])
  const { item, show } = route.value
  const { value, problem } = people
  const everybody = useComputed(() => value.value?.people ?? [])
  const here = useComputed(() => everybody.value.filter((person) => person.present).length)
  return (
    <main class="page-list people" tabIndex={-1}>
      <PageHead
        title={WORDS.title}
        state={
          value.value !== undefined && (
            <p class="quiet">
              {figure(everybody.value.length)} · {figure(here.value)} {WORDS.here}
              {!value.value.isWhole && ` · ${WORDS.peopleFirst}`}
            </p>
          )
        }
      >
        <Button icon="add" onClick={() => (isAdding.value = true)}>
          {WORDS.add}
        </Button>
      </PageHead>
      <Tabs
        label="What is shown"
        now={show === 'agreement' ? 'agreement' : 'people'}
        tabs={[
          { id: 'people', title: WORDS.people, href: hrefOf(changed({ show: undefined })) },
          {
            id: 'agreement',
            title: WORDS.agreement,
            href: hrefOf(changed({ show: 'agreement', item: undefined })),
          },
        ]}
      />
      {problem.value !== undefined && <Trouble problem={problem.value} onAgain={() => void again()} />}
      {show === 'agreement' ? (
        <Agreement projectId={projectId} people={everybody.value} changes={changes} />
      ) : (
        value.value !== undefined && (
          <div class="beside">
            <List people={everybody.value} />
            {item !== undefined && (
              <PersonDrawer
                key={item}
                projectId={projectId}
                userId={item}
                changes={changes}
                onMoved={again}
              />
            )}
          </div>
        )
      )}
      {value.value === undefined && problem.value === undefined && <Loading rows={8} />}
      {isAdding.value && (
        <AddMember
          projectId={projectId}
          members={everybody.value}
          onAdded={again}
          onClose={() => (isAdding.value = false)}
        />
      )}
    </main>
  )
}

/** People who came or went, as the channel says. */
function afterComing(people: readonly Person[], batch: readonly WireEvent[]): readonly Person[] {
  const states = new Map(batch.map(({ data, occurredAt }) => [String(data['userId']), { data, occurredAt }]))
  return people.map((person) => {
    const coming = states.get(person.userId)
    if (coming === undefined) return person
    return { ...person, present: coming.data['state'] !== 'left', lastSeenAt: coming.occurredAt }
  })
}

const COLUMNS: readonly Column<Person>[] = [
  {
    id: 'person',
    title: 'Person',
    track: 'minmax(190px, 2fr)',
    draw: (person) => <PersonName person={person} />,
  },
  {
    id: 'state',
    title: 'State',
    track: '104px',
    draw: (person) => <State look={lookOf('person', stateOf(person))} />,
  },
  {
    id: 'skills',
    title: 'Skills',
    track: 'minmax(90px, 1fr)',
    draw: ({ skills }) => <span title={skillsWords(skills, 100)}>{skillsWords(skills, 3)}</span>,
  },
  {
    id: 'holds',
    title: 'Holds',
    track: '64px',
    isFigure: true,
    draw: ({ live, limit }) => `${live} / ${limit}`,
  },
  {
    id: 'submitted',
    title: '24 h',
    track: '52px',
    isFigure: true,
    draw: ({ lastDay }) => figure(lastDay.submitted),
  },
  {
    id: 'median',
    title: 'Median',
    track: '88px',
    isFigure: true,
    draw: ({ lastDay: { medianSeconds } }) =>
      medianSeconds === null ? '–' : duration(medianSeconds * 1_000),
  },
  {
    id: 'returned',
    title: 'Returned',
    track: '64px',
    isFigure: true,
    draw: ({ lastDay }) => figure(lastDay.returned),
  },
  {
    id: 'declined',
    title: 'Declined',
    track: '64px',
    isFigure: true,
    draw: ({ lastDay }) => figure(lastDay.declined),
  },
  {
    id: 'quality',
    title: 'Quality',
    track: 'minmax(150px, 1.4fr)',
    draw: ({ quality }) => qualityWords(quality),
  },
]

function List({ people }: { readonly people: readonly Person[] }): VNode {
  const { status, skill, q, item } = route.value
  const at = useSignal<string | undefined>(item)
  const rows = matching(people, { status, skill, q })
  const skills = Array.from(new Set(people.flatMap((person) => Object.keys(person.skills)))).sort()
  if (people.length === 0) return <Empty title={WORDS.emptyTitle}>{WORDS.emptyMore}</Empty>
  return (
    <div>
      <FilterBar
        label={WORDS.search}
        placeholder={WORDS.searchMore}
        free="q"
        fields={[
          {
            name: 'status',
            title: 'State',
            values: ['active', 'away', 'paused', 'suspended', 'here'],
            isClosed: true,
          },
          { name: 'skill', title: 'Skill', values: skills },
        ]}
        filters={{ status, skill, q }}
        onChange={(name, value) => become(changed({ [name]: value }))}
      />
      {rows.length === 0 ? (
        <Empty title={WORDS.filtered}>
          <div class="deeds">
            <Button onClick={() => become(changed({ status: undefined, skill: undefined, q: undefined }))}>
              {WORDS.filteredDeed}
            </Button>
          </div>
        </Empty>
      ) : (
        <DataTable
          label={WORDS.title}
          columns={COLUMNS}
          rows={rows}
          keyOf={({ userId }) => userId}
          at={at.value}
          onAt={(id) => (at.value = id)}
          onOpen={({ userId }) => become(changed({ item: userId }))}
          leastWidth={980}
          narrow={(person) => (
            <>
              <span class="person-line">
                <PersonName person={person} />
                <State look={lookOf('person', stateOf(person))} />
              </span>
              <small class="quiet">
                {person.live} / {person.limit} · {figure(person.lastDay.submitted)} {WORDS.submitted} ·{' '}
                {qualityWords(person.quality)}
              </small>
            </>
          )}
        />
      )}
    </div>
  )
}

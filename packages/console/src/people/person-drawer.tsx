import { type ReadonlySignal, useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import { call } from '../api/call.ts'
import { me } from '../api/session.ts'
import { Ago } from '../design/ago.tsx'
import { Button } from '../design/button.tsx'
import { Drawer } from '../design/drawer.tsx'
import { Figures } from '../design/figures.tsx'
import { Loading } from '../design/loading.tsx'
import { Menu } from '../design/menu.tsx'
import { PlainTable } from '../design/plain-table.tsx'
import { lookOf, State } from '../design/state.tsx'
import { decimal, duration, figure, percent } from '../design/time.ts'
import { Trouble } from '../design/trouble.tsx'
import { useReading } from '../feed/reading.ts'
import { become, changed, hrefOf } from '../route/route.ts'
import { type PersonWhole, stateOf } from './data.ts'
import { type MoveOf, Moving } from './moving.tsx'
import { PersonName } from './person-name.tsx'
import { scoreWords } from './telling.ts'
import { PAUSED, stepWord, WORDS } from './words.ts'

interface PersonDrawerProps {
  readonly projectId: string
  readonly userId: string
  /** Rises when what is shown may have moved. */
  readonly changes: ReadonlySignal<number>
  readonly onMoved: () => Promise<void>
}

/** Somebody in the project: their skills, quality, what they hold and had last, and what a manager can do. */
export function PersonDrawer({ projectId, userId, changes, onMoved }: PersonDrawerProps): VNode {
  const params = { projectId, userId }
  const person = useReading(() => call('GET /projects/{projectId}/people/{userId}', { params }))
  const quality = useReading(() => call('GET /projects/{projectId}/people/{userId}/quality', { params }))
  const move = useSignal<MoveOf | undefined>(undefined)
  useEffect(() => {
    void person.again()
    void quality.again()
  }, [changes.value])
  const close = (): void => become(changed({ item: undefined }))
  const { value, problem } = person
  const known = value.value
  return (
    <>
      <Drawer
        of={userId}
        onClose={close}
        title={known === undefined ? WORDS.title : <PersonName person={known} />}
        foot={known && <Deeds person={known} onMove={(next) => (move.value = next)} />}
      >
        {problem.value !== undefined && (
          <Trouble problem={problem.value} onAgain={() => void person.again()} />
        )}
        {known === undefined ? (
          problem.value === undefined && <Loading />
        ) : (
          <>
            <Standing person={known} />
            <LastDay person={known} />
            <Skills person={known} />
            <Scores person={known} />
            {quality.value.value !== undefined && <Known of={quality.value.value} />}
            <Held title={WORDS.held} rows={known.holds} none={WORDS.heldNone} />
            <Held title={WORDS.moves} rows={known.recent} none={WORDS.movesNone} />
          </>
        )}
      </Drawer>
      {move.value !== undefined && known !== undefined && (
        <Moving
          move={move.value}
          person={known}
          projectId={projectId}
          onClose={() => (move.value = undefined)}
          onMoved={async () => {
            if (move.peek() === 'remove') close()
            await onMoved()
          }}
        />
      )}
    </>
  )
}

interface DeedsProps {
  readonly person: PersonWhole
  readonly onMove: (move: MoveOf) => void
}

function Deeds({ person, onMove }: DeedsProps): VNode {
  const { holds, paused, status } = person
  const isAdmin = me.value?.role === 'admin'
  return (
    <>
      {paused === null ? (
        <Button icon="pause" onClick={() => onMove('pause')}>
          {WORDS.pause}
        </Button>
      ) : (
        <Button icon="runs" onClick={() => onMove('resume')}>
          {WORDS.resume}
        </Button>
      )}
      {holds.length > 0 && (
        <Button icon="people" onClick={() => onMove('reassign')}>
          {`${WORDS.reassign} ${figure(holds.length)}…`}
        </Button>
      )}
      <Menu
        deeds={[
          { title: WORDS.remove, icon: 'close', isDanger: true, act: () => onMove('remove') },
          ...(isAdmin && status !== 'suspended'
            ? [
                {
                  title: WORDS.suspend,
                  icon: 'cancel' as const,
                  isDanger: true,
                  act: () => onMove('suspend'),
                },
              ]
            : []),
        ]}
      />
    </>
  )
}

function Standing({ person }: { readonly person: PersonWhole }): VNode {
  const { paused, live, limit, present, lastSeenAt, role } = person
  return (
    <section>
      <p class="person-line">
        <State look={lookOf('person', stateOf(person))} isPill />
        <span>{role}</span>
        <span>
          holds {live} of {limit}
        </span>
        {!present && (
          <span class="quiet">
            {lastSeenAt === null ? (
              'not here for 72 hours'
            ) : (
              <>
                last here <Ago at={lastSeenAt} />
              </>
            )}
          </span>
        )}
      </p>
      {paused !== null && (
        <p>
          Paused <Ago at={paused.since} />: {PAUSED[paused.reason] ?? paused.reason}
          {paused.words !== null && <q dir="auto">{paused.words}</q>}
        </p>
      )}
    </section>
  )
}

function LastDay({ person: { lastDay } }: { readonly person: PersonWhole }): VNode {
  const { submitted, medianSeconds, returned, declined } = lastDay
  return (
    <section>
      <h3>{WORDS.lastDay}</h3>
      <Figures
        figures={[
          { title: WORDS.submitted, value: figure(submitted) },
          { title: WORDS.median, value: medianSeconds === null ? '–' : duration(medianSeconds * 1_000) },
          { title: WORDS.returned, value: figure(returned) },
          { title: WORDS.declined, value: figure(declined) },
        ]}
      />
    </section>
  )
}

function Skills({ person: { skills } }: { readonly person: PersonWhole }): VNode {
  const rows = Object.entries(skills).sort(([, low], [, high]) => high - low)
  return (
    <section>
      <h3>{WORDS.skills}</h3>
      {rows.length === 0 ? (
        <p class="quiet">{WORDS.skillsNone}</p>
      ) : (
        <ul class="chips">
          {rows.map(([name, level]) => (
            <li key={name} class="chip">
              <span dir="auto">{name}</span> {level}
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

function Scores({ person: { quality } }: { readonly person: PersonWhole }): VNode {
  return (
    <section>
      <h3>{WORDS.quality}</h3>
      {quality.length === 0 ? (
        <p class="quiet">{WORDS.qualityNone}</p>
      ) : (
        <PlainTable
          label={WORDS.quality}
          rows={quality}
          keyOf={({ stepType }) => stepType}
          columns={[
            { id: 'step', title: 'Step', draw: ({ stepType }) => stepWord(stepType) },
            { id: 'score', title: 'Score', isFigure: true, draw: scoreWords },
            { id: 'samples', title: 'Samples', isFigure: true, draw: ({ samples }) => figure(samples) },
          ]}
        />
      )}
    </section>
  )
}

type Quality = Awaited<ReturnType<typeof call<'GET /projects/{projectId}/people/{userId}/quality'>>>

function Known({ of: { accuracy, watch, controlsLeft } }: { readonly of: Quality }): VNode | null {
  if (accuracy.length === 0 && watch.judged === 0) return null
  return (
    <section>
      <h3>{WORDS.known}</h3>
      <p class="quiet">
        {figure(watch.right)} of {figure(watch.judged)} right, {figure(watch.controls)} of them controls;{' '}
        {figure(controlsLeft)} controls left
      </p>
      {accuracy.length > 0 && (
        <PlainTable
          label={WORDS.known}
          rows={accuracy}
          keyOf={({ stepId, question }) => `${stepId} ${question}`}
          columns={[
            {
              id: 'question',
              title: 'Question',
              draw: ({ stepId, question }) => (
                <>
                  <span dir="auto">{question}</span> <small class="quiet">{stepId}</small>
                </>
              ),
            },
            {
              id: 'right',
              title: 'Right, 95 %',
              isFigure: true,
              draw: ({ value, low, high }) =>
                low === null || high === null
                  ? percent(value)
                  : `${percent(value)} (${decimal(low * 100, 0)} to ${decimal(high * 100, 0)})`,
            },
            { id: 'answers', title: 'Answers', isFigure: true, draw: ({ answers }) => figure(answers) },
          ]}
        />
      )}
    </section>
  )
}

interface HeldProps {
  readonly title: string
  readonly rows: PersonWhole['holds']
  readonly none: string
}

function Held({ title, rows, none }: HeldProps): VNode {
  return (
    <section>
      <h3>{title}</h3>
      {rows.length === 0 ? (
        <p class="quiet">{none}</p>
      ) : (
        <ul class="held">
          {rows.map((row) => (
            <li key={row.assignmentId}>
              <State look={lookOf('assignment', row.status)} />
              <a href={hrefOf({ page: 'task', item: row.taskId })}>…{row.taskId.slice(-8)}</a>
              <span>{stepWord(row.stepType)}</span>
              <span class="quiet">
                <Ago at={row.submittedAt ?? row.assignedAt} />
              </span>
              {row.returnComment !== null && <q dir="auto">{row.returnComment}</q>}
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

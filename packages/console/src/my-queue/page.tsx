import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import { type AnswerOf, CallError, call, type Problem } from '../api/call.ts'
import { Button } from '../design/button.tsx'
import { Empty } from '../design/empty.tsx'
import { Loading } from '../design/loading.tsx'
import { lookOf, State } from '../design/state.tsx'
import { Tabs } from '../design/tabs.tsx'
import { duration, figure, fullTime, SHORT_LEASE_MS } from '../design/time.ts'
import { Trouble } from '../design/trouble.tsx'
import { STEP_WORDS } from '../design/words.ts'
import { follow } from '../feed/follow.ts'
import { keyOf, PLACES_OF } from '../keys/bindings.ts'
import { useDeeds } from '../keys/page-keys.ts'
import { hrefOf, route } from '../route/route.ts'
import './my-queue.css'

type Entry = AnswerOf<'GET /queue'>['items'][number]

const SHOWS = {
  live: { title: 'Live', status: 'assigned,accepted,in_progress' },
  done: { title: 'Done', status: 'submitted' },
  ended: { title: 'Given back or lost', status: 'rejected,expired,reassigned' },
} as const

type Show = keyof typeof SHOWS

const SORTS = { live: 'priority', done: 'submitted', ended: 'age' } as const satisfies Record<Show, string>

const isShow = (text: string | undefined): text is Show => text !== undefined && text in SHOWS

const TICK_MS = 1_000

/** What a person holds and has done. */
export function Page(): VNode {
  const asked = route.value.show
  const show: Show = isShow(asked) ? asked : 'live'
  const entries = useSignal<readonly Entry[] | undefined>(undefined)
  const more = useSignal<string | null>(null)
  const problem = useSignal<Problem | undefined>(undefined)
  const now = useSignal(Date.now())
  const read = async (cursor?: string): Promise<void> => {
    try {
      const answer = await call('GET /queue', {
        query: {
          status: SHOWS[show].status as never,
          sort: SORTS[show],
          ...(show !== 'live' && { order: 'desc' as const }),
          limit: 50,
          ...(cursor !== undefined && { cursor }),
        },
      })
      entries.value = cursor === undefined ? answer.items : [...(entries.peek() ?? []), ...answer.items]
      more.value = answer.nextCursor
      problem.value = undefined
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      problem.value = error.problem
    }
  }
  useEffect(() => {
    entries.value = undefined
    void read()
    const stop = follow('me', {
      event: ({ type }) => void (type.startsWith('task_') && read()),
      anew: () => void read(),
    })
    const timer = setInterval(() => {
      now.value = Date.now()
    }, TICK_MS)
    return () => {
      stop()
      clearInterval(timer)
    }
  }, [show])
  useDeeds(PLACES_OF.queue, {
    rowDown: () => step(1),
    rowUp: () => step(-1),
    giveBackEntry: () => {
      const row = document.activeElement?.closest('.entry')
      const button = row?.querySelector<HTMLElement>('.button')
      if (button == null) return false
      button.click()
      return true
    },
  })
  return (
    <main class="queue" tabIndex={-1}>
      <header class="queue-head">
        <h1>My queue</h1>
        {show === 'live' && entries.value !== undefined && (
          <p class="quiet">
            {figure(entries.value.length)}
            {more.value === null ? '' : ' and more'} held
          </p>
        )}
      </header>
      <Tabs
        label="What is shown"
        now={show}
        tabs={Object.entries(SHOWS).map(([id, { title }]) => ({
          id,
          title,
          href: hrefOf({ page: 'queue', show: id }),
        }))}
      />
      {problem.value !== undefined && <Trouble problem={problem.value} onAgain={() => void read()} />}
      {entries.value === undefined ? (
        problem.value === undefined && <Loading rows={4} />
      ) : entries.value.length === 0 ? (
        <None show={show} />
      ) : (
        <ul class="entries">
          {returnedFirst(entries.value, show).map((entry) => (
            <Row
              key={entry.assignmentId}
              entry={entry}
              now={now.value}
              isLive={show === 'live'}
              onGone={() => void read()}
            />
          ))}
        </ul>
      )}
      {more.value !== null && (
        <Button kind="quiet" onClick={() => void read(more.value ?? undefined)}>
          Show more
        </Button>
      )}
    </main>
  )
}

/** Goes to the next entry, or to the one before; from elsewhere to the first. */
function step(by: 1 | -1): boolean {
  const links = Array.from(document.querySelectorAll<HTMLElement>('.entry a'))
  const at = links.findIndex((link) => link.closest('.entry')?.contains(document.activeElement))
  const next = at < 0 ? links[0] : links[at + by]
  next?.focus()
  return next !== undefined
}

function None({ show }: { readonly show: Show }): VNode {
  if (show === 'live')
    return (
      <Empty title="You hold nothing at present">
        <p>
          <a href={hrefOf({ page: 'work' })}>Work</a> gives you the next item, or says why there is none.
        </p>
      </Empty>
    )
  return (
    <Empty title={show === 'done' ? 'You have handed in nothing yet' : 'Nothing was given back or lost'} />
  )
}

/** Work that came back comes first; the server's order stands otherwise. */
function returnedFirst(entries: readonly Entry[], show: Show): readonly Entry[] {
  if (show !== 'live') return entries
  const rank = ({ returnComment }: Entry): number => (returnComment === null ? 1 : 0)
  return entries.toSorted((one, other) => rank(one) - rank(other))
}

interface RowProps {
  readonly entry: Entry
  readonly now: number
  readonly isLive: boolean
  readonly onGone: () => void
}

function Row({ entry, now, isLive, onGone }: RowProps): VNode {
  const refusal = useSignal<Problem | undefined>(undefined)
  const isBusy = useSignal(false)
  const { assignmentId, taskId, projectName, stepType, status, assignedAt, expiresAt } = entry
  const { externalId, returnComment, submittedAt, submitsAt, hasDraft } = entry
  const name = externalId ?? `…${taskId.slice(-8)}`
  const giveBack = async (): Promise<void> => {
    if (isBusy.peek()) return
    isBusy.value = true
    refusal.value = undefined
    try {
      await call('POST /assignments/{id}/release', {
        params: { id: assignmentId },
        body: { attempt: entry.attempt },
      })
      onGone()
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      refusal.value = error.problem
    } finally {
      isBusy.value = false
    }
  }
  return (
    <li class="entry">
      <State look={lookOf('assignment', status)} />
      <span class="entry-name">
        {isLive ? <a href={hrefOf({ page: 'work', item: assignmentId })}>{name}</a> : name}
        <small>
          {STEP_WORDS[stepType] ?? stepType}
          {hasDraft && isLive && ' · draft kept'}
        </small>
        {returnComment !== null && (
          <small class="entry-returned">
            {isLive ? 'Returned: ' : 'Was returned once: '}
            <q dir="auto">{returnComment}</q>
          </small>
        )}
      </span>
      <span class="entry-project" dir="auto">
        {projectName}
      </span>
      <span class="entry-time">
        {submitsAt !== null ? (
          <span>submitted, can be taken back</span>
        ) : isLive ? (
          <LeaseLeft expiresAt={expiresAt} now={now} />
        ) : (
          <Since
            word={submittedAt === null ? 'given' : 'submitted'}
            at={submittedAt ?? assignedAt}
            now={now}
          />
        )}
      </span>
      {isLive && (
        <Button
          kind="quiet"
          icon="back"
          keyName={keyOf('giveBackEntry')}
          disabled={isBusy.value}
          onClick={() => void giveBack()}
        >
          Give back
        </Button>
      )}
      {refusal.value !== undefined && <Trouble problem={refusal.value} isInline />}
    </li>
  )
}

function LeaseLeft({ expiresAt, now }: { readonly expiresAt: string | null; readonly now: number }): VNode {
  if (expiresAt === null) return <span>–</span>
  const end = new Date(expiresAt)
  const left = end.getTime() - now
  return (
    <time dateTime={expiresAt} title={fullTime(end)} class={left < SHORT_LEASE_MS ? 'short' : ''}>
      {left < SHORT_LEASE_MS ? `yours for ${duration(left)}` : duration(Math.floor(left / 60_000) * 60_000)}
    </time>
  )
}

interface SinceProps {
  readonly word: string
  readonly at: string
  readonly now: number
}

function Since({ word, at, now }: SinceProps): VNode {
  const then = new Date(at)
  return (
    <time dateTime={at} title={fullTime(then)}>
      {word} {duration(Math.floor((now - then.getTime()) / 60_000) * 60_000)} ago
    </time>
  )
}

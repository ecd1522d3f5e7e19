import type { ProjectId, UserId } from '@muster/core'
import type { RunProgress } from '@muster/core/calls'
import { type FeedItem, type Subscription, snapshotView } from '@muster/core/feed'
import { builder } from './builder.ts'
import { allow, allowOne } from './context.ts'
import { Ended, follow, subscribe } from './follow.ts'
import { RunProgressType } from './runs.ts'

/** What a plain WebSocket has as a frame. */
interface EventShape {
  readonly type: string
  readonly cursor: string
  readonly eventId?: string
  readonly projectId?: ProjectId | null
  readonly seq?: number | null
  readonly prev?: number | null
  readonly affectedUserIds?: readonly UserId[] | null
  readonly occurredAt?: Date
  readonly data?: object
  readonly resumed?: boolean
  readonly reason?: string
  readonly snapshot?: object
}

const EventType = builder.objectRef<EventShape>('Event').implement({
  description:
    'A fact or a signal, named as on every wire (`task_assigned`, `run_progress` …). Beside these: `ready`, the first; `mark`, where something was committed that this subscription does not show; `reload`, where what was missed is no longer kept.',
  fields: (t) => ({
    type: t.exposeString('type'),
    cursor: t.exposeString('cursor', {
      description: 'Resumes any subscription behind this event, on any wire.',
    }),
    eventId: t.exposeID('eventId', { nullable: true }),
    projectId: t.exposeID('projectId', { nullable: true }),
    seq: t.exposeInt('seq', { nullable: true, description: 'A fact’s place in its project’s feed.' }),
    prev: t.exposeInt('prev', {
      nullable: true,
      description: 'The `seq` that this subscription had of the project before.',
    }),
    affectedUserIds: t.exposeIDList('affectedUserIds', { nullable: true }),
    occurredAt: t.expose('occurredAt', { type: 'DateTime', nullable: true }),
    data: t.expose('data', { type: 'JSON', nullable: true }),
    resumed: t.exposeBoolean('resumed', {
      nullable: true,
      description: 'Of `ready`: whether it goes on where `after` left off, or begins with a snapshot.',
    }),
    reason: t.exposeString('reason', { nullable: true, description: 'Of `reload`.' }),
    snapshot: t.expose('snapshot', {
      type: 'JSON',
      nullable: true,
      description: 'How things stand at the cursor of `ready` or `reload`.',
    }),
  }),
})

builder.subscriptionType({
  description:
    'Follows what is committed, over server-sent events or graphql-ws. One that loses its right answers once more, with the error, and ends.',
})

builder.subscriptionFields((t) => ({
  runProgress: t.field({
    type: RunProgressType,
    nullable: true,
    description: 'How far the run is: now, and whenever that changes.',
    args: { runId: t.arg.id({ required: true }) },
    subscribe: async (_root, { runId: id }, context) => {
      const { muster } = context
      const runId = await allowOne(context, 'run', 'Subscription.runProgress', id)
      const subscription = await subscribe(context, { kind: 'run', runId }, null)
      const moved = async (item: FeedItem): Promise<RunProgress | undefined> =>
        changesProgress(item) ? muster.runs.progress(runId) : undefined
      return follow(subscription, [await muster.runs.progress(runId)], moved)
    },
    resolve: orError,
  }),
  projectEvents: t.field({
    type: EventType,
    nullable: true,
    description: 'All of a project that the caller may see; with `after`, all since that cursor.',
    args: { projectId: t.arg.id({ required: true }), after: t.arg.string() },
    subscribe: async (_root, { projectId: id, after }, context) => {
      const projectId = await allowOne(context, 'project', 'Subscription.projectEvents', id)
      return events(await subscribe(context, { kind: 'project', projectId }, after))
    },
    resolve: orError,
  }),
  myEvents: t.field({
    type: EventType,
    nullable: true,
    description: 'What names the caller, in all of their projects; with `after`, all since that cursor.',
    args: { after: t.arg.string() },
    subscribe: async (_root, { after }, context) => {
      await allow(context, 'Subscription.myEvents')
      return events(await subscribe(context, { kind: 'me' }, after))
    },
    resolve: orError,
  }),
}))

function orError<Told>(told: Told | Ended): Told {
  if (told instanceof Ended) throw told.error
  return told
}

function events(subscription: Subscription): AsyncIterable<EventShape | Ended> {
  const { opening } = subscription
  const snapshot = opening.resumed ? {} : { snapshot: snapshotView(opening.snapshot) }
  const ready = { type: 'ready', cursor: opening.cursor, resumed: opening.resumed, ...snapshot }
  return follow<EventShape>(subscription, [ready], eventOf)
}

function eventOf(item: FeedItem): EventShape | undefined {
  switch (item.kind) {
    case 'event':
      return item.event
    case 'mark':
      return { type: 'mark', cursor: item.cursor }
    case 'reload':
      return {
        type: 'reload',
        cursor: item.cursor,
        reason: item.reason,
        snapshot: snapshotView(item.snapshot),
      }
    case 'queue':
    case 'closed':
      return undefined
  }
}

/** Signals may be lost, facts are not: a run's last step is always told. */
function changesProgress(item: FeedItem): boolean {
  if (item.kind === 'reload') return true
  return item.kind === 'event' && ['run_progress', 'run_status_changed'].includes(item.event.type)
}

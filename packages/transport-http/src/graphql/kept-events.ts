import type { Page } from '@muster/core'
import { FACT_TYPES, type Fact } from '@muster/core/feed'
import { parse } from '@muster/core/schemas'
import { keptEventsQuery } from '../routes/events.ts'
import { builder } from './builder.ts'
import { allowOne, orNull } from './context.ts'
import { given } from './input.ts'

const KeptEventType = builder.objectRef<Fact>('KeptEvent').implement({
  description: 'An event of a project that is still kept.',
  fields: (t) => ({
    eventId: t.exposeID('eventId'),
    type: t.exposeString('type', { description: `One of ${FACT_TYPES.join(', ')}.` }),
    projectId: t.exposeID('projectId'),
    seq: t.exposeInt('seq', { description: 'Its place in the feed of its project.' }),
    affectedUserIds: t.exposeIDList('affectedUserIds', { nullable: true }),
    occurredAt: t.expose('occurredAt', { type: 'DateTime' }),
    data: t.expose('data', { type: 'JSON' }),
  }),
})

const KeptEventPage = builder.objectRef<Page<Fact>>('KeptEventPage').implement({
  description: 'Newest first. A page looks at a bounded number of events, so it may be short before the end.',
  fields: (t) => ({
    items: t.field({ type: [KeptEventType], resolve: ({ items }) => [...items] }),
    nextCursor: t.exposeString('nextCursor', { nullable: true }),
  }),
})

builder.queryFields((t) => ({
  events: t.field({
    type: KeptEventPage,
    nullable: true,
    description: 'What has happened in a project: events that are kept and that the caller may see.',
    args: {
      projectId: t.arg.id({ required: true }),
      before: t.arg.int({ description: 'With a smaller `seq`.' }),
      after: t.arg.int({ description: 'With a greater `seq`.' }),
      type: t.arg.stringList(),
      userId: t.arg.id({ description: 'That name this person.' }),
      runId: t.arg.id(),
      taskId: t.arg.id(),
      limit: t.arg.int({ description: '1 to 200, default 50.' }),
      cursor: t.arg.string(),
    },
    complexity: ({ limit }) => ({ field: 10, multiplier: limit ?? 50 }),
    resolve: (_root, { projectId: id, before, after, limit, ...query }, context) =>
      orNull(async () => {
        const projectId = await allowOne(context, 'project', 'Query.events', id)
        const { muster, principal } = context
        const places = Object.entries({ before, after, limit }).flatMap(([name, number]) =>
          number == null ? [] : [[name, String(number)]],
        )
        const asked = parse(keptEventsQuery, { ...given(query), ...Object.fromEntries(places) })
        return muster.events.list(principal, projectId, asked)
      }),
  }),
}))

import type { Principal } from '@muster/core'
import {
  fireRequest,
  newSchedule,
  newWhen,
  type Schedule,
  type ScheduleId,
  type ScheduleMove,
  sayWhen,
  scheduleChange,
  ticksFilter,
  upcomingFilter,
} from '@muster/core/schedules'
import { z } from 'zod'
import { principalOf } from '../access/authentication.ts'
import { atLeast } from '../access/authority.ts'
import { ifMatch, versioned } from '../requests/versions.ts'
import { byProject, bySchedule, nothing, paging, pagingQuery, type Routes } from '../route.ts'
import { listOf, schedule, tick, upcomingTick, whenPreview } from '../schemas.ts'

const tags = ['Schedules']

export const scheduleRoutes: Routes = (app, muster) => {
  scheduleKeeping(app, muster)
  scheduleMoves(app, muster)
  tickRoutes(app, muster)
}

/** Schedules as they are kept. */
const scheduleKeeping: Routes = (app, { schedules }) => {
  app.post(
    '/projects/:projectId/schedules',
    {
      config: { idempotent: true, etag: true },
      schema: {
        tags,
        summary: 'Start a job, a run or a fit by the clock',
        description:
          'Unless said: `missed` one, `maxCatchUp` 10, `graceSeconds` 60, `overlap` skip, no jitter, no bounds. Refused are expressions that are not understood (`bad_cron`), unknown zones (`bad_zone`), and what never comes (`never`).',
        params: byProject,
        body: newSchedule,
        response: { 201: schedule },
      },
    },
    async (request, reply) => {
      const { userId } = principalOf(request)
      const added = await schedules.add(request.params.projectId, request.body, userId)
      return versioned(reply, scheduleView(added, principalOf(request)), 201)
    },
  )
  app.get(
    '/projects/:projectId/schedules',
    {
      schema: {
        tags,
        summary: 'List schedules, newest first',
        description: 'What they start, and their last ticks, are for managers.',
        params: byProject,
        querystring: pagingQuery,
        response: { 200: listOf(schedule) },
      },
    },
    async (request) => {
      const { items, nextCursor } = await schedules.list(request.params.projectId, request.query)
      return { items: items.map((one) => scheduleView(one, principalOf(request))), nextCursor }
    },
  )
  app.post(
    '/projects/:projectId/schedules/preview',
    {
      schema: {
        tags,
        summary: 'Read a rule in time back in words, with its next ten ticks',
        params: byProject,
        body: z.strictObject({ when: newWhen }),
        response: { 200: whenPreview },
      },
    },
    async (request) => schedules.preview(request.body.when),
  )
  app.get(
    '/schedules/:id',
    {
      config: { etag: true },
      schema: { tags, summary: 'Read a schedule', params: bySchedule, response: { 200: schedule } },
    },
    async (request, reply) => versioned(reply, scheduleView(request.thing as Schedule, principalOf(request))),
  )
  app.patch(
    '/schedules/:id',
    {
      config: { etag: true },
      schema: {
        tags,
        summary: 'Change a schedule',
        description: 'Fires what was due by the old rule; the next tick comes by the new one.',
        params: bySchedule,
        body: scheduleChange,
        response: { 200: schedule },
      },
    },
    async (request, reply) => {
      const changed = await schedules.change(request.params.id, request.body, moveOf(request))
      return versioned(reply, scheduleView(changed, principalOf(request)))
    },
  )
  app.delete(
    '/schedules/:id',
    {
      schema: {
        tags,
        summary: 'Remove a schedule',
        description: 'It no longer fires; what was started stays. Honours `If-Match`.',
        params: bySchedule,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await schedules.remove(request.params.id, moveOf(request))
      return reply.status(204).send()
    },
  )
}

/** Pausing, resuming and firing by hand. */
const scheduleMoves: Routes = (app, { schedules }) => {
  for (const [path, summary, move] of [
    ['pause', 'Fire nothing until it is resumed', (id, how) => schedules.pause(id, how)],
    ['resume', 'Go on; ticks of the pause are not made up', (id, how) => schedules.resume(id, how)],
  ] satisfies [string, string, (id: ScheduleId, how: ScheduleMove) => Promise<Schedule>][]) {
    app.post(
      `/schedules/:id/${path}`,
      {
        config: { etag: true },
        schema: { tags, summary, params: bySchedule, body: nothing, response: { 200: schedule } },
      },
      async (request, reply) => {
        const moved = await move(request.params.id, moveOf(request))
        return versioned(reply, scheduleView(moved, principalOf(request)))
      },
    )
  }
  app.post(
    '/schedules/:id/fire',
    {
      config: { idempotent: true },
      schema: {
        tags,
        summary: 'Start its work now',
        description:
          'Whatever runs, and while it is paused too. With `at`, for an instant of the last 90 days that the rule names.',
        params: bySchedule,
        body: fireRequest,
        response: { 200: tick },
      },
    },
    async (request) =>
      schedules.fire(request.params.id, { at: request.body.at, by: principalOf(request).userId }),
  )
}

/** Ticks to come, and those that have come. */
const tickRoutes: Routes = (app, { schedules }) => {
  app.get(
    '/schedules/:id/next',
    {
      schema: {
        tags,
        summary: 'The next instants that its rule names',
        description:
          'Also while it is paused. `note`: `moved` to the end of a gap that skips it, or `repeated` by a clock that is set back.',
        params: bySchedule,
        querystring: upcomingFilter,
        response: { 200: z.strictObject({ items: z.array(upcomingTick) }) },
      },
    },
    async (request) => ({ items: await schedules.next(request.params.id, request.query) }),
  )
  app.get(
    '/schedules/:id/ticks',
    {
      schema: {
        tags,
        summary: 'List the ticks that have come, the latest planned first',
        description: 'They are kept for 90 days.',
        params: bySchedule,
        querystring: z.strictObject({ ...paging, ...ticksFilter }),
        response: { 200: listOf(tick) },
      },
    },
    async (request) => {
      const { limit, cursor, ...where } = request.query
      return schedules.ticks(request.params.id, where, { limit, cursor })
    },
  )
}

/** The caller, and the version that they have seen. */
function moveOf(request: Parameters<typeof principalOf>[0]): ScheduleMove {
  return { by: principalOf(request).userId, ifVersion: ifMatch(request) }
}

/** A schedule as it goes out: what it starts is for those who manage it. */
function scheduleView(
  schedule: Schedule,
  { role }: Principal,
): Omit<Schedule, 'start'> & { readonly start: Schedule['start'] | null; readonly says: string } {
  const told = { ...schedule, says: sayWhen(schedule.when) }
  return atLeast(role, 'manager') ? told : { ...told, start: null, lastTick: null, createdBy: null }
}

import { NotFoundError, type Principal, type Project } from '@muster/core'
import { settingsChange } from '@muster/core/inbox'
import {
  externalId,
  newProject,
  newUser,
  ownChange,
  projectChange,
  qualityChange,
  userChange,
} from '@muster/core/schemas'
import type { Muster } from '@muster/host'
import { z } from 'zod'
import { bearerOf, principalOf } from '../access/authentication.ts'
import { ifMatch, versioned } from '../requests/versions.ts'
import { byMember, byProject, byUser, paging, pagingQuery, type Routes } from '../route.ts'
import {
  changedProject,
  listOf,
  member,
  mySettings,
  personInProject,
  project,
  projectPerson,
  quality,
  session,
  user,
} from '../schemas.ts'
import { projectView } from '../views.ts'

const byExternalId = z.strictObject({ ...paging, externalId: externalId.optional() })

/** Most projects that a session names. */
const MOST_PROJECTS = 200

export const peopleRoutes: Routes = (app, muster) => {
  app.get(
    '/session',
    {
      schema: {
        tags: ['People'],
        summary: 'Who is calling, as what, and until when',
        description:
          'Known also of a token that names nobody of the directory. Up to 200 projects are named.',
        response: { 200: session },
      },
    },
    async (request) => {
      const caller = principalOf(request)
      const { userId, role, memberships } = caller
      const known = await muster.people.get(userId).catch((error: unknown) => {
        if (error instanceof NotFoundError) return null
        throw error
      })
      const projects = memberships.size === 0 ? [] : await membershipsOf(muster, caller)
      return {
        userId,
        role,
        displayName: known?.displayName ?? null,
        status: known?.status ?? null,
        memberships: projects.map(({ projectId, name }) => ({ projectId, name })),
        expiresAt: bearerOf(request).expiresAt,
        serverTime: muster.clock.now(),
      }
    },
  )
  app.get(
    '/me',
    {
      config: { etag: true },
      schema: { tags: ['People'], summary: 'Who I am', response: { 200: user } },
    },
    async (request, reply) => versioned(reply, await muster.people.get(principalOf(request).userId)),
  )
  app.patch(
    '/me',
    {
      config: { etag: true },
      schema: {
        tags: ['People'],
        summary: 'Go away, or come back',
        body: ownChange,
        response: { 200: user },
      },
    },
    async (request, reply) =>
      versioned(
        reply,
        await muster.people.change(principalOf(request).userId, request.body, ifMatch(request)),
      ),
  )

  app.get(
    '/me/settings',
    {
      schema: {
        tags: ['People'],
        summary: 'My settings',
        description: 'Whatever a page keeps for the caller, by name; empty if nothing was kept.',
        response: { 200: mySettings },
      },
    },
    async (request) => ({ settings: await muster.people.settingsOf(principalOf(request).userId) }),
  )
  app.put(
    '/me/settings',
    {
      schema: {
        tags: ['People'],
        summary: 'Keep my settings',
        description: 'In place of those before; at most 16 KiB of JSON.',
        body: settingsChange,
        response: { 200: mySettings },
      },
    },
    async (request) => ({
      settings: await muster.people.keepSettings(principalOf(request).userId, request.body.settings),
    }),
  )

  app.post(
    '/users',
    {
      config: { idempotent: true, etag: true },
      schema: { tags: ['People'], summary: 'Add a user', body: newUser, response: { 201: user } },
    },
    async (request, reply) => versioned(reply, await muster.people.add(request.body), 201),
  )
  app.get(
    '/users',
    {
      schema: {
        tags: ['People'],
        summary: 'List users',
        querystring: byExternalId,
        response: { 200: listOf(user) },
      },
    },
    async ({ query: { externalId: only, ...request } }) => muster.people.list(request, { externalId: only }),
  )
  app.get(
    '/users/:id',
    {
      config: { etag: true },
      schema: { tags: ['People'], summary: 'Read a user', params: byUser, response: { 200: user } },
    },
    async (request, reply) => versioned(reply, await muster.people.get(request.params.id)),
  )
  app.patch(
    '/users/:id',
    {
      config: { etag: true },
      schema: {
        tags: ['People'],
        summary: 'Change a user',
        params: byUser,
        body: userChange,
        response: { 200: user },
      },
    },
    async (request, reply) =>
      versioned(reply, await muster.people.change(request.params.id, request.body, ifMatch(request))),
  )
  app.get(
    '/users/:id/quality',
    {
      schema: {
        tags: ['People'],
        summary: 'Read quality scores',
        params: byUser,
        response: { 200: z.strictObject({ items: z.array(quality) }) },
      },
    },
    async (request) => ({ items: await muster.people.qualityOf(request.params.id) }),
  )
  app.put(
    '/users/:id/quality',
    {
      schema: {
        tags: ['People'],
        summary: 'Set a quality score',
        params: byUser,
        body: qualityChange,
        response: { 200: quality },
      },
    },
    async (request) =>
      muster.people.setQuality({
        ...request.body,
        projectId: request.body.projectId,
        userId: request.params.id,
      }),
  )

  app.post(
    '/projects',
    {
      config: { idempotent: true, etag: true },
      schema: { tags: ['Projects'], summary: 'Add a project', body: newProject, response: { 201: project } },
    },
    async (request, reply) => {
      const added = await muster.projects.add(request.body)
      return versioned(reply, added, 201)
    },
  )
  app.get(
    '/projects',
    {
      schema: {
        tags: ['Projects'],
        summary: 'List my projects',
        querystring: byExternalId,
        response: { 200: listOf(project) },
      },
    },
    async (request) => {
      const { externalId: only, ...paged } = request.query
      const viewer = principalOf(request)
      const page = await muster.projects.list(viewer, paged, { externalId: only })
      return { ...page, items: page.items.map((one) => projectView(one, viewer)) }
    },
  )
  app.get(
    '/projects/:projectId',
    {
      config: { etag: true },
      schema: {
        tags: ['Projects'],
        summary: 'Read a project',
        params: byProject,
        response: { 200: project },
      },
    },
    async (request, reply) =>
      versioned(
        reply,
        projectView(await muster.projects.get(request.params.projectId), principalOf(request)),
      ),
  )
  app.patch(
    '/projects/:projectId',
    {
      config: { etag: true },
      schema: {
        tags: ['Projects'],
        summary: 'Change a project',
        description:
          'If it pauses people, `wrongPauses` says how likely somebody is paused who is as good as they should be.',
        params: byProject,
        body: projectChange,
        response: { 200: changedProject },
      },
    },
    async (request, reply) =>
      versioned(
        reply,
        await muster.projects.change(request.params.projectId, request.body, ifMatch(request)),
      ),
  )
  app.get(
    '/projects/:projectId/members',
    {
      schema: {
        tags: ['Projects'],
        summary: 'List members',
        params: byProject,
        querystring: pagingQuery,
        response: { 200: listOf(member) },
      },
    },
    async (request) => muster.projects.members(request.params.projectId, request.query),
  )
  app.get(
    '/projects/:projectId/people',
    {
      schema: {
        tags: ['Projects'],
        summary: 'List members with what they do',
        description:
          'What they hold, the last 24 hours, scores by type of step with their 95 % intervals, and whether they are here. By userId.',
        params: byProject,
        querystring: pagingQuery,
        response: { 200: listOf(projectPerson) },
      },
    },
    async (request) => muster.people.inProject(request.params.projectId, request.query),
  )
  app.get(
    '/projects/:projectId/people/:userId',
    {
      schema: {
        tags: ['Projects'],
        summary: 'A member with what they hold and had last',
        description: 'Up to 200 live assignments in the project, and the 20 that were given last.',
        params: byMember,
        response: { 200: personInProject },
      },
    },
    async ({ params }) => muster.people.memberOf(params.projectId, params.userId),
  )
  app.put(
    '/projects/:projectId/members/:userId',
    {
      schema: {
        tags: ['Projects'],
        summary: 'Make somebody a member',
        params: byMember,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await muster.projects.addMember(request.params.projectId, request.params.userId)
      return reply.status(204).send()
    },
  )
  app.delete(
    '/projects/:projectId/members/:userId',
    {
      schema: {
        tags: ['Projects'],
        summary: 'Remove a member',
        params: byMember,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await muster.projects.removeMember(request.params.projectId, request.params.userId)
      return reply.status(204).send()
    },
  )
}

/** The projects that the caller is a member of, not all that an admin may see. */
async function membershipsOf(muster: Muster, caller: Principal): Promise<Project[]> {
  const asMember: Principal = { ...caller, role: 'annotator' }
  return [...(await muster.projects.list(asMember, { limit: MOST_PROJECTS })).items]
}

import { NotFoundError, type Principal, type Project } from '@muster/core'
import { settingsChange } from '@muster/core/inbox'
import { newUser, ownChange, qualityChange, userChange } from '@muster/core/schemas'
import type { Muster } from '@muster/host'
import { z } from 'zod'
import { bearerOf, principalOf } from '../access/authentication.ts'
import { ifMatch, versioned } from '../requests/versions.ts'
import { byExternalId, byUser, type Routes } from '../route.ts'
import { listOf, mySettings, quality, session, user } from '../schemas.ts'

/** Most projects that a session names. */
const MOST_PROJECTS = 200

export const peopleRoutes: Routes = (app, muster) => {
  sessionRoute(app, muster)
  ownRoutes(app, muster)
  directoryRoutes(app, muster)
}

const sessionRoute: Routes = (app, muster) => {
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
        version: muster.version,
      }
    },
  )
}

/** The caller’s own entry and settings. */
const ownRoutes: Routes = (app, muster) => {
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
}

/** The directory, and how well its people work. */
const directoryRoutes: Routes = (app, muster) => {
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
}

/** The projects that the caller is a member of, not all that an admin may see. */
async function membershipsOf(muster: Muster, caller: Principal): Promise<Project[]> {
  const asMember: Principal = { ...caller, role: 'annotator' }
  return [...(await muster.projects.list(asMember, { limit: MOST_PROJECTS })).items]
}

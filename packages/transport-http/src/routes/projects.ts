import { newProject, projectChange } from '@muster/core/schemas'
import { z } from 'zod'
import { principalOf } from '../access/authentication.ts'
import { ifMatch, versioned } from '../requests/versions.ts'
import { byExternalId, byMember, byProject, pagingQuery, type Routes } from '../route.ts'
import { changedProject, listOf, member, personInProject, project, projectPerson } from '../schemas.ts'
import { projectView } from '../views.ts'

const tags = ['Projects']

export const projectRoutes: Routes = (app, muster) => {
  settingsRoutes(app, muster)
  memberRoutes(app, muster)
}

/** Projects and how they are set. */
const settingsRoutes: Routes = (app, muster) => {
  app.post(
    '/projects',
    {
      config: { idempotent: true, etag: true },
      schema: { tags, summary: 'Add a project', body: newProject, response: { 201: project } },
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
        tags,
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
        tags,
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
        tags,
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
}

const memberRoutes: Routes = (app, muster) => {
  app.get(
    '/projects/:projectId/members',
    {
      schema: {
        tags,
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
        tags,
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
        tags,
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
        tags,
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
        tags,
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

import type { HeldAssignment, PersonInProject, ProjectPerson } from '@muster/core/inbox'
import { settingsChange } from '@muster/core/inbox'
import { parse, ROLES, USER_STATUSES } from '@muster/core/schemas'
import { builder, enumOf } from './builder.ts'
import { connectionOf, costOfPage, pageRequest } from './connections.ts'
import { allow, allowOne, orNull } from './context.ts'
import { PauseType, personOf } from './quality.ts'
import { AssignmentStatusEnum, StepTypeEnum } from './work.ts'

const RoleEnum = enumOf('Role', ROLES)
const UserStatusEnum = enumOf('UserStatus', USER_STATUSES)

const LastDayType = builder.objectRef<ProjectPerson['lastDay']>('LastDay').implement({
  description: 'What somebody did in a project in the last 24 hours.',
  fields: (t) => ({
    submitted: t.exposeInt('submitted', { description: 'And not sent back again.' }),
    medianSeconds: t.exposeFloat('medianSeconds', { nullable: true }),
    returned: t.exposeInt('returned'),
    declined: t.exposeInt('declined'),
  }),
})

const ScoreType = builder.objectRef<ProjectPerson['quality'][number]>('StepScore').implement({
  description: 'How good somebody is at a type of step, with its 95 % interval.',
  fields: (t) => ({
    stepType: t.exposeString('stepType'),
    score: t.exposeFloat('score'),
    samples: t.exposeInt('samples'),
    low: t.exposeFloat('low', { nullable: true }),
    high: t.exposeFloat('high', { nullable: true }),
  }),
})

const ProjectPersonInterface = builder.interfaceRef<ProjectPerson>('ProjectPerson').implement({
  description: 'A member of a project with what they do there.',
  fields: (t) => ({
    userId: t.exposeID('userId'),
    displayName: t.exposeString('displayName'),
    avatarUrl: t.exposeString('avatarUrl', { nullable: true }),
    role: t.expose('role', { type: RoleEnum }),
    status: t.expose('status', { type: UserStatusEnum }),
    scripted: t.exposeBoolean('scripted'),
    skills: t.expose('skills', { type: 'JSON' }),
    live: t.exposeInt('live', { description: 'Live assignments over all projects.' }),
    limit: t.exposeInt('limit'),
    lastDay: t.expose('lastDay', { type: LastDayType }),
    quality: t.field({ type: [ScoreType], resolve: ({ quality }) => quality }),
    paused: t.expose('paused', { type: PauseType, nullable: true }),
    present: t.exposeBoolean('present'),
    lastSeenAt: t.expose('lastSeenAt', { type: 'DateTime', nullable: true }),
  }),
})

const MemberType = builder.objectRef<ProjectPerson>('MemberOfProject').implement({
  interfaces: [ProjectPersonInterface],
})
const MemberConnection = builder.connectionObject(
  { type: MemberType, name: 'MemberOfProjectConnection' },
  { name: 'MemberOfProjectEdge' },
)

const HeldType = builder.objectRef<HeldAssignment>('HeldAssignment').implement({
  description: 'An assignment, as managers see what somebody holds or held.',
  fields: (t) => ({
    assignmentId: t.exposeID('assignmentId'),
    taskId: t.exposeID('taskId'),
    stepId: t.exposeString('stepId'),
    stepType: t.expose('stepType', { type: StepTypeEnum }),
    status: t.expose('status', { type: AssignmentStatusEnum }),
    attempt: t.exposeInt('attempt'),
    assignedAt: t.expose('assignedAt', { type: 'DateTime' }),
    startedAt: t.expose('startedAt', { type: 'DateTime', nullable: true }),
    submittedAt: t.expose('submittedAt', { type: 'DateTime', nullable: true }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', nullable: true }),
    returnComment: t.exposeString('returnComment', { nullable: true }),
  }),
})

const PersonInProjectType = builder.objectRef<PersonInProject>('PersonInProject').implement({
  interfaces: [ProjectPersonInterface],
  fields: (t) => ({
    holds: t.field({ type: [HeldType], resolve: ({ holds }) => holds }),
    recent: t.field({
      type: [HeldType],
      description: 'Given last, the newest first.',
      resolve: ({ recent }) => recent,
    }),
  }),
})

builder.mutationFields((t) => ({
  keepMySettings: t.field({
    type: 'JSON',
    description: 'Keeps what a page keeps for the caller, in place of what was kept before: 16 KiB at most.',
    args: { settings: t.arg({ type: 'JSON', required: true }) },
    resolve: async (_root, asked, context) => {
      await allow(context, 'Mutation.keepMySettings')
      const { settings } = parse(settingsChange, asked)
      return context.muster.people.keepSettings(context.principal.userId, settings)
    },
  }),
}))

builder.queryFields((t) => ({
  mySettings: t.field({
    type: 'JSON',
    description: 'What a page keeps for the caller, by name.',
    resolve: async (_root, _asked, context) => {
      await allow(context, 'Query.mySettings')
      return context.muster.people.settingsOf(context.principal.userId)
    },
  }),
  projectPeople: t.field({
    type: MemberConnection,
    nullable: true,
    description: 'The members of a project with what they hold, did in a day, and how good they are.',
    args: {
      projectId: t.arg.id({ required: true }),
      first: t.arg.int({ description: '1 to 200, default 50.' }),
      after: t.arg.string(),
    },
    complexity: costOfPage,
    resolve: (_root, { projectId, first, after }, context) =>
      orNull(async () => {
        const id = await allowOne(context, 'project', 'Query.projectPeople', projectId)
        const page = await context.muster.people.inProject(id, pageRequest({ first, after }))
        return connectionOf(page, { first, after })
      }),
  }),
  projectPerson: t.field({
    type: PersonInProjectType,
    nullable: true,
    args: { projectId: t.arg.id({ required: true }), userId: t.arg.id({ required: true }) },
    resolve: (_root, { projectId, userId }, context) =>
      orNull(async () => {
        const id = await allowOne(context, 'project', 'Query.projectPerson', projectId)
        return context.muster.people.memberOf(id, personOf(userId))
      }),
  }),
}))

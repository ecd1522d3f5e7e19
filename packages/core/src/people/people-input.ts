import { z } from 'zod'
import type { ProjectId } from '../ids.ts'
import { duration, json, lease, name, skillLevel, stepId, text, uuid } from '../input/parse.ts'
import type {
  NewProject,
  NewQualityPolicy,
  NewUser,
  ProjectChange,
  UpsertedProject,
  UpsertedUser,
  UserChange,
} from './people.ts'
import { type AssignmentConfig, type QualityScore, ROLES, USER_STATUSES } from './person.ts'
import type { PersonSettings } from './settings-store.ts'

const role = z.enum(ROLES)
const status = z.enum(USER_STATUSES)
const skills = z.record(name, skillLevel)
const avatarUrl = text(1, 2000).nullable()
/** An id of the host, 1 to 200 characters by code points, unique among users and among projects. */
export const externalId: z.ZodType<string, string> = text(1, 200)
const limit = z.int().min(0).max(1_000_000)

/** An array of two, not a tuple: not everything that reads OpenAPI knows those. */
const pairOfSteps = z
  .array(stepId)
  .length(2)
  .refine(([one, other]) => one !== other, 'must name two different steps')
  .meta({ uniqueItems: true }) as unknown as z.ZodType<[string, string]>

/** The members of a user that may be left out, by any caller. */
const detailsOfUser = {
  avatarUrl: avatarUrl.optional(),
  role: role.optional(),
  status: status.optional(),
  skills: skills.optional(),
  maxConcurrentAssignments: limit.nullable().optional(),
  scripted: z.boolean().optional(),
}

/** A new user; `role` is annotator and `status` active unless said otherwise. */
export const newUser: z.ZodType<NewUser> = z.strictObject({
  userId: uuid.optional(),
  externalId: externalId.nullable().optional(),
  displayName: name,
  ...detailsOfUser,
})

/** The members of a user that may change; those left out stay, `skills` are replaced whole. */
export const userChange: z.ZodType<UserChange> = z.strictObject({
  externalId: externalId.nullable().optional(),
  displayName: name.optional(),
  ...detailsOfUser,
})

/** A user as the host knows them, by its own id of them. */
export const upsertedUser: z.ZodType<UpsertedUser> = z.strictObject({
  externalId,
  displayName: name,
  ...detailsOfUser,
})

/** The members that people may change of themselves. */
export const ownChange: z.ZodType<{ readonly status?: 'active' | 'away' | undefined }> = z.strictObject({
  status: z.enum(['active', 'away']).optional(),
})

/** Settings of a person: whatever JSON a page keeps by name. */
export const settingsChange: z.ZodType<{ readonly settings: PersonSettings }> = z.strictObject({
  settings: z.record(name, json),
})

/** A quality score as it is set from outside. */
export const qualityChange: z.ZodType<
  Omit<QualityScore, 'userId'>,
  Omit<QualityScore, 'userId'>
> = z.strictObject({
  projectId: uuid as unknown as z.ZodType<ProjectId, ProjectId>,
  stepType: z.enum(['annotation', 'review', 'adjudication']),
  score: z.number().min(0).max(1),
  samples: z.int().min(0).max(1_000_000_000),
}) as unknown as z.ZodType<Omit<QualityScore, 'userId'>, Omit<QualityScore, 'userId'>>

/** How a project gives out work, every field optional; that the strategy is registered is seen when it is used. */
export const assignmentConfig: z.ZodType<Partial<AssignmentConfig>> = z.strictObject({
  maxConcurrentPerUser: limit.exactOptional(),
  crossStepExclusionPairs: z.array(pairOfSteps).max(1000).exactOptional(),
  cooldownMinutes: duration.exactOptional(),
  leaseMinutes: lease.exactOptional(),
  defaultStrategy: name.exactOptional(),
  weights: z
    .strictObject({ capacity: z.number().min(0).max(1), performance: z.number().min(0).max(1) })
    .refine(({ capacity, performance }) => capacity + performance > 0, 'must not both be 0')
    .meta({ not: { properties: { capacity: { const: 0 }, performance: { const: 0 } } } })
    .exactOptional(),
  maxReturns: z.int().min(0).max(1000).exactOptional(),
  holdMinutes: duration.exactOptional(),
  undoSeconds: z.int().min(0).max(30).exactOptional(),
})

/** How a project watches the quality of work; that the step is there is seen with the workflow. */
export const qualityPolicy: z.ZodType<NewQualityPolicy> = z.strictObject({
  controls: z
    .strictObject({
      stepId,
      rate: z.number().min(0).max(0.5),
      onboarding: z
        .strictObject({ count: z.int().min(1).max(1000), passAt: z.number().min(0).max(1) })
        .exactOptional(),
    })
    .exactOptional(),
  pause: z
    .strictObject({
      good: z.number().gt(0).lt(1).exactOptional(),
      bad: z.number().gt(0).lt(1).exactOptional(),
      alarm: z.number().gt(0).max(100).exactOptional(),
      minimum: z.int().min(0).max(1000).exactOptional(),
    })
    .exactOptional(),
})

/** A new project. */
export const newProject: z.ZodType<NewProject> = z.strictObject({
  externalId: externalId.nullable().optional(),
  name,
  workflowId: uuid.nullable().optional(),
  assignment: assignmentConfig.optional(),
  quality: qualityPolicy.optional(),
})

/** The members of a project that may change; those left out stay, `assignment` is replaced whole. */
export const projectChange: z.ZodType<ProjectChange> = z.strictObject({
  externalId: externalId.nullable().optional(),
  name: name.optional(),
  workflowId: uuid.nullable().optional(),
  assignment: assignmentConfig.optional(),
  quality: qualityPolicy.optional(),
})

/** A project as the host knows it, by its own id of it. */
export const upsertedProject: z.ZodType<UpsertedProject> = z.strictObject({
  externalId,
  name,
  workflowId: uuid.nullable().optional(),
  assignment: assignmentConfig.optional(),
  quality: qualityPolicy.optional(),
})

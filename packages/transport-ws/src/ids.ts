import type { ProjectId } from '@muster/core'
import { uuid } from '@muster/core/schemas'
import type { z } from 'zod'

/** The id of a project as a client names it. */
export const projectId: z.ZodType<ProjectId, string> = uuid as unknown as z.ZodType<ProjectId, string>

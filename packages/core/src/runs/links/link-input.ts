import { z } from 'zod'
import { name, uuid } from '../../input/parse.ts'
import { LINK_WHENS } from '../../jobs/flows.ts'
import { SETTLED_STATES } from '../../jobs/job.ts'
import type { Json } from '../../json/json.ts'
import { withReferences } from '../escalation/policy-input.ts'
import { runFields } from '../run-input.ts'
import type { NewLinkedRun, NewRunRequest } from '../runs.ts'
import type { LinkMapping, RunAfter } from './link.ts'

const template: z.ZodType<Json, unknown> = withReferences.meta({
  description:
    'JSON in which `{ "$": "/pointer" }` stands for what the pointer leads to in { scenario: { scenarioId, payload }, results: [{ result, error }], outcome, reasons }, per result also { result, error }. If it leads nowhere, the scenario is refused, or with `"required": false` its member dropped.',
}) as unknown as z.ZodType<Json, unknown>

const mapping: z.ZodType<LinkMapping> = z.strictObject({
  per: z.enum(['scenario', 'result']),
  where: z
    .strictObject({
      state: z.array(z.enum(SETTLED_STATES)).min(1).optional(),
      model: z.array(name).min(1).max(100).optional(),
      escalated: z.boolean().optional(),
    })
    .optional(),
  scenarioId: template.optional(),
  payload: template,
  revealModels: z.boolean().optional(),
})

const runAfter: z.ZodType<RunAfter> = z.strictObject({
  runId: uuid,
  when: z.enum(LINK_WHENS),
  from: mapping.optional(),
})

/** A request to start a run after another. */
export const newLinkedRun: z.ZodType<NewLinkedRun> = z.strictObject({
  jobType: name.optional(),
  after: runAfter,
  ...runFields,
})

/** A request to start a run: of a definition, or after another run. */
export const runStart: z.ZodType<NewRunRequest | NewLinkedRun> = z
  .strictObject({
    definitionId: uuid.optional(),
    jobType: name.optional().meta({ description: 'Of a run after another; default: that one’s' }),
    after: runAfter.optional(),
    ...runFields,
  })
  .superRefine(({ definitionId, jobType, after }, context) => {
    const wrong = (path: string, message: string): void =>
      context.addIssue({ code: 'custom', message, path: [path] })
    if (after === undefined) {
      if (definitionId === undefined) wrong('definitionId', 'is required, unless after names a run')
      if (jobType !== undefined) wrong('jobType', 'cannot stand beside definitionId')
    } else if (definitionId !== undefined) {
      wrong('definitionId', 'cannot stand beside after: a definition is made then')
    }
  }) as unknown as z.ZodType<NewRunRequest | NewLinkedRun>

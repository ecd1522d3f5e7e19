import { z } from 'zod'
import { name, pointer, uuid } from '../input/parse.ts'
import { MAX_SCENARIOS } from '../runs/run.ts'
import type { NewCalibration } from './calibration.ts'
import { answerMap, range, scorer, seed } from './metric-input.ts'

/** Most members of a task's payload that a calibration fills. */
const MOST_MEMBERS = 50
const budget = z.int().min(1).max(MAX_SCENARIOS)

/** A calibration to be drawn. */
export const newCalibration: z.ZodType<NewCalibration> = z
  .strictObject({
    runId: uuid,
    models: z.array(name).min(1).max(100).meta({ uniqueItems: true }).optional(),
    judge: scorer,
    range,
    truth: z.strictObject({ projectId: uuid, question: name, map: answerMap.optional() }),
    kind: z.enum(['share', 'mean']).optional(),
    design: z.enum(['uniform', 'stratified', 'active']).optional(),
    budget,
    seed: seed.optional(),
    target: z.enum(['scenarios', 'run']).optional(),
    strata: z
      .strictObject({ at: pointer.optional(), allocate: z.enum(['neyman', 'proportional']).optional() })
      .optional(),
    floor: z.number().min(0.2).max(1).optional(),
    clusterBy: pointer.optional(),
    anytime: z.boolean().optional(),
    taskPayload: z
      .record(name, pointer)
      .refine((members) => Object.keys(members).length <= MOST_MEMBERS && !Object.hasOwn(members, 'of'), {
        error: `must have at most ${MOST_MEMBERS} members, none of them \`of\``,
      })
      .meta({ maxProperties: MOST_MEMBERS })
      .optional(),
  })
  .superRefine((given, context) => {
    const refuse = (path: string, message: string): void =>
      context.addIssue({ code: 'custom', message, path: [path] })
    const { design = 'stratified', models = [] } = given
    if (new Set(models).size < models.length) refuse('models', 'must not repeat a model')
    if (given.judge.type === 'people') refuse('judge', 'must be no people: they are the truth')
    if (given.anytime === true && design !== 'uniform') refuse('anytime', 'needs the design uniform')
    if (given.strata !== undefined && design !== 'stratified') refuse('strata', 'needs the design stratified')
    if (given.floor !== undefined && design !== 'active') refuse('floor', 'needs the design active')
    if (given.clusterBy !== undefined && given.target === 'run')
      refuse('clusterBy', 'needs the target scenarios')
    const outside = Object.values(given.truth.map ?? {}).some((value) => value < 0 || value > 1)
    if (given.kind === 'share' && outside) refuse('truth', 'must map answers to 0 to 1 for a share')
  })

/** A larger budget. */
export const calibrationExtension: z.ZodType<{ readonly budget: number }> = z.strictObject({ budget })

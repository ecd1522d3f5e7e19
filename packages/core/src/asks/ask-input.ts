import { z } from 'zod'
import { digestOf } from '../digest.ts'
import { AskRefusedError, ValidationError } from '../errors.ts'
import { json, name as nameText, parse, priority, text, uuid } from '../input/parse.ts'
import { type AskWish, LONGEST_ASK_NAME, type ReadAsk } from '../jobs/asks/ask.ts'
import { canonicalJson, type Json } from '../json/json.ts'
import { newRequirement } from '../workflow/workflow-input.ts'

/** Longest wait for an answer, in seconds: a year. */
const MOST_TIMEOUT_SECONDS = 31_536_000

/** The name of a question, or of a kept value. */
const askName = text(1, LONGEST_ASK_NAME)

/** A question to people. */
const askWish: z.ZodType<AskWish> = z
  .strictObject({
    form: nameText.optional(),
    payload: json,
    workflowId: uuid.optional(),
    requiredSkills: z.array(newRequirement).max(50).optional(),
    priority: priority.optional(),
    timeoutSeconds: z.int().min(1).max(MOST_TIMEOUT_SECONDS).optional(),
    onTimeout: z.union([z.strictObject({ answer: json }), z.enum(['raise', 'fail'])]).optional(),
  })
  .superRefine(({ timeoutSeconds, onTimeout }, context) => {
    if (timeoutSeconds !== undefined && onTimeout === undefined) {
      const message = 'is required beside timeoutSeconds: { answer }, raise or fail'
      context.addIssue({ code: 'custom', message, path: ['onTimeout'] })
    }
  })

/** A question as its handler gave it. @throws AskRefusedError naming each path */
export function readAsk(name: string, given: unknown): ReadAsk {
  try {
    const wish = parse(askWish, given)
    const asked = JSON.parse(JSON.stringify(wish)) as Json
    const digest = digestOf(canonicalJson(asked))
    return { name: parse(askName, name, ['name']), digest, wish }
  } catch (error) {
    if (error instanceof ValidationError) throw new AskRefusedError(error.issues)
    throw error
  }
}

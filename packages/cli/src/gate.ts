import type { Answers, MusterClient } from '@muster/client'
import { CommandError, EXIT, UsageError } from './command-error.ts'
import { objectOf } from './files.ts'
import type { GateOptions } from './options.ts'
import { projectOf, type RunModel, runModelIn } from './runs.ts'

const DECISIONS: Readonly<Record<string, number>> = { GO: 0, 'NO-GO': 1, INCONCLUSIVE: 2 }

/** `muster gate`: what is told, and the exit code that says the decision. @throws CommandError */
export async function gate(
  muster: MusterClient,
  file: string,
  { baseline, candidate, wait = false }: GateOptions,
  say: (words: string) => void,
): Promise<{ readonly told: object; readonly exitCode: number }> {
  const policy = await objectOf(file)
  const sides = {
    baseline: sideOf('baseline', baseline, policy['baseline']),
    candidate: sideOf('candidate', candidate, policy['candidate']),
  }
  const projectId = await projectOf(muster, Object.values(sides), { untilEnded: wait, say })
  // The server says of each place in the policy whether it may be so.
  const body = { ...policy, ...sides } as never
  const decided = await muster.evaluation.gate(projectId, body)
  const { decision, rules, comparisonId, gateId } = decided
  for (const rule of rules) say(wordsOf(rule))
  say(decision)
  const exitCode = DECISIONS[decision]
  if (exitCode === undefined)
    throw new CommandError(EXIT.away, `The server decided what is none: ${decision}`)
  return { told: { decision, rules, comparisonId, gateId }, exitCode }
}

/** The model of the call, else of the policy. */
function sideOf(name: string, given: string | undefined, inPolicy: unknown): RunModel {
  if (given !== undefined) return runModelIn(given)
  const { runId, model } = (inPolicy ?? {}) as Partial<RunModel>
  if (typeof runId === 'string' && runId !== '' && typeof model === 'string') return { runId, model }
  throw new UsageError(`No ${name} is named: give --${name} RUN/MODEL, or name it in the policy`)
}

function wordsOf({
  metric,
  tier,
  maxDrop,
  minValue,
  verdict,
  reason,
}: Answers['Gate']['rules'][number]): string {
  const limit = maxDrop === undefined ? `at least ${minValue}` : `may drop by ${maxDrop}`
  return `${verdict}: ${metric}, ${tier}, ${limit}${reason === null ? '' : ` (${reason})`}`
}

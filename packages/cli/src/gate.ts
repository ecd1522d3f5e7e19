import { CommandError, EXIT } from './command-error.ts'
import { objectOf } from './files.ts'
import type { GateOptions } from './options.ts'
import { projectOf, type RunModel, runModelIn } from './runs.ts'
import type { Server } from './server.ts'

const DECISIONS: Readonly<Record<string, number>> = { GO: 0, 'NO-GO': 1, INCONCLUSIVE: 2 }

interface Gate {
  readonly decision: string
  readonly gateId: string
  readonly comparisonId: string
  readonly rules: readonly {
    readonly metric: string
    readonly tier: string
    readonly maxDrop?: number
    readonly minValue?: number
    readonly verdict: string
    readonly reason: string | null
  }[]
}

/** `muster gate`: what is told, and the exit code that says the decision. @throws CommandError */
export async function gate(
  server: Server,
  file: string,
  { baseline, candidate, wait = false }: GateOptions,
  say: (words: string) => void,
): Promise<{ readonly told: object; readonly exitCode: number }> {
  const policy = await objectOf(file)
  const sides = {
    baseline: sideOf('baseline', baseline, policy['baseline']),
    candidate: sideOf('candidate', candidate, policy['candidate']),
  }
  const projectId = await projectOf(server, Object.values(sides), { untilEnded: wait, say })
  const decided = (await server.post(`/projects/${projectId}/gates`, { ...policy, ...sides })) as Gate
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
  if (typeof runId === 'string' && typeof model === 'string') return { runId, model }
  throw new CommandError(
    EXIT.usage,
    `No ${name} is named: give --${name} RUN/MODEL, or name it in the policy`,
  )
}

function wordsOf({ metric, tier, maxDrop, minValue, verdict, reason }: Gate['rules'][number]): string {
  const limit = maxDrop === undefined ? `at least ${minValue}` : `may drop by ${maxDrop}`
  return `${verdict}: ${metric}, ${tier}, ${limit}${reason === null ? '' : ` (${reason})`}`
}

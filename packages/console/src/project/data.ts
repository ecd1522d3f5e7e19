import { type AnswerOf, call, parsed } from '../api/call.ts'

/** A project, as the API tells it. */
export type Project = AnswerOf<'GET /projects/{projectId}'>
/** Tasks, counted. */
export type Counts = AnswerOf<'GET /projects/{projectId}/tasks/counts'>
/** Tasks in all and by step, as everybody may know it. */
export type Totals = AnswerOf<'GET /projects/{projectId}/steps'>
/** What was submitted, by stretches of time. */
export type Rates = AnswerOf<'GET /projects/{projectId}/rates'>
type Workflow = AnswerOf<'GET /workflows/{id}'>

/** A step of people, with how its open tasks stand. */
interface StepStanding {
  readonly stepId: string
  readonly stepType: string
  readonly open: number
  readonly states: Counts['byState']
}

/** What managers see of a project. */
export interface Standing {
  readonly counts: Counts
  readonly steps: readonly StepStanding[]
  readonly rates: Rates
}

const DAY_S = 86_400
const DAYS = 14

/** How the tasks of a project stand, step by step, and what was submitted in two weeks. */
export async function standingOf(project: Project, now: Date): Promise<Standing> {
  const { projectId, workflowId } = project
  const params = { projectId }
  const from = new Date(now.getTime() - DAYS * DAY_S * 1_000).toISOString()
  const [counts, rates, workflow] = await Promise.all([
    call('GET /projects/{projectId}/tasks/counts', { params, query: {} }),
    call('GET /projects/{projectId}/rates', { params, query: { from, step: DAY_S } }),
    workflowId === null ? undefined : call('GET /workflows/{id}', { params: { id: workflowId } }),
  ])
  const steps = await Promise.all(
    (workflow?.steps ?? []).map((step) => stepOf(projectId, step, counts.byStep[step.stepId] ?? 0)),
  )
  return { counts, steps, rates }
}

const NOBODY: Counts['byState'] = { free: 0, held: 0, resting: 0, nobody: 0 }

async function stepOf(
  projectId: string,
  { stepId, stepType }: Workflow['steps'][number],
  open: number,
): Promise<StepStanding> {
  if (open === 0 || stepType === 'automatic') return { stepId, stepType, open, states: NOBODY }
  const { byState } = await call('GET /projects/{projectId}/tasks/counts', {
    params: { projectId },
    query: { status: ['open'], stepId },
  })
  return { stepId, stepType, open, states: byState }
}

/** Submissions a day by step, for a chart: every day of the stretch, those without any too. */
export function submittedADay({ from, to, step, steps }: Rates): {
  readonly times: readonly number[]
  readonly series: readonly { readonly title: string; readonly values: readonly number[] }[]
  readonly total: number
} {
  const first = Date.parse(from)
  const count = Math.max(0, Math.ceil((Date.parse(to) - first) / (step * 1_000)))
  const times = Array.from({ length: count }, (_, place) => first + place * step * 1_000)
  const stepIds = Array.from(new Set(steps.map(({ stepId }) => stepId)))
  const series = stepIds.map((stepId) => ({
    title: stepId,
    values: times.map((at) =>
      steps
        .filter((row) => row.stepId === stepId && Math.abs(Date.parse(row.at) - at) < step * 500)
        .reduce((sum, { submitted }) => sum + submitted, 0),
    ),
  }))
  const total = steps.reduce((sum, { submitted }) => sum + submitted, 0)
  return { times, series, total }
}

/** Payloads as they were written: one JSON value a line, or one list; and the first fault of them. */
export function payloadsOf(text: string): { readonly payloads: readonly unknown[]; readonly fault?: string } {
  const trimmed = text.trim()
  if (trimmed === '') return { payloads: [] }
  if (trimmed.startsWith('['))
    try {
      return { payloads: parsed(trimmed) as unknown[] }
    } catch {
      // It may still be a list on each line.
    }
  const payloads: unknown[] = []
  for (const [place, line] of trimmed.split('\n').entries()) {
    if (line.trim() === '') continue
    try {
      payloads.push(parsed(line))
    } catch {
      return { payloads: [], fault: `Line ${place + 1} is no JSON.` }
    }
  }
  return { payloads }
}

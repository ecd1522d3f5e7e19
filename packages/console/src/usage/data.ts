import { type AnswerOf, call } from '../api/call.ts'
import type { Look } from '../design/state.tsx'
import { figure } from '../design/time.ts'

/** What was used, in all and in parts. */
export type Usage = AnswerOf<'GET /usage'>
/** A part of it. */
export type UsagePart = Usage['items'][number]
/** A cap on money, and how much of it is gone. */
export type Budget = AnswerOf<'GET /budgets/{id}'>
/** What a model costs from a moment on. */
export type Price = AnswerOf<'GET /prices'>['items'][number]

/** No fact tells of each call: usage is read again this long after each answer. */
export const AGAIN_MS = 5_000

/** A way to split usage. */
export type Split = Usage['by']

interface Asked {
  /** undefined: all projects. */
  readonly projectId: string | undefined
  readonly by: Split
  readonly from: string | undefined
  readonly to: string | undefined
}

/** Reads usage of a project, or of all. @throws CallError */
export function readUsage({ projectId, by, from, to }: Asked): Promise<Usage> {
  const query = { by, ...(from && { from }), ...(to && { to }) }
  if (projectId === undefined) return call('GET /usage', { query })
  return call('GET /projects/{projectId}/usage', { params: { projectId }, query })
}

const MICROS = 1_000_000
const CENTS = 2
const PLACES = 6

/** Millionths as an amount, to the last digit that it has: `12.50`, `0.000004`. */
export function money(micros: number): string {
  const size = Math.abs(micros)
  const whole = Math.floor(size / MICROS)
  const part = String(size % MICROS).padStart(PLACES, '0')
  const digits = part.slice(0, CENTS) + part.slice(CENTS).replace(/0+$/, '')
  return `${micros < 0 ? '−' : ''}${figure(whole)}.${digits}`
}

/** The millionths of an amount as it is typed; undefined for what is none. */
export function microsOf(text: string): number | undefined {
  const [, whole, part = ''] =
    /^(\d{1,9})(?:\.(\d{0,6}))?$/.exec(text.trim().replaceAll(/[\s\u202f]/g, '')) ?? []
  if (whole === undefined) return undefined
  return Number(whole) * MICROS + Number(part.padEnd(PLACES, '0'))
}

/** An amount as a field for it has it. */
export const amountOf = (micros: number): string => money(micros).replaceAll('\u202f', '')

/** What is gone of a budget or promised by it. */
export function goneOf({ assumedMicros, reservedMicros, spentMicros }: Budget): number {
  return spentMicros + reservedMicros + assumedMicros
}

/** How a budget stands, in words. */
export function lookOfBudget(budget: Budget): Look {
  const { assumedMicros, capMicros, hard, reached, soft, spentMicros } = budget
  const spent = spentMicros + assumedMicros
  if (hard && (reached || spent >= capMicros)) return { shape: 'bars', word: 'at its cap', tone: 'failed' }
  if (spent >= capMicros) return { shape: 'mark', word: 'beyond it', tone: 'failed' }
  if (spent >= soft * capMicros) return { shape: 'mark', word: 'nearly spent', tone: 'wait' }
  return { shape: 'check', word: 'open', tone: 'done' }
}

/** What a budget is of, in words. */
export function scopeSaid({ scope }: Budget): string {
  if ('runId' in scope) return `run ${scope.runId.slice(-8)}`
  return scope.day === undefined ? 'the project, for ever' : `the project’s day, ${scope.day}`
}

/** What a part of usage is of. */
export function partSaid(part: UsagePart, nameOfProject: (id: string) => string | undefined): string {
  if (part.model !== undefined) return part.model
  if (part.day !== undefined) return part.day
  if (part.projectId !== undefined) return nameOfProject(part.projectId) ?? `…${part.projectId.slice(-8)}`
  return part.runId == null ? 'jobs of no run' : `run ${part.runId.slice(-8)}`
}

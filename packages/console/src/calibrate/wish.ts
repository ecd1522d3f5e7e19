import { parsed } from '../api/call.ts'
import { scoreOf, type WishedScorer } from '../design/scorer.tsx'
import type { DESIGNS } from './words.ts'

/** A calibration as its fields have it. */
export interface Wish extends WishedScorer {
  readonly runId: string
  /** Names with commas between; empty: all. */
  readonly models: string
  readonly least: string
  readonly most: string
  /** The project of those who answer. */
  readonly projectId: string
  readonly question: string
  /** Answers with their numbers, such as `yes=1, no=0`. */
  readonly map: string
  readonly design: (typeof DESIGNS)[number]['value']
  readonly budget: string
  readonly target: 'scenarios' | 'run'
  readonly clusterBy: string
}

/** The wish that one begins with. */
export const FRESH: Wish = {
  runId: '',
  models: '',
  scorer: 'value',
  at: '/score',
  to: '/label',
  least: '0',
  most: '1',
  projectId: '',
  question: '',
  map: '',
  design: 'stratified',
  budget: '100',
  target: 'scenarios',
  clusterBy: '',
}

const parts = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')

/** A number as typed. What is none goes as text, and the answer says what is wrong with it. */
export const numberIn = (text: string): number =>
  text.trim() === '' || Number.isNaN(Number(text)) ? (text as never) : Number(text)

/** The request of a wish. */
export function bodyOf({ runId, projectId, question, design, target, ...wish }: Wish) {
  const models = parts(wish.models)
  const map = parts(wish.map).map((part) => {
    const at = part.lastIndexOf('=')
    return [part.slice(0, at).trim(), numberIn(part.slice(at + 1))] as const
  })
  const clusterBy = wish.clusterBy.trim()
  return {
    runId,
    ...(models.length > 0 && { models }),
    judge: scoreOf(wish),
    range: [numberIn(wish.least), numberIn(wish.most)],
    truth: { projectId, question, ...(map.length > 0 && { map: Object.fromEntries(map) }) },
    design: design === 'anytime' ? ('uniform' as const) : design,
    ...(design === 'anytime' && { anytime: true }),
    budget: numberIn(wish.budget),
    target,
    ...(clusterBy !== '' && { clusterBy }),
  }
}

/** A request out of JSON, or what is wrong with that. */
export function requestFrom(text: string): { readonly body?: unknown; readonly fault?: string } {
  try {
    return { body: parsed(text) }
  } catch (error) {
    return { fault: error instanceof SyntaxError ? error.message : String(error) }
  }
}

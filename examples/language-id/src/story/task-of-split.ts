import { createHash } from 'node:crypto'
import type { NewRequirement } from '@muster/core/calls'
import type { Split } from '../analysis/tables.ts'
import { draw, shuffle } from '../data/draw.ts'
import type { LabelResult } from '../people/scripted-work.ts'

/** What people see: the text and the languages to choose from, but not who said what. */
export type TaskPayload = {
  readonly text: string
  /** By their codes, shuffled. */
  readonly candidates: readonly string[]
}

/** A split as a task for people, in the form in which tasks are added. */
export interface StoryTask {
  readonly externalId: string
  readonly payload: TaskPayload
  readonly requiredSkills: readonly NewRequirement[]
  /** On half of the tasks: what measures people. Never shown to them. */
  readonly gold?: LabelResult
}

/** Who reads a candidate less well than this is no help. */
const MIN_LEVEL = 2

/**
 * A split's task has this `externalId`. It says nothing of the text, as the scenario's own id would: that names the true language, and people see
 * the ids of their tasks.
 */
export function externalIdOf(
  { dataset, scenarioId }: Pick<Split, 'dataset' | 'scenarioId'>,
  seed: number,
): string {
  const digest = createHash('sha256').update(`${seed}\n${dataset}\n${scenarioId}`).digest('hex')
  return `split-${digest.slice(0, 16)}`
}

/**
 * Makes the task that asks people what the models could not agree on. Any one of the candidate languages is skill enough. Half of the tasks, by seed,
 * are gold; never one whose true language no model named, for nobody could be right.
 */
export function taskOfSplit(split: Split, { seed }: { readonly seed: number }): StoryTask {
  const { scenarioId, text, language, answers } = split
  const named = new Set(answers.map((answer) => answer.language).filter((answer) => answer !== null))
  const candidates = shuffle([...named], seed, scenarioId)
  const isGold = named.has(language) && draw(seed, `gold\n${scenarioId}`) < 0.5
  return {
    externalId: externalIdOf(split, seed),
    payload: { text, candidates },
    requiredSkills: [{ anyOf: candidates, minLevel: MIN_LEVEL }],
    ...(isGold ? { gold: { label: language } } : {}),
  }
}

import type { JobId, TaskId } from '../../ids.ts'
import type { JobState } from '../../jobs/job.ts'
import { type Json, valueAt } from '../../json/json.ts'
import { folded } from '../../text-order.ts'
import type { TaskStatus } from '../../workflow/task.ts'

/** The answer of one model to a scenario. */
export interface MatrixCell {
  readonly jobId: JobId
  readonly state: JobState
  /** The answer as text, cut after 200 characters; null where there is none. */
  readonly label: string | null
  readonly score: number | null
}

/** One scenario of a run with what its models made of it. */
export interface MatrixRow {
  /** In the definition, from 1. */
  readonly place: number
  readonly scenarioId: string
  /** The scenario in a line. */
  readonly preview: string
  /** In the order of the run's models, of each as many as the run has repeats. */
  readonly cells: readonly MatrixCell[]
  /** The task that it became; null where it did not. */
  readonly taskId: TaskId | null
  /** How far the people are with that task; null without one. */
  readonly people: MatrixPeople | null
}

/** The task of a scenario as far as people have come. */
export interface MatrixPeople {
  readonly status: TaskStatus
  /** Their outcome as text, cut after 200 characters; null where there is none. */
  readonly label: string | null
  /** How many have answered, before any review. */
  readonly answers: number
}

/** A row as it is stored: the outcome whole. */
export interface MatrixEntry extends Omit<MatrixRow, 'people'> {
  readonly people: (Omit<MatrixPeople, 'label'> & { readonly outcome: Json }) | null
}

/** Where labels and scores stand in results: JSON Pointers. */
export interface MatrixPointers {
  readonly labelAt: string
  readonly scoreAt: string
}

/** A condition on one scenario; models by their place in the run, from 0. */
export type MatrixCondition =
  /** Two labels differ. */
  | { readonly kind: 'split' }
  /** A job failed. */
  | { readonly kind: 'failed' }
  | { readonly kind: 'is'; readonly model: number; readonly label: string }
  /** The model has a label, in one repeat at least, which is another. */
  | { readonly kind: 'isNot'; readonly model: number; readonly label: string }
  /** Both models have a label, and these differ. */
  | { readonly kind: 'differs'; readonly model: number; readonly other: number }
  /** A text in the scenario's payload has it, in capitals or not. */
  | { readonly kind: 'text'; readonly text: string }

/** Most characters of a label or a preview that are shown. */
const SHOWN_CHARACTERS = 200

interface EndedJob {
  readonly jobId: JobId
  readonly state: JobState
  readonly result: Json
}

/** The label of a completed job, uncut: text as it is, all else as JSON. */
export function labelIn({ state, result }: Omit<EndedJob, 'jobId'>, labelAt: string): string | null {
  return state === 'completed' ? textAs(valueAt(result, labelAt)) : null
}

function textAs(value: Json | undefined): string | null {
  if (value === undefined || value === null) return null
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** A row as it is shown; `outcomeIn` finds what is compared with labels in the outcome of people. */
export function rowOf(
  { people, ...row }: MatrixEntry,
  outcomeIn: (outcome: Json) => Json | undefined,
): MatrixRow {
  if (people === null) return { ...row, people }
  const { outcome, ...rest } = people
  const label = outcome === null ? null : textAs(outcomeIn(outcome))
  return { ...row, people: { ...rest, label: label === null ? null : shown(label) } }
}

/** The beginning of a text. */
function shown(text: string): string {
  return Array.from(text).slice(0, SHOWN_CHARACTERS).join('')
}

/** The cell of a job that ended so. */
export function cellOf(job: EndedJob, { labelAt, scoreAt }: MatrixPointers): MatrixCell {
  const { jobId, state, result } = job
  const label = labelIn(job, labelAt)
  const score = state === 'completed' ? valueAt(result, scoreAt) : null
  return {
    jobId,
    state,
    label: label === null ? null : shown(label),
    score: typeof score === 'number' ? score : null,
  }
}

/** The texts in a payload, however deep. */
function textsIn(value: Json): string[] {
  if (typeof value === 'string') return [value]
  if (value === null || typeof value !== 'object') return []
  return Object.values(value).flatMap(textsIn)
}

/** A payload in one line: its `text`, else the first text in it, else its JSON. */
export function previewOf(payload: Json): string {
  const own = valueAt(payload, '/text')
  const text = typeof own === 'string' ? own : (textsIn(payload)[0] ?? JSON.stringify(payload))
  return shown(text.replaceAll(/\s+/g, ' ').trim())
}

/** Whether all conditions hold of a scenario with these labels, uncut, by the run's models. */
export function meets(
  conditions: readonly MatrixCondition[],
  scenario: {
    readonly payload: Json
    /** By the run's models, of each as many as the run has repeats. */
    readonly labels: readonly (string | null)[]
    readonly repeats: number
    readonly states: readonly JobState[]
  },
): boolean {
  const { payload, labels, repeats, states } = scenario
  const labelsOf = (model: number): (string | null)[] => labels.slice(model * repeats, (model + 1) * repeats)
  return conditions.every((condition) => {
    switch (condition.kind) {
      case 'split':
        return new Set(labels.filter((label) => label !== null)).size > 1
      case 'failed':
        return states.includes('failed')
      case 'is':
        return labelsOf(condition.model).includes(condition.label)
      case 'isNot':
        return labelsOf(condition.model).some((label) => isOther(label, condition.label))
      case 'differs':
        return labelsOf(condition.model).some((one) =>
          labelsOf(condition.other).some((other) => isOther(one, other)),
        )
      case 'text': {
        const sought = folded(condition.text)
        return textsIn(payload).some((text) => folded(text).includes(sought))
      }
    }
    return condition satisfies never
  })
}

function isOther(one: string | null | undefined, other: string | null | undefined): boolean {
  return one != null && other != null && one !== other
}

/** One bit a place, the first the lowest of the first byte. */
export function bitmapOf(places: readonly number[], size: number): Uint8Array {
  const bits = new Uint8Array(Math.ceil(size / 8))
  for (const place of places)
    bits[(place - 1) >> 3] = (bits[(place - 1) >> 3] ?? 0) | (1 << ((place - 1) & 7))
  return bits
}

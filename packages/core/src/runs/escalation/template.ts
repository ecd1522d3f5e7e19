import { type Issue, type Json, pathOf, valueAt } from '../../json/json.ts'
import type { Template } from './policy.ts'

/** Stands for what a pointer of a template leads to. */
interface Reference {
  readonly pointer: string
  readonly required: boolean
}

/** A template's value; `missing` names what it demands and was not there. Without a value: all of it was dropped. */
export interface Filled {
  readonly value: Json | undefined
  readonly missing: readonly Issue[]
}

/** The reference that this is, or undefined where it stands for itself. That it is well formed was seen when the policy was read. */
function referenceIn(template: Template, isDemanded: boolean): Reference | undefined {
  if (typeof template !== 'object' || template === null || !Object.hasOwn(template, '$')) return undefined
  const { $: pointer, required = isDemanded } = template as { readonly [member: string]: Json }
  if (typeof pointer !== 'string') throw new TypeError('A template was not read as one')
  return { pointer, required: required === true }
}

/**
 * Fills a template from `data`. A pointer that leads nowhere drops its member or item; one that is required is named behind `at`. `isDemanded`: what a pointer is
 * that does not say whether it is required.
 */
export function fill(template: Template, data: Json, at: readonly PropertyKey[], isDemanded = false): Filled {
  const missing: Issue[] = []
  const value = filled(template, { data, isDemanded, missing }, at)
  return { value, missing }
}

/** The source that all of one template is filled from. */
interface Source {
  readonly data: Json
  readonly isDemanded: boolean
  readonly missing: Issue[]
}

function filled(template: Template, source: Source, at: readonly PropertyKey[]): Json | undefined {
  if (typeof template !== 'object' || template === null) return template
  const reference = referenceIn(template, source.isDemanded)
  if (reference) {
    const value = valueAt(source.data, reference.pointer)
    if (value === undefined && reference.required) {
      source.missing.push({
        path: pathOf(at),
        message: `needs a value at ${reference.pointer}, where there is none`,
      })
    }
    return value
  }
  if (Array.isArray(template)) {
    return template.flatMap((item: Template, index) => {
      const value = filled(item, source, [...at, index])
      return value === undefined ? [] : [value]
    })
  }
  const members = Object.entries(template).flatMap(([name, member]: [string, Template]) => {
    const value = filled(member, source, [...at, name])
    return value === undefined ? [] : [[name, value] as const]
  })
  return Object.fromEntries(members)
}

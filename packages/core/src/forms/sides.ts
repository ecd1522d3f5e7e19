import { type Json, valueAt } from '../json/json.ts'
import { compareOf, isCompare, type NewForm, type ShowCompare } from './form.ts'

/** Ids of the sides of each compare, in the order of the form or of the payload. */
export type Sides = Readonly<Record<string, readonly string[]>>

/** Answers that are no side: nobody may name a side so. */
export const NO_SIDES: readonly string[] = ['tie', 'bothBad']

/** The sides of a compare that the form itself lists; `undefined`: each task has its own. */
export function fixedSides(form: Pick<NewForm, 'show'>, name: string): readonly string[] | undefined {
  return compareOf(form, name).sides?.map(({ id }) => id)
}

/** Of each compare that the form shows, the ids of the sides that this payload has. */
export function sidesOf(form: Pick<NewForm, 'show'>, payload: Json): Sides {
  return Object.fromEntries(
    form.show
      .filter(isCompare)
      .map((show) => [show.name, sidesAt(show, payload).map(({ id }) => id)] as const),
  )
}

/** The sides of one compare with what is shown of each; none where the payload is not as the form needs it. */
export function sidesAt(
  { sides, each, idAt, valueAt: contentAt }: ShowCompare,
  payload: Json,
): { readonly id: string; readonly value: Json | undefined }[] {
  if (sides !== undefined) return sides.map(({ id, at }) => ({ id, value: valueAt(payload, at) }))
  const elements = valueAt(payload, each ?? '')
  if (!Array.isArray(elements)) return []
  return (elements as readonly Json[]).map((element, place) => ({
    id: idAt === undefined ? String(place + 1) : textAt(element, idAt),
    value: contentAt === undefined ? element : valueAt(element, contentAt),
  }))
}

function textAt(element: Json, pointer: string): string {
  const text = valueAt(element, pointer)
  return typeof text === 'string' ? text : ''
}

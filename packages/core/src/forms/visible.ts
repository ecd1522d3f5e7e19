import { type Json, valueAt } from '../json/json.ts'
import { isCompare, type NewForm, type Render } from './form.ts'
import { sidesAt } from './sides.ts'

type Shown = Pick<NewForm, 'show' | 'questions'>

/** One thing as a page shows it: how, and what stands at its pointer. */
export interface ShownThing extends Omit<Render, 'as'> {
  readonly name: string
  readonly as: Render['as'] | 'compare'
  readonly title?: string | undefined
  /** null if the payload lacks it; not of a compare. */
  readonly value?: Json
  readonly render?: Render
  /** Of a compare, in the order shown. */
  readonly sides?: readonly { readonly id: string; readonly value: Json }[]
}

/** All that is shown of a payload, the sides of each compare in the orders given. */
export function shownThings(
  { show }: Pick<NewForm, 'show'>,
  payload: Json,
  orders: Readonly<Record<string, readonly string[]>>,
): ShownThing[] {
  return show.map((one): ShownThing => {
    if (!isCompare(one)) {
      const { at, optional: _optional, ...rest } = one
      return { ...withLanguage(rest, payload), value: valueAt(payload, at) ?? null }
    }
    const { name, as, title, render } = one
    const order = orders[name] ?? []
    const sides = sidesAt(one, payload)
      .map(({ id, value }) => ({ id, value: value ?? null }))
      .sort((first, second) => order.indexOf(first.id) - order.indexOf(second.id))
    return { name, as, ...(title !== undefined && { title }), render: withLanguage(render, payload), sides }
  })
}

/** The language itself in place of the pointer to it. */
function withLanguage<Shown extends Render>(
  { languageAt, ...rest }: Shown,
  payload: Json,
): Omit<Shown, 'languageAt'> {
  const language = languageAt === undefined ? undefined : valueAt(payload, languageAt)
  return typeof language === 'string' ? { ...rest, language } : rest
}

/** The part of a payload that the pointers of forms name: values at those places, lists whole, nothing else. */
export function visiblePayload(forms: readonly Shown[], payload: Json): Json {
  let visible: Json | undefined
  for (const pointer of new Set(forms.flatMap(pointersOf))) {
    const value = valueAt(payload, pointer)
    if (value !== undefined) visible = put(visible, payload, pointer.split('/').slice(1), value)
  }
  return visible ?? (Array.isArray(payload) ? [] : {})
}

function pointersOf({ show, questions }: Shown): string[] {
  return [
    ...show.flatMap((one) => {
      if (!isCompare(one)) return [one.at, one.languageAt]
      return [...(one.sides ?? []).map(({ at }) => at), one.each, one.render.languageAt]
    }),
    ...questions.map(({ from }) => from),
  ].filter((pointer) => pointer !== undefined)
}

/** `visible` with a value at a place that the payload has; lists on the way keep their places. */
function put(visible: Json | undefined, payload: Json, escaped: readonly string[], value: Json): Json {
  const [first, ...rest] = escaped
  if (first === undefined) return value
  const name = first.replaceAll('~1', '/').replaceAll('~0', '~')
  const inner = valueAt(payload, `/${first}`) ?? null
  if (Array.isArray(payload)) {
    const list = Array.isArray(visible) ? [...(visible as readonly Json[])] : payload.map(() => null)
    const place = Number(name)
    return list.map((item, index) => (index === place ? put(item ?? undefined, inner, rest, value) : item))
  }
  const members = (visible ?? {}) as { readonly [key: string]: Json }
  const before = Object.hasOwn(members, name) ? members[name] : undefined
  return { ...members, [name]: put(before, inner, rest, value) }
}

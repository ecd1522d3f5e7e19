import type { Json } from '@muster/core'
import type { NewForm, Show } from '@muster/core/forms'
import { SeededRandom } from '@muster/testing'

/** A payload in which every text stands once in the world, and forms that name parts of it. */
export interface Generated {
  readonly payload: { readonly [key: string]: Json }
  readonly externalId: string
  /** Of the annotation, of the review (which may have none), and one that no step has. */
  readonly annotation: NewForm
  readonly review: NewForm | undefined
  readonly foreign: NewForm
}

/** Draws a payload and forms; the same seed draws the same. */
export function generated(seed: number): Generated {
  const random = new SeededRandom(seed)
  const below = (limit: number): number => Math.floor(random.next() * limit)
  let marks = 0
  const mark = (): string => `mark-${seed}-${++marks}-${below(2 ** 30).toString(36)}-end`
  const item = (): Json => ({ id: mark(), text: mark(), model: mark(), score: { by: mark() } })
  const payload = {
    // A job of the automatic step gets the payload, too.
    simulate: {},
    ...Object.fromEntries(Array.from({ length: 4 }, (_, n) => [`text${n}`, mark()])),
    ...Object.fromEntries(
      Array.from({ length: 3 }, (_, n) => [
        `object${n}`,
        { here: mark(), 'a/b~c': mark(), deep: { down: mark() } },
      ]),
    ),
    ...Object.fromEntries(
      Array.from({ length: 2 }, (_, n) => [`list${n}`, Array.from({ length: 2 + below(3) }, item)]),
    ),
  }
  const texts = [
    ...[0, 1, 2, 3].map((n) => `/text${n}`),
    ...[0, 1, 2].flatMap((n) => ['here', 'a~1b~0c', 'deep/down'].map((at) => `/object${n}/${at}`)),
    '/list0/0/text',
    '/list1/1/model',
  ]
  const some = <Item>(items: readonly Item[], count: number): Item[] =>
    [...items].sort(() => random.next() - 0.5).slice(0, count)
  const form = (name: string): NewForm => {
    const [one = '', other = '', first = '', second = '', language = '', from = ''] = some(texts, 6)
    const all: readonly Show[] = [
      { name: 'one', as: 'text', at: one },
      { name: 'other', as: 'code', at: other, ...(below(2) === 0 && { languageAt: language }) },
      { name: 'object', as: 'json', at: `/object${below(3)}` },
      {
        name: 'pair',
        as: 'compare',
        render: { as: 'text' },
        sides: [
          { id: 'a', at: first },
          { id: 'b', at: second },
        ],
      },
      {
        name: 'each',
        as: 'compare',
        render: { as: 'json' },
        each: `/list${below(2)}`,
        idAt: '/id',
        valueAt: '/text',
      },
    ]
    const shown = some(all, 1 + below(all.length))
    const compare = shown.find(({ as }) => as === 'compare')
    return {
      name: `${name}-${seed}`,
      title: 'Is it good?',
      show: shown,
      questions: [
        { id: 'good', type: 'yesNo', title: 'Good' },
        { id: 'words', type: 'text', title: 'Words', required: false, ...(below(2) === 0 && { from }) },
        ...(compare
          ? [{ id: 'best', type: 'choice', title: 'Best', of: compare.name, required: false } as const]
          : []),
      ],
      comment: true,
    }
  }
  return {
    payload,
    externalId: mark(),
    annotation: form('annotation'),
    review: below(2) === 0 ? form('review') : undefined,
    foreign: form('foreign'),
  }
}

/** The texts of a payload that none of these forms names: values at their pointers, lists whole. */
export function hiddenTexts({ payload, externalId }: Generated, forms: readonly NewForm[]): string[] {
  const named = new Set(
    forms
      .flatMap(({ show, questions }) => [
        ...show.flatMap((one) =>
          one.as === 'compare'
            ? [one.each, ...(one.sides ?? []).map(({ at }) => at)]
            : [one.at, one.languageAt],
        ),
        ...questions.map(({ from }) => from),
      ])
      .flatMap((pointer) => (pointer === undefined ? [] : textsIn(at(payload, pointer)))),
  )
  return [...textsIn(payload).filter((text) => !named.has(text)), externalId]
}

function at(value: Json, pointer: string): Json {
  return pointer
    .split('/')
    .slice(1)
    .reduce<Json>((inside, part) => {
      const key = part.replaceAll('~1', '/').replaceAll('~0', '~')
      return (inside as Readonly<Record<string, Json>>)[key] ?? null
    }, value)
}

function textsIn(value: Json): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value as object).flatMap(textsIn) : []
}

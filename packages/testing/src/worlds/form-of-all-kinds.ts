import type { Json } from '@muster/core'
import type { NewForm } from '@muster/core/forms'
import type { Random } from '@muster/core/ports'

/** One question of each way to be compared. */
export const FORM_OF_ALL_KINDS: NewForm = {
  name: 'all-kinds',
  title: 'All kinds',
  show: [
    { name: 'text', as: 'text', at: '/text' },
    {
      name: 'sides',
      as: 'compare',
      render: { as: 'text' },
      sides: [
        { id: 'x', at: '/text' },
        { id: 'y', at: '/text' },
        { id: 'z', at: '/text' },
      ],
    },
  ],
  questions: [
    { id: 'kind', type: 'choice', title: 'Kind', options: [{ value: '1' }, { value: 'two' }] },
    { id: 'good', type: 'yesNo', title: 'Good?', required: false },
    { id: 'grade', type: 'scale', title: 'Grade', min: 1, max: 3 },
    { id: 'tags', type: 'multi', title: 'Tags', options: [{ value: 'a' }, { value: 'b' }], min: 0 },
    { id: 'weight', type: 'number', title: 'Weight', agree: { by: 'interval', within: 1 } },
    { id: 'words', type: 'text', title: 'Words', agree: 'text' },
    { id: 'notes', type: 'text', title: 'Notes' },
    { id: 'order', type: 'ranking', title: 'Order', of: 'sides' },
    { id: 'marks', type: 'spans', title: 'Marks', of: 'text', labels: [{ value: 'bad' }], min: 0 },
  ],
}

/** Answers to {@link FORM_OF_ALL_KINDS}, drawn. */
export function someAnswers(random: Random): Json {
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random.next() * items.length)] as Item
  return {
    kind: pick(['1', 'two']),
    grade: pick([1, 2, 3]),
    tags: pick([[], ['a'], ['a', 'b']]),
    weight: pick([1, 2.5, 9]),
    words: pick(['Yes', ' yes', 'no']),
    notes: pick(['a', 'b']),
    order: pick([
      ['x', 'y', 'z'],
      ['z', 'x', 'y'],
      ['y', 'z', 'x'],
    ]),
    marks: pick([[], [{ start: 0, end: 2, label: 'bad' }], [{ start: 1, end: 4, label: 'bad' }]]),
    ...(random.next() < 0.7 && { good: pick([true, false]) }),
  }
}

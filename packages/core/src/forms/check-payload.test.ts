import { describe, expect, it } from 'vitest'
import type { Json } from '../json/json.ts'
import { checkPayload } from './check-payload.ts'
import type { NewForm, Show } from './form.ts'
import { formTemplates } from './templates.ts'

const shown = (...show: Show[]): NewForm => ({
  name: 'f',
  title: 'F',
  show,
  questions: [{ id: 'q', type: 'yesNo', title: 'Q' }],
})
const one = (
  as: 'text' | 'chat' | 'diff' | 'table' | 'image' | 'audio' | 'json' | 'code',
  more: object = {},
): NewForm => shown({ name: 'x', as, at: '/x', ...more })
const each = shown({
  name: 'x',
  as: 'compare',
  render: { as: 'text' },
  each: '/x',
  idAt: '/id',
  valueAt: '/text',
})
const say = (content: Json, role: Json = 'user'): Json => ({ role, content })

describe('a payload', () => {
  it('is refused with its place, what it must be, and for which shown thing of which form', () => {
    const rag = formTemplates.find(({ name }) => name === 'rag-faithfulness') as NewForm
    const form = { ...rag, version: 3 }
    const lacking = { ...(rag.example?.payload as Record<string, Json>) }
    delete lacking['answer']
    expect(checkPayload(form, lacking)).toEqual([
      {
        path: 'payload.answer',
        message: 'must be text, for `answer` of the form rag-faithfulness 3',
        rule: 'required',
      },
    ])
  })

  it.each<readonly [what: string, form: NewForm, payload: Json, faults: readonly string[]]>([
    ['no text', one('text'), { x: 1 }, ['payload.x type']],
    ['a null', one('text', { optional: true }), { x: null }, ['payload.x type']],
    ['no chat', one('chat'), { x: [] }, ['payload.x type']],
    ['501 messages', one('chat'), { x: Array.from({ length: 501 }, () => say('')) }, ['payload.x type']],
    ['a message without a role', one('chat'), { x: [say(''), say('', 1)] }, ['payload.x[1].role type']],
    ['a message without content', one('chat'), { x: [{ role: 'user' }] }, ['payload.x[0].content required']],
    [
      'a part of no kind',
      one('chat'),
      { x: [say([{ type: 'video', url: 'x' }])] },
      ['payload.x[0].content[0] type'],
    ],
    ['half a diff', one('diff', { beforeAt: '/b', afterAt: '/a' }), { x: { b: '' } }, ['payload.x.a type']],
    ['rows of text', one('table'), { x: [{}, 'x'] }, ['payload.x[1] type']],
    ['an image of no address', one('image'), { x: 'http://x' }, ['payload.x type']],
    ['an image that is a program', one('image'), { x: 'data:image/svg+xml,x' }, ['payload.x type']],
    ['a sound as an image', one('image'), { x: 'data:audio/ogg;base64,' }, ['payload.x type']],
    [
      'an image of more than 1 MiB',
      one('image'),
      { x: `data:image/png;base64,${'x'.repeat(1_048_576)}` },
      ['payload.x tooLong'],
    ],
    ['no language', one('code', { languageAt: '/l' }), { x: '' }, ['payload.l type']],
    ['one side', each, { x: [{ id: 'a', text: '' }] }, ['payload.x type']],
    ['a side without an id', each, { x: [{ id: 'a', text: '' }, { text: '' }] }, ['payload.x[1].id type']],
    [
      'an id twice',
      each,
      {
        x: [
          { id: 'a', text: '' },
          { id: 'a', text: '' },
        ],
      },
      ['payload.x[1].id repeated'],
    ],
    [
      'a side named tie',
      each,
      {
        x: [
          { id: 'a', text: '' },
          { id: 'tie', text: '' },
        ],
      },
      ['payload.x[1].id option'],
    ],
    [
      'a side that shows nothing',
      each,
      { x: [{ id: 'a', text: '' }, { id: 'b' }] },
      ['payload.x[1].text required'],
    ],
    [
      'three sides of a pair',
      { ...each, questions: [{ id: 'q', type: 'pairwise', title: 'Q', of: 'x' }] },
      { x: ['a', 'b', 'c'].map((id) => ({ id, text: '' })) },
      ['payload.x type'],
    ],
  ])('is refused that has %s', (_, form, payload, faults) => {
    expect(checkPayload(form, payload).map(({ path, rule }) => `${path} ${rule}`)).toEqual(faults)
  })

  it.each<readonly [what: string, form: NewForm, payload: Json]>([
    ['nothing that is optional', one('text', { optional: true }), {}],
    ['null as JSON', one('json'), { x: null }],
    [
      'messages as OpenAI spells them',
      one('chat'),
      {
        x: [
          { role: 'assistant', tool_calls: [{ id: 'c', function: { name: 'f', arguments: '{}' } }] },
          say([
            { type: 'text', text: 'x' },
            { type: 'image_url', image_url: { url: 'https://x' } },
          ]),
        ],
      },
    ],
    ['an image by https', one('image'), { x: 'https://example.org/x.png' }],
    [
      'sides by their places',
      shown({ name: 'x', as: 'compare', render: { as: 'text' }, each: '/x' }),
      { x: ['one', 'two'] },
    ],
    ['a name with a slash', shown({ name: 'x', as: 'text', at: '/a~1b/~0' }), { 'a/b': { '~': 'x' } }],
  ])('is taken that has %s', (_, form, payload) => {
    expect(checkPayload(form, payload)).toEqual([])
  })
})

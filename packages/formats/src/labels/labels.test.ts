import { describe, expect, it } from 'vitest'
import { fixture, readAll, valuesOf } from '../fixtures.test.support.ts'
import { fromLabelStudio, UnsupportedTagError } from './label-studio-config.ts'

describe('tasks of Label Studio', () => {
  it('have an answer of each kind, with marks in code points', async () => {
    const found = await readAll(fixture('label-studio/export.community.json'))
    expect(found.records[0]).toMatchObject({ kind: 'task', externalId: 'ls:1:101' })
    expect(valuesOf(found, 'submission')).toEqual([
      {
        task: 'ls:1:101',
        person: 'label-studio:1',
        answers: {
          verdict: 'Correct',
          fluency: 4,
          why: 'first line\nsecond line',
          span: [{ start: 3, end: 8, label: 'LOC' }],
          pw: 'left',
          topic: ['Geo/Capital'],
          conf: 80,
          rank: ['b', 'a'],
        },
        submittedAt: '2026-11-28T15:00:00.000Z',
        startedAt: '2026-11-28T14:59:52.500Z',
      },
    ])
    expect(valuesOf(found, 'task')[0]?.payload).toMatchObject({
      answer: 'In Paris 😀 of course',
      _source: { predictions: [{ model: 'model-a', answers: { verdict: 'Wrong' }, score: 0.7 }] },
    })
  })

  const marked = (start: number, end: number, text?: string): string =>
    JSON.stringify([
      {
        id: 1,
        data: { answer: 'In Paris 😀 of course' },
        annotations: [
          {
            completed_by: 1,
            result: [
              {
                type: 'labels',
                from_name: 'span',
                to_name: 'answer',
                value: { start, end, labels: ['X'], ...(text !== undefined && { text }) },
              },
            ],
          },
        ],
      },
    ])

  it('count marks in UTF-16 units, and refuse a mark whose text does not stand there', async () => {
    const found = await readAll(marked(12, 14, 'of'))
    expect(valuesOf(found, 'submission')[0]?.answers).toEqual({ span: [{ start: 11, end: 13, label: 'X' }] })
    for (const wrong of [marked(11, 13, 'of'), marked(12, 99), marked(10, 12), marked(5, 5)]) {
      const { findings, records } = await readAll(wrong)
      expect(findings).toContainEqual(expect.objectContaining({ level: 'error', code: 'span_outside' }))
      expect(records.map(({ kind }) => kind)).toEqual(['task'])
    }
    const points = await readAll(marked(11, 13, 'of'), { offsets: 'codepoint' })
    expect(valuesOf(points, 'submission')).toHaveLength(1)
  })

  it('take a list of one as a list where the question is known to have several', async () => {
    const bytes = fixture('label-studio/export.community.json')
    const questions = { verdict_: { type: 'multi' }, pw: { type: 'pairwise', sides: ['a', 'b'] } }
    const found = await readAll(bytes, { questions })
    expect(valuesOf(found, 'submission')[0]?.answers).toMatchObject({ verdict_: ['Correct'], pw: 'a' })
  })

  it('have gold from ground truth, and an empty answer that is one', async () => {
    const annotation = (result: unknown[], rest: object): object => ({
      completed_by: { id: 9 },
      result,
      ...rest,
    })
    const choice = { type: 'choices', from_name: 'c', to_name: 't', value: { choices: ['A'] } }
    const found = await readAll(
      JSON.stringify([
        {
          id: 3,
          data: { t: 'x' },
          annotations: [annotation([choice], { ground_truth: true }), annotation([], {})],
        },
      ]),
    )
    expect(valuesOf(found, 'task')[0]?.gold).toEqual({ c: 'A' })
    expect(valuesOf(found, 'submission')).toMatchObject([
      { person: 'label-studio:9', answers: { c: 'A' } },
      { person: 'label-studio:9', answers: {} },
    ])
  })

  it('keep no mail of a person', async () => {
    const found = await readAll(fixture('label-studio/sdk.test_export_csv.csv_test2.json'))
    expect(JSON.stringify(found.records)).not.toContain('@example.com')
  })

  it('keep quotes, tabs and newlines within a choice', async () => {
    const found = await readAll(fixture('label-studio/sdk.test_export_csv.csv_test2.json'))
    expect(valuesOf(found, 'submission')[0]?.answers).toEqual({
      uri_selection: 'Yes " "" \n \t \t а б в \n',
    })
  })
})

describe('a configuration of Label Studio', () => {
  const view = (inside: string): string => `<View>\n${inside}\n</View>`
  const text = '<Text name="t" value="$t"/>'

  it('becomes a form with the questions that it asks', () => {
    const { form, notices } = fromLabelStudio(
      view(`
        <Header value="Read this"/>${text}
        <Header value="Is it right?"/>
        <Choices name="Right?" toName="t" choice="single" required="true">
          <Choice value="Yes" alias="y" hotkey="1"/><Choice value="No" hotkey="ctrl+n"/>
        </Choices>
        <View visibleWhen="choice-unselected" whenTagName="Right?" whenChoiceValue="Yes">
          <TextArea name="why" toName="t" rows="3" value="$draft"/>
        </View>
        <Rating name="stars" toName="t" maxRating="3"/>
        <Number name="n" toName="t" min="0" max="10" slider="true" step="5"/>
        <Taxonomy name="topic" toName="t" leafsOnly="true"><Choice value="a"><Choice value="b"/></Choice></Taxonomy>
        <List name="items" value="$items"/><Ranker name="rank" toName="items"/>`),
      'mine',
    )
    expect(form).toEqual({
      name: 'mine',
      title: 'mine',
      help: 'Read this',
      show: [
        { name: 't', as: 'text', at: '/t' },
        {
          name: 'items',
          as: 'compare',
          each: '/items',
          idAt: '/id',
          valueAt: '/body',
          render: { as: 'text' },
        },
      ],
      questions: [
        {
          id: 'right_',
          type: 'choice',
          title: 'Is it right?',
          options: [{ value: 'y', title: 'Yes', key: '1' }, { value: 'No' }],
        },
        {
          id: 'why',
          type: 'text',
          title: 'why',
          lines: 3,
          from: '/draft',
          required: false,
          showIf: { not: { question: 'right_', is: 'y' } },
        },
        { id: 'stars', type: 'scale', title: 'stars', min: 1, max: 3, required: false },
        { id: 'n', type: 'scale', title: 'n', min: 0, max: 10, step: 5, required: false },
        { id: 'topic', type: 'multi', title: 'topic', options: [{ value: 'a/b' }], required: false },
        { id: 'rank', type: 'ranking', title: 'rank', of: 'items', required: false },
      ],
    })
    expect(notices.map(({ tag, attribute }) => [tag, attribute])).toEqual([
      ['Choice', 'hotkey'],
      ['TextArea', undefined],
    ])
  })

  it('has colours as a form has them', () => {
    const labels = ['red', '#ABC', '#a1b2c3', 'rebeccapurple', 'constructor']
      .map((color, index) => `<Label value="${index}" background="${color}"/>`)
      .join('')
    const { form, notices } = fromLabelStudio(view(`${text}<Labels name="l" toName="t">${labels}</Labels>`))
    expect(form['questions']).toMatchObject([
      {
        labels: [
          { value: '0', color: '#ff0000' },
          { value: '1', color: '#aabbcc' },
          { value: '2', color: '#a1b2c3' },
          { value: '3' },
          { value: '4' },
        ],
      },
    ])
    expect(notices.map(({ attribute }) => attribute)).toEqual(['background', 'background'])
  })

  it.each([
    ['HyperText', '<HyperText name="h" value="$h"/>'],
    ['Labels', `${text}<Labels name="l" toName="t" choice="multiple"><Label value="a"/></Labels>`],
    ['Choices', `${text}<Choices name="c" toName="t" value="$options"/>`],
    ['Choices', `${text}<Choices name="c" toName="t" perRegion="true"><Choice value="a"/></Choices>`],
    [
      'Choices',
      `${text}<Choices name="c" toName="t" visibleWhen="region-selected"><Choice value="a"/></Choices>`,
    ],
    ['Text', '<Text name="t" value="$a.b"/>'],
    ['Relations', `${text}<Relations/>`],
    ['Bucket', '<List name="l" value="$l"/><Ranker name="r" toName="l"><Bucket name="b"/></Ranker>'],
    ['Rating', `${text}<Rating name="r" toName="t" surprise="1"/>`],
    ['Rating', `${text}<Rating name="r.1" toName="t"/><Rating name="r_1" toName="t"/>`],
  ])('is refused whole for %s, with the line', (tag, inside) => {
    const refused = (): unknown => fromLabelStudio(view(inside))
    expect(refused).toThrow(UnsupportedTagError)
    expect(refused).toThrow(expect.objectContaining({ tag, finding: expect.objectContaining({ line: 2 }) }))
  })

  it.each([
    ['an entity', '<!DOCTYPE x [<!ENTITY a "b">]><View/>', 'bad_xml'],
    ['an unclosed tag', '<View>\n<Text name="t" value="$t">', 'bad_xml'],
    ['depth', '<View>'.repeat(70), 'too_deep'],
    ['nothing asked', view(text), 'unknown_tag'],
  ])('is refused for %s', async (_, xml, code) => {
    const { findings } = await readAll(xml, {}, 'label-studio-config')
    expect(findings).toMatchObject([{ level: 'error', code }])
  })
})

describe('lines of doccano', () => {
  it('are read from an object over many lines too', async () => {
    const found = await readAll(fixture('doccano/export.relation_extraction.jsonl'))
    expect(valuesOf(found, 'submission')[0]?.answers).toMatchObject({
      entities: expect.arrayContaining([{ start: 22, end: 39, label: 'DATE' }]),
    })
    expect(found.findings).toMatchObject([{ level: 'left', place: '/relations' }])
  })

  it('have marks in code points, and in graphemes where a project counts them', async () => {
    const line = (start: number, end: number): string =>
      JSON.stringify({ text: 'e\u0301😀 Rom', label: [[start, end, 'LOC']] })
    const points = await readAll(line(4, 7))
    expect(valuesOf(points, 'submission')[0]?.answers).toEqual({
      label: [{ start: 4, end: 7, label: 'LOC' }],
    })
    expect(points.findings).toMatchObject([{ level: 'note', code: 'guessed' }])
    const graphemes = await readAll(line(3, 6), { offsets: 'grapheme' })
    expect(valuesOf(graphemes, 'submission')[0]?.answers).toEqual({
      label: [{ start: 4, end: 7, label: 'LOC' }],
    })
    expect((await readAll(line(4, 8))).findings).toMatchObject([{ level: 'error', code: 'span_outside' }])
  })
})

describe('records of Argilla', () => {
  it('have answers by person, though they lie there by question', async () => {
    const found = await readAll(fixture('argilla/records.json'))
    expect(valuesOf(found, 'submission').map(({ person, answers }) => [person.slice(-2), answers])).toEqual([
      ['a1', { sentiment: 'positive', quality: 4, spans: [{ start: 0, end: 13, label: 'praise' }] }],
      ['a2', { sentiment: 'mixed' }],
    ])
  })

  it('have their rankings as the values, best first', async () => {
    const record = {
      id: 'r',
      fields: {},
      responses: {
        order: [
          {
            value: [
              { rank: 2, value: 'b' },
              { rank: 1, value: 'a' },
            ],
            user_id: 'u',
          },
        ],
      },
    }
    const found = await readAll(JSON.stringify([record]))
    expect(valuesOf(found, 'submission')[0]?.answers).toEqual({ order: ['a', 'b'] })
  })
})

describe('lines of Prodigy', () => {
  it('are one task for one input, with an answer for each person: reject is one, ignore is none', async () => {
    const found = await readAll(fixture('prodigy/annotations.jsonl'))
    expect(valuesOf(found, 'submission').map(({ person, answers }) => [person, answers])).toEqual([
      ['prodigy:set-a1', { POSITIVE: true }],
      ['prodigy:set-a2', { POSITIVE: false }],
      [
        'prodigy:unknown',
        {
          spans: [
            { start: 0, end: 5, label: 'LOC' },
            { start: 19, end: 22, label: 'DATE' },
          ],
        },
      ],
      ['prodigy:unknown', { choice: 'B' }],
    ])
  })
})

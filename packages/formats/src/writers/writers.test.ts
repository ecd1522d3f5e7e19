import { describe, expect, it } from 'vitest'
import { fixture, readAll, valuesOf } from '../fixtures.test.support.ts'
import { fromLabelStudio, type Json, type JsonObject } from '../index.ts'
import {
  NoTagError,
  toLabelStudio,
  type Writing,
  type WrittenRun,
  type WrittenScenario,
  type WrittenTask,
  writeInspect,
  writeLabelStudio,
  writePreferencePairs,
  writePromptfoo,
  writeRunCsv,
  writeRunLines,
  writeTaskCsv,
  writeTaskLines,
} from '../write.ts'

async function textOf({ text }: Writing): Promise<string> {
  const parts: string[] = []
  for await (const part of text) parts.push(part)
  return parts.join('')
}

/** What a reader gave of a run, as it is written. */
async function writtenOf(name: string): Promise<{ run: WrittenRun; scenarios: WrittenScenario[] }> {
  const found = await readAll(fixture(name))
  const results = valuesOf(found, 'result')
  const models = [...new Set(results.map(({ model }) => model))]
  const run = {
    runId: 'r-1',
    name: 'capitals',
    models,
    createdAt: '2026-11-28T15:00:00.000Z',
    about: { version: 1 },
  }
  const scenarios = valuesOf(found, 'scenario').map(({ scenarioId, payload }) => ({
    scenarioId,
    payload,
    results: Object.fromEntries(
      results
        .filter((result) => result.scenarioId === scenarioId)
        .map(({ model, state, result, error }) => [model, { state, result, error }]),
    ),
  }))
  return { run, scenarios }
}

const outcomes = (results: readonly object[]): object[] =>
  (
    results as {
      scenarioId: string
      model: string
      state: string
      result: Json
      error: { message: string } | null
    }[]
  ).map(({ scenarioId, model, state, result, error }) => ({
    scenarioId,
    model,
    state,
    result,
    message: error?.message,
  }))

describe('a run that is written', () => {
  it('is the same read again from lines', async () => {
    const { run, scenarios } = await writtenOf('promptfoo/results.v0.123.1.json')
    const text = await textOf(writeRunLines(run, scenarios))
    const again = await readAll(text)
    expect(again.format).toBe('ndjson')
    expect(valuesOf(again, 'scenario')).toEqual(
      scenarios.map(({ scenarioId, payload }) => ({ scenarioId, payload })),
    )
    const before = valuesOf(await readAll(fixture('promptfoo/results.v0.123.1.json')), 'result')
    expect(outcomes(valuesOf(again, 'result'))).toEqual(outcomes(before))
    expect(await textOf(writeRunLines(run, scenarios))).toBe(text)
  })

  it('has repeats of a scenario apart when lines of the interface are read', async () => {
    const line = {
      scenarioId: 'a',
      model: 'm',
      state: 'completed',
      result: 1,
      error: null,
      payload: { q: 1 },
    }
    const text = [1, 2].map((repeat) => JSON.stringify({ ...line, repeat })).join('\n')
    const found = await readAll(text)
    expect(valuesOf(found, 'result').map(({ scenarioId }) => scenarioId)).toEqual(['a', 'a#2'])
  })

  it('is the same read again from a table, nested values as JSON', async () => {
    const { run, scenarios } = await writtenOf('promptfoo/results.v0.123.1.json')
    const text = await textOf(writeRunCsv(run, scenarios, { fields: ['/payload/vars/country'] }))
    expect(text.startsWith('\ufeffscenarioId,model,state,payload,result,')).toBe(true)
    const again = await readAll(text, { types: { payload: 'json', result: 'json' } })
    const rows = valuesOf(again, 'task').map(({ payload }) => payload as JsonObject)
    expect(rows).toHaveLength(12)
    expect(rows[0]).toMatchObject({
      scenarioId: '1',
      payload: scenarios[0]?.payload,
      result: scenarios[0]?.results['capitals-small · question']?.result,
      '/payload/vars/country': 'France',
    })
    expect(rows[11]).toMatchObject({
      state: 'failed',
      result: null,
      errorMessage: 'HTTP 503: upstream is down',
    })
  })

  it('is the same read again as results of promptfoo', async () => {
    const { run, scenarios } = await writtenOf('promptfoo/results.v0.123.1.json')
    const writing = writePromptfoo(run, scenarios)
    const text = await textOf(writing)
    const again = await readAll(text)
    expect(again.format).toBe('promptfoo')
    expect(again.findings.filter(({ level }) => level === 'error')).toEqual([])
    const before = await readAll(fixture('promptfoo/results.v0.123.1.json'))
    expect(outcomes(valuesOf(again, 'result'))).toEqual(outcomes(valuesOf(before, 'result')))
    expect(valuesOf(again, 'scenario')).toMatchObject(
      valuesOf(before, 'scenario').map(({ scenarioId, payload }) => ({
        scenarioId,
        payload: { vars: (payload as { vars: JsonObject }).vars },
      })),
    )
    expect(writing.left()).toEqual([])
    const { results } = JSON.parse(text) as {
      results: { prompts: { metrics: JsonObject }[]; stats: JsonObject }
    }
    expect(results.stats).toMatchObject({ successes: 11, failures: 0, errors: 1 })
    expect(results.prompts[2]?.metrics).toMatchObject({
      testPassCount: 3,
      testErrorCount: 1,
      namedScores: { short: 1 },
    })
  })

  it('says how many results have no verdict, where a format knows only pass and fail', async () => {
    const run = { runId: 'r', name: 'n', models: ['m'], createdAt: '2026-11-28T15:00:00.000Z', about: {} }
    const result = (state: 'completed' | 'cancelled'): WrittenScenario['results'] => ({
      m: { state, result: { label: 'x' }, error: null },
    })
    const scenarios = [
      { scenarioId: 'a', payload: 'text', results: result('completed') },
      { scenarioId: 'b', payload: { q: [1] }, results: result('cancelled') },
    ]
    const writing = writePromptfoo(run, scenarios)
    const { results } = JSON.parse(await textOf(writing)) as { results: { results: JsonObject[] } }
    expect(results.results).toMatchObject([
      { vars: { payload: 'text' }, response: { output: { label: 'x' } } },
    ])
    expect(writing.left()).toEqual([
      { what: 'that there is no verdict', count: 1, why: expect.any(String) },
      { what: 'cancelled jobs', count: 1, why: expect.any(String) },
    ])
  })

  it('is the same read again as a log of Inspect', async () => {
    const { run, scenarios } = await writtenOf('inspect/log_streaming.eval')
    const [model = ''] = run.models
    const again = await readAll(await textOf(writeInspect(run, model, scenarios)))
    const before = await readAll(fixture('inspect/log_streaming.eval'))
    expect(again.format).toBe('inspect')
    expect(outcomes(valuesOf(again, 'result'))).toEqual(outcomes(valuesOf(before, 'result')))
    expect(valuesOf(again, 'scenario').map(({ scenarioId, family }) => [scenarioId, family])).toEqual(
      valuesOf(before, 'scenario').map(({ scenarioId, family }) => [scenarioId, family]),
    )
    const [scenario] = valuesOf(again, 'scenario')
    expect(scenario?.payload).toMatchObject({
      target: ' Yes',
      metadata: { label_confidence: 0.8860552919198255 },
    })
  })
})

const FORM = fromLabelStudio(`<View>
  <Text name="answer" value="$text"/>
  <Choices name="verdict" toName="answer" choice="single" required="true"><Choice value="Right" alias="r"/><Choice value="Wrong"/></Choices>
  <Choices name="tags" toName="answer" choice="multiple"><Choice value="a &amp; b"/><Choice value="c" hotkey="x"/></Choices>
  <Rating name="stars" toName="answer" maxRating="4"/>
  <Number name="percent" toName="answer" min="0" max="100" slider="true" step="10"/>
  <TextArea name="why" toName="answer" rows="2" maxSubmissions="1" visibleWhen="choice-selected" whenTagName="verdict" whenChoiceValue="Wrong"/>
  <Labels name="marks" toName="answer"><Label value="LOC" background="#ff0000"/></Labels>
  <Text name="one" value="$left"/><Text name="two" value="$right"/>
  <Pairwise name="better" toName="one,two"/>
  <List name="items" value="$items"/><Ranker name="order" toName="items"/>
</View>`).form

const ANSWERS = {
  verdict_: 'Wrong',
  tags: ['a & b'],
  stars: 3,
  percent: 40,
  why: 'one\ntwo',
  marks: [{ start: 9, end: 12, label: 'LOC' }],
  better: 'two',
  order: ['b', 'a'],
}

const TASKS: readonly WrittenTask[] = [
  {
    taskId: 't-1',
    externalId: 'q-1',
    payload: { text: 'It is 😀, Rom', left: 'L', right: 'R', _source: { x: 1 } },
    submissions: [
      {
        stepId: 's',
        person: 'ann',
        result: ANSWERS,
        comment: 'hm',
        assignmentId: 'a-1',
        startedAt: '2026-11-28T15:00:00.000Z',
        submittedAt: '2026-11-28T15:00:01.500Z',
      },
      { stepId: 's', person: 'bob', result: { better: 'two' }, comment: null },
    ],
    outcome: { better: 'two' },
  },
  {
    taskId: 't-2',
    externalId: null,
    payload: { text: '=1+1', left: 'A', right: 'B' },
    submissions: [{ stepId: 's', person: 'ann', result: { better: 'tie' }, comment: null }],
    outcome: { better: 'tie' },
  },
]

describe('tasks that are written', () => {
  it('give the same form and the same answers read again by Label Studio’s rules', async () => {
    const xml = toLabelStudio(FORM)
    expect(fromLabelStudio(xml, 'label-studio').form['questions']).toEqual(FORM['questions'])
    expect(fromLabelStudio(xml, 'label-studio').form['show']).toEqual(FORM['show'])
    const writing = writeLabelStudio(FORM, TASKS)
    const questions = {
      tags: { type: 'multi' },
      marks: { type: 'spans', textAt: 'text' },
      better: { type: 'pairwise', sides: ['one', 'two'] },
    }
    const again = await readAll(await textOf(writing), { questions })
    expect(again.findings.filter(({ level }) => level === 'error')).toEqual([])
    expect(valuesOf(again, 'submission').map(({ person, answers }) => [person, answers])).toEqual([
      ['label-studio:1', ANSWERS],
      ['label-studio:2', { better: 'two' }],
      ['label-studio:1', {}],
    ])
    expect(writing.left()).toEqual([
      { what: 'comments', count: 1, why: expect.any(String) },
      { what: 'answers to better', count: 1, why: 'tie is neither of the two sides' },
    ])
  })

  it.each<[string, JsonObject]>([
    ['json', { id: 'q', type: 'json', title: 'Q', schema: {} }],
    ['a ranking with ties', { id: 'q', type: 'ranking', title: 'Q', of: 'items', ties: true }],
    [
      'a comparison with criteria',
      { id: 'q', type: 'pairwise', title: 'Q', of: 'better_sides', criteria: [] },
    ],
    [
      'marks with attributes',
      { id: 'q', type: 'spans', title: 'Q', of: 'answer', labels: [], attributes: [] },
    ],
  ])('are refused before a byte is written for %s', (_, question) => {
    const form = { ...FORM, questions: [question] }
    expect(() => writeLabelStudio(form, [])).toThrow(NoTagError)
    expect(() => toLabelStudio(form)).toThrow(expect.objectContaining({ question: 'q' }))
  })

  it('guard cells that a spreadsheet would run only if asked to', async () => {
    const plain = await textOf(writeTaskCsv(TASKS, { fields: ['/payload/text'] }))
    expect(plain).toContain(',=1+1\r\n')
    const safe = writeTaskCsv(TASKS, { fields: ['/payload/text'], isSafe: true, delimiter: ';' })
    expect(await textOf(safe)).toContain(";'=1+1\r\n")
    expect(safe.left()).toEqual([{ what: 'cells as they are', count: 1, why: expect.any(String) }])
  })

  it('keep the ids and moments of submissions in a table and for Label Studio', async () => {
    const rows = valuesOf(await readAll(await textOf(writeTaskCsv(TASKS))), 'task')
    expect(rows.map(({ payload }) => payload)).toMatchObject([
      { assignmentId: 'a-1', submittedAt: '2026-11-28T15:00:01.500Z', startedAt: '2026-11-28T15:00:00.000Z' },
      { assignmentId: '', submittedAt: '', startedAt: '' },
      { assignmentId: '', submittedAt: '', startedAt: '' },
    ])
    const again = await readAll(await textOf(writeLabelStudio(FORM, TASKS)))
    const { records } = again
    expect(records.filter(({ kind }) => kind === 'submission')).toMatchObject([
      {
        externalId: 'a-1',
        value: { startedAt: '2026-11-28T15:00:00.000Z', submittedAt: '2026-11-28T15:00:01.500Z' },
      },
      { externalId: '1002' },
      { externalId: '2001' },
    ])
  })

  it('are lines with what each person said', async () => {
    const lines = (await textOf(writeTaskLines(TASKS))).trim().split('\n')
    expect(lines.map((line) => JSON.parse(line) as object)).toEqual(TASKS)
  })

  it('give a pair for each comparison that was decided, and count the others', async () => {
    const sides = [
      { id: 'one', at: '/left' },
      { id: 'two', at: '/right' },
    ]
    const writing = writePreferencePairs(TASKS, { question: 'better', sides, promptAt: '/text' })
    expect(JSON.parse(await textOf(writing))).toEqual({
      prompt: 'It is 😀, Rom',
      chosen: 'R',
      rejected: 'L',
      n: 2,
      margin: 1,
    })
    expect(writing.left()).toEqual([{ what: 'ties', count: 1, why: 'no side is better' }])
  })
})

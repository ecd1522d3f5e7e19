import { formTemplates } from '@muster/core/forms'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiWorld, type Caller, openApi } from './api-world.test.support.ts'

let world: ApiWorld
let manager: Caller & { readonly userId: string }
let annotator: Caller & { readonly userId: string }
beforeAll(async () => {
  world = await openApi()
  manager = await world.as('manager')
  annotator = await world.as('annotator')
})
afterAll(() => world.close())

const yesNo = (id: string, more: object = {}): object => ({ id, type: 'yesNo', title: id, ...more })
const form = (name: string, ...questions: object[]): object => ({ name, title: name, show: [], questions })

describe('forms over HTTP', () => {
  it('are made, each change a version, and the same again is no version', async () => {
    const first = await manager('POST', '/forms', form('quality', yesNo('good')))
    expect([first.status, first.body.version, first.headers['etag']]).toEqual([201, 1, '"1"'])
    const again = await manager('POST', '/forms', form('quality', yesNo('good')))
    expect([again.status, again.body]).toEqual([200, first.body])
    const changed = await manager('POST', '/forms', form('quality', yesNo('good'), yesNo('safe')))
    expect([changed.status, changed.body.version]).toEqual([201, 2])
    const back = await manager('POST', '/forms', form('quality', yesNo('good')))
    expect([back.status, back.body.version]).toEqual([201, 3])
    const { body: listed } = await manager('GET', '/forms?name=quality')
    expect(listed.items.map(({ version }: { version: number }) => version)).toEqual([3, 2, 1])
    const read = await annotator('GET', `/forms/${first.body.formId}`)
    expect([read.status, read.body]).toEqual([200, first.body])
  })

  it('come with twelve templates, which are taken as they are', async () => {
    const { body } = await annotator('GET', '/form-templates')
    expect(body.items).toEqual(formTemplates)
    const [template] = body.items
    expect((await manager('POST', '/forms', template)).status).toBe(201)
  })

  it('are refused with every fault, by path and rule, and nothing is kept', async () => {
    const { status, body } = await manager(
      'POST',
      '/forms',
      form('wrong', yesNo('good'), { id: 'good', type: 'slider' }),
    )
    expect([status, body.code]).toEqual([400, 'validation_failed'])
    expect(body.errors).toMatchObject([{ path: 'questions[1].type', rule: 'option' }])
    const later = form('wrong', yesNo('a', { showIf: { question: 'b', is: true } }), yesNo('b'))
    expect((await manager('POST', '/forms', later)).body.errors).toEqual([
      { path: 'questions[0].showIf.question', message: 'names no earlier question', rule: 'laterQuestion' },
    ])
    const example = { ...form('wrong', yesNo('a')), example: { payload: {}, result: { a: 'yes' } } }
    expect((await manager('POST', '/forms', example)).body.errors).toEqual([
      { path: 'example.result.a', message: 'must be true or false', question: 'a', rule: 'type' },
    ])
    expect((await manager('GET', '/forms?name=wrong')).body.items).toEqual([])
  })

  it('have a schema of results, with the sides of a task that the caller may see', async () => {
    const ranking = formTemplates.find(({ name }) => name === 'ranking')
    const { formId } = (await manager('POST', '/forms', ranking)).body
    const { body, headers } = await annotator('GET', `/forms/${formId}/schema`)
    expect(headers['content-type']).toContain('application/schema+json')
    expect(body).toMatchObject({ $id: `urn:muster:form:${formId}`, required: ['order', 'sure'] })
    const ofReviews = await annotator('GET', `/forms/${formId}/schema?review=true`)
    expect(ofReviews.body).toMatchObject({
      $id: `urn:muster:form:${formId}:review`,
      required: ['verdict', 'order', 'sure'],
    })
    const { workflowId } = (
      await manager('POST', '/workflows', { name: 'w', steps: [{ stepId: 'a', stepType: 'annotation' }] })
    ).body
    const admin = await world.as('admin')
    const { projectId } = (await admin('POST', '/projects', { name: 'p', workflowId })).body
    const added = await admin('POST', `/projects/${projectId}/tasks`, {
      tasks: [{ payload: ranking?.example?.payload }],
    })
    const [{ taskId }] = added.body.items
    const filled = await admin('GET', `/forms/${formId}/schema?taskId=${taskId}`)
    expect(filled.body.properties.unacceptable.items.enum).toEqual(['m1', 'm2', 'm3'])
    expect((await annotator('GET', `/forms/${formId}/schema?taskId=${taskId}`)).status).toBe(404)
  })

  it('are checked with a payload and a result without being kept', async () => {
    const [template] = formTemplates
    const checked = await manager('POST', '/forms/check', {
      form: template,
      payload: {},
      result: { label: 'x' },
    })
    expect(checked.body).toMatchObject({ ok: false, schema: { type: 'object' } })
    expect(
      checked.body.errors.map(({ path, rule }: { path: string; rule: string }) => `${path} ${rule}`),
    ).toEqual(['payload.message required', 'result.label option', 'result.urgent required'])
    const whole = await manager('POST', '/forms/check', { form: template, ...template?.example })
    expect(whole.body).toMatchObject({ ok: true, errors: [] })
    const none = await manager('POST', '/forms/check', { form: {} })
    expect(none.body).toMatchObject({
      ok: false,
      schema: null,
      errors: [{ path: 'form.name', rule: 'required' }, {}, {}, {}],
    })
  })

  it('are checked with tasks and answers to them, in GraphQL too', async () => {
    const [template] = formTemplates
    const given = {
      form: template,
      tasks: [{ payload: template?.example?.payload }, { payload: {} }],
      results: [
        { task: 0, result: template?.example?.result },
        { task: 0, result: { label: 'x' } },
        { task: 2, result: {} },
      ],
    }
    const checked = await manager('POST', '/forms/check', given)
    expect(checked.body.errors.map(({ path }: { path: string }) => path)).toEqual([
      'tasks[1].payload.message',
      'results[1].result.label',
      'results[1].result.urgent',
      'results[2].task',
    ])
    const query = `mutation ($form: JSON!, $tasks: JSON, $results: JSON) {
      checkForm(form: $form, tasks: $tasks, results: $results) { ok errors { path } }
    }`
    const ask = async (variables: object) => (await manager('POST', '//graphql', { query, variables })).body
    expect(await ask(given)).toEqual({
      data: {
        checkForm: {
          ok: false,
          errors: checked.body.errors.map(({ path }: { path: string }) => ({ path })),
        },
      },
    })
    expect(await ask({ ...given, tasks: [{ data: 1 }] })).toMatchObject({
      errors: [{ extensions: { errors: [{ path: 'tasks[0].payload' }, { path: 'tasks[0].data' }] } }],
    })
  })

  it('are the same over GraphQL', async () => {
    const ask = async (query: string, variables: object): Promise<unknown> =>
      (await manager('POST', '//graphql', { query, variables })).body
    const given = form('graph', yesNo('good'))
    expect(
      await ask('mutation ($form: JSON!) { addForm(form: $form) { name version questions schema } }', {
        form: given,
      }),
    ).toMatchObject({
      data: {
        addForm: { name: 'graph', version: 1, questions: [yesNo('good')], schema: { required: ['good'] } },
      },
    })
    expect(
      await ask('mutation ($form: JSON!) { addForm(form: $form) { name } }', { form: {} }),
    ).toMatchObject({
      errors: [{ extensions: { errors: [{ path: 'form.name', rule: 'required' }, {}, {}, {}] } }],
    })
    expect(
      await ask(
        '{ forms(name: "graph", first: 1) { edges { node { name } } pageInfo { hasNextPage } } }',
        {},
      ),
    ).toEqual({
      data: { forms: { edges: [{ node: { name: 'graph' } }], pageInfo: { hasNextPage: false } } },
    })
  })
})

import { MemoryPersistence } from '@muster/adapters-memory'
import { SequentialIds, VirtualClock } from '@muster/testing'
import { expect, it } from 'vitest'
import type { Form } from './forms/form.ts'
import type { FormId, WorkflowId } from './ids.ts'
import { remembering } from './remembering.ts'
import type { Persistence } from './stores.ts'

/** Persistence that remembers, with the ids that it has looked for in the store beneath. */
function opened() {
  const memory = new MemoryPersistence({ clock: new VirtualClock(), ids: new SequentialIds() })
  const looked: (FormId | WorkflowId)[] = []
  const notingFind = <Store extends { find(id: never): unknown }>(store: Store): Store =>
    new Proxy(store, {
      get: (target, name) => {
        if (name !== 'find') return (Reflect.get(target, name) as () => unknown).bind(target)
        return (id: FormId | WorkflowId) => {
          looked.push(id)
          return target.find(id as never)
        }
      },
    })
  const noting = <Stores extends Persistence['stores']>(stores: Stores): Stores => {
    return { ...stores, forms: notingFind(stores.forms), workflows: notingFind(stores.workflows) }
  }
  const persistence: Persistence = {
    stores: noting(memory.stores),
    transaction: (work) => memory.transaction((stores) => work(noting(stores))),
    snapshot: (work) => memory.snapshot(work),
    check: () => memory.check(),
    close: () => memory.close(),
  }
  return { persistence: remembering(persistence), looked }
}

const aForm = (formId: string): Form =>
  ({
    formId: formId as FormId,
    version: 1,
    name: formId,
    title: 'Rate it',
    show: [],
    questions: [{ id: 'rating', kind: 'boolean', title: 'Good?' }],
    createdAt: new Date(0),
  }) as unknown as Form

it('reads each form once, also in transactions', async () => {
  const { persistence, looked } = opened()
  const form = aForm('a')
  await persistence.stores.forms.add(form)
  const find = () => persistence.stores.forms.find(form.formId)
  expect(await find()).toEqual(form)
  expect(await persistence.transaction(({ forms }) => forms.find(form.formId))).toEqual(form)
  expect(await find()).toEqual(form)
  expect(looked).toEqual(['a'])
})

it('reads each workflow once', async () => {
  const { persistence, looked } = opened()
  const workflow = { workflowId: 'w' as WorkflowId, name: 'w', steps: [], version: 1, createdAt: new Date(0) }
  await persistence.stores.workflows.add(workflow)
  for (let times = 0; times < 2; times++) {
    expect(await persistence.stores.workflows.find(workflow.workflowId)).toEqual(workflow)
    expect(await persistence.transaction((stores) => stores.workflows.find(workflow.workflowId))).toEqual(
      workflow,
    )
  }
  expect(looked).toEqual(['w'])
})

it('looks again for what it did not find', async () => {
  const { persistence } = opened()
  const form = aForm('a')
  expect(await persistence.stores.forms.find(form.formId)).toBeUndefined()
  await persistence.stores.forms.add(form)
  expect(await persistence.stores.forms.find(form.formId)).toEqual(form)
})

it('forgets what a transaction has read that fails', async () => {
  const { persistence } = opened()
  const form = aForm('a')
  const failing = persistence.transaction(async ({ forms }) => {
    await forms.add(form)
    expect(await forms.find(form.formId)).toEqual(form)
    throw new Error('undone')
  })
  await expect(failing).rejects.toThrow('undone')
  expect(await persistence.stores.forms.find(form.formId)).toBeUndefined()
})

it('keeps the forms that were asked for last, 500 of them', async () => {
  const { persistence, looked } = opened()
  const ids = Array.from({ length: 501 }, (_, n) => `f${n}` as FormId)
  for (const id of ids) await persistence.stores.forms.add(aForm(id))
  const [first, second] = ids as [FormId, FormId]
  for (const id of ids) {
    await persistence.stores.forms.find(id)
    await persistence.stores.forms.find(first)
  }
  expect(looked).toEqual(ids)
  await persistence.stores.forms.find(second)
  expect(looked).toEqual([...ids, second])
})

it('gives forms that nobody can change', async () => {
  const { persistence } = opened()
  await persistence.stores.forms.add(aForm('a'))
  const form = await persistence.stores.forms.find('a' as FormId)
  expect(() => Object.assign(form?.questions[0] ?? {}, { title: 'Bad?' })).toThrow(TypeError)
})

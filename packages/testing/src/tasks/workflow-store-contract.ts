import type { Stores } from '@muster/core/ports'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { OpenAdapter, OpenPersistence } from '../stores/open-adapter.ts'
import { after, aStep, aWorkflow, newId } from '../worlds/samples.ts'

/** Everything that {@link WorkflowStore} promises, case by case. */
export function workflowStoreContract(name: string, open: OpenAdapter): void {
  describe(`${name} is a WorkflowStore`, () => {
    let adapter: OpenPersistence
    let stores: Stores
    beforeEach(async () => {
      adapter = await open()
      stores = adapter.persistence.stores
    })
    afterEach(() => adapter.close())

    it('gives a workflow back as it was added, its steps in their order', async () => {
      const workflow = aWorkflow([
        aStep('write', {
          requiredSkills: [{ anyOf: ['da', 'nb'], minLevel: 3, dropAfterMinutes: 0.5 }],
          assignmentsRequired: 2,
          strategy: 'round_robin',
          leaseMinutes: 1.5,
          cooldownMinutes: 0,
          estimatedDurationMinutes: 4,
        }),
        aStep('check', { stepType: 'automatic', jobType: 'probe:scenario' }),
        aStep('adjudicate', { stepType: 'adjudication', when: 'disagreement', excludes: ['write'] }),
      ])
      await stores.workflows.add(workflow)
      expect(await stores.workflows.find(workflow.workflowId)).toEqual(workflow)
      expect(await stores.workflows.find(newId())).toBeUndefined()
    })

    it('lists workflows newest first, those of one moment by id descending, a slice at a time', async () => {
      const workflows = [1, 0, 1].map((minute) => aWorkflow(undefined, { createdAt: after(minute) }))
      for (const workflow of workflows) await stores.workflows.add(workflow)
      const expected = [2, 0, 1].map((index) => workflows[index])
      expect(await stores.workflows.list({ limit: 10 })).toEqual(expected)
      const [first] = expected
      const rest = await stores.workflows.list({
        limit: 10,
        after: first && { createdAt: first.createdAt, id: first.workflowId },
      })
      expect(rest).toEqual(expected.slice(1))
    })
  })
}

import type { FormId, ProjectId } from '@muster/core'
import type { Fit } from '@muster/core/quality'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { OpenAdapter, OpenPersistence } from '../stores/open-adapter.ts'
import { NINE, newId } from '../worlds/samples.ts'

/** Everything that FitStore promises, case by case. */
export function fitStoreContract(name: string, open: OpenAdapter): void {
  describe(`${name} is a FitStore`, () => {
    let adapter: OpenPersistence
    beforeEach(async () => {
      adapter = await open()
    })
    afterEach(() => adapter.close())

    const aFit = (wish: Partial<Fit> = {}): Omit<Fit, 'number'> => ({
      projectId: newId<'ProjectId'>() as ProjectId,
      stepId: 'label',
      formId: newId<'FormId'>() as FormId,
      question: 'rating',
      method: 'oneCoin',
      settled: 100,
      prevalence: [1 / 3, 0.1 + 0.2, 0.7 - 1 / 3],
      rounds: 9,
      converged: true,
      fittedAt: NINE,
      ...wish,
    })
    const [ann, ben] = [newId<'UserId'>(), newId<'UserId'>()]

    it('believes by the newest fit of each question, to the bit', async () => {
      const { fits } = adapter.persistence.stores
      const first = aFit()
      const { projectId, stepId, formId } = first
      const key = { projectId, stepId, formId }
      const kept = await adapter.persistence.transaction(async (stores) => [
        await stores.fits.add(first, [{ userId: ann, accuracy: 0.9, labels: 3 }]),
        await stores.fits.add({ ...first, prevalence: [0.25, 0.5, 0.25] }, [
          { userId: ann, accuracy: 2 / 3, labels: 5 },
          { userId: newId<'UserId'>(), accuracy: 0.1, labels: 1 },
        ]),
        await stores.fits.add({ ...first, question: 'other' }, []),
        await stores.fits.add({ ...first, formId: newId<'FormId'>() as FormId }, []),
      ])
      expect(kept.map(({ number }) => number)).toEqual([1, 2, 1, 3])
      const nobody = { right: 0, wrong: 0 }
      expect(await fits.believe(key, ['rating', 'none', 'other'], [ann, ben])).toEqual([
        {
          question: 'rating',
          fit: { number: 2, prevalence: [0.25, 0.5, 0.25] },
          people: [
            { userId: ann, fitted: { accuracy: 2 / 3, labels: 5 }, since: nobody },
            { userId: ben, fitted: null, since: nobody },
          ],
        },
        {
          question: 'none',
          fit: null,
          people: [
            { userId: ann, fitted: null, since: nobody },
            { userId: ben, fitted: null, since: nobody },
          ],
        },
        {
          question: 'other',
          fit: { number: 1, prevalence: first.prevalence },
          people: [
            { userId: ann, fitted: null, since: nobody },
            { userId: ben, fitted: null, since: nobody },
          ],
        },
      ])
    })
  })
}

import { ConflictError } from '@muster/core'
import { type Form, formTemplates } from '@muster/core/forms'
import type { Stores } from '@muster/core/ports'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { OpenAdapter, OpenPersistence } from '../stores/open-adapter.ts'
import { after, newId } from '../worlds/samples.ts'

/** Everything that {@link FormStore} promises, case by case. */
export function formStoreContract(name: string, open: OpenAdapter): void {
  describe(`${name} is a FormStore`, () => {
    let adapter: OpenPersistence
    let stores: Stores
    beforeEach(async () => {
      adapter = await open()
      stores = adapter.persistence.stores
    })
    afterEach(() => adapter.close())

    it('gives a form back as it was added, to the byte', async () => {
      for (const template of formTemplates) {
        const form = aForm(template.name, 1, { ...template })
        await stores.forms.add(form)
        const found = await stores.forms.find(form.formId)
        expect(found).toEqual(form)
        expect(JSON.stringify(found?.questions)).toBe(JSON.stringify(form.questions))
      }
      expect(await stores.forms.find(newId())).toBeUndefined()
    })

    it('keeps each version of a name once, and knows the latest', async () => {
      const [first, second] = [aForm('one', 1), aForm('one', 2)]
      await stores.forms.add(first)
      expect(await stores.forms.findLatest('one')).toEqual(first)
      await stores.forms.add(second)
      expect(await stores.forms.findLatest('one')).toEqual(second)
      expect(await stores.forms.findLatest('two')).toBeUndefined()
      await expect(stores.forms.add(aForm('one', 2))).rejects.toThrow(ConflictError)
      await expect(stores.forms.add({ ...aForm('two', 1), formId: first.formId })).rejects.toThrow(
        ConflictError,
      )
    })

    it('lets one transaction at a time make the next version of a name', async () => {
      const made = await Promise.all(
        Array.from({ length: 8 }, () =>
          adapter.persistence.transaction(async ({ forms }) => {
            const latest = await forms.lockLatest('raced')
            const version = (latest?.version ?? 0) + 1
            await forms.add(aForm('raced', version))
            return version
          }),
        ),
      )
      expect(made.toSorted((one, other) => one - other)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    })

    it('lists forms newest first, those of one moment by id descending, of one name or all, a slice at a time', async () => {
      const forms = [
        aForm('a', 1, { createdAt: after(1) }),
        aForm('b', 1, { createdAt: after(0) }),
        aForm('a', 2, { createdAt: after(1) }),
      ]
      for (const form of forms) await stores.forms.add(form)
      const expected = [2, 0, 1].map((place) => forms[place])
      expect(await stores.forms.list({}, { limit: 10 })).toEqual(expected)
      expect(await stores.forms.list({ name: 'a' }, { limit: 10 })).toEqual(expected.slice(0, 2))
      const [first] = expected
      const rest = await stores.forms.list(
        {},
        { limit: 10, after: first && { createdAt: first.createdAt, id: first.formId } },
      )
      expect(rest).toEqual(expected.slice(1))
    })
  })
}

function aForm(name: string, version: number, more: Partial<Form> = {}): Form {
  return {
    name,
    title: 'A form',
    show: [],
    questions: [{ id: 'good', type: 'yesNo', title: 'Good?' }],
    ...more,
    formId: newId<'FormId'>(),
    version,
    createdAt: more.createdAt ?? after(0),
  }
}

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { OpenAdapter, OpenPersistence } from '../stores/open-adapter.ts'
import { newId } from '../worlds/samples.ts'

/** Every promise of {@link SettingsStore}, on whatever `open` opens: empty each time. */
export function settingsStoreContract(name: string, open: OpenAdapter): void {
  describe(`${name} is a SettingsStore`, () => {
    let adapter: OpenPersistence
    beforeEach(async () => {
      adapter = await open()
    })
    afterEach(() => adapter.close())

    it('keeps the settings of each person as they are, the last ones, and with the transaction', async () => {
      const { persistence } = adapter
      const { settings } = persistence.stores
      const [ann, ben] = [newId<'UserId'>(), newId<'UserId'>()]
      expect(await settings.find(ann)).toBeUndefined()
      await settings.save(ann, { theme: 'dark' })
      const last = { keys: { skip: null }, views: [1, 'Språk 🦊', { deep: true }] }
      await settings.save(ann, last)
      await settings.save(ben, {})
      const failed = persistence.transaction(async (inside) => {
        await inside.settings.save(ann, { theme: 'light' })
        throw new Error('rolled back')
      })
      await expect(failed).rejects.toThrow('rolled back')
      expect([await settings.find(ann), await settings.find(ben)]).toEqual([last, {}])
    })
  })
}

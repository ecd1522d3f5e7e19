import { isUuid } from '@muster/core'
import type { Ids } from '@muster/core/ports'
import { describe, expect, it } from 'vitest'

/** Everything that {@link Ids} promises, case by case. */
export function idsContract(name: string, open: () => Ids): void {
  describe(`${name} makes Ids`, () => {
    it('gives UUIDs, each once, that ascend however many are made in one moment', () => {
      const ids = open()
      const made = Array.from({ length: 5_000 }, () => ids.next())
      expect(made.filter((id) => !isUuid(id))).toEqual([])
      expect(new Set(made).size).toBe(made.length)
      expect(made).toEqual(made.toSorted())
    })
  })
}

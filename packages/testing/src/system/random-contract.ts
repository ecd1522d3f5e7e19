import type { Random } from '@muster/core/ports'
import { describe, expect, it } from 'vitest'

/** Everything that {@link Random} promises, case by case. */
export function randomContract(name: string, open: () => Random): void {
  describe(`${name} is Random`, () => {
    it('draws from 0 up to 1, without 1, evenly', () => {
      const random = open()
      const numbers = Array.from({ length: 100_000 }, () => random.next())
      expect(numbers.filter((number) => !(number >= 0 && number < 1))).toEqual([])
      for (let tenth = 0; tenth < 10; tenth += 1) {
        const share = numbers.filter((number) => Math.floor(number * 10) === tenth).length / numbers.length
        // Ten standard deviations: no honest source is ever so far off.
        expect(Math.abs(share - 0.1)).toBeLessThan(0.01)
      }
    })
  })
}

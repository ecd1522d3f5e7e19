import { describe, expect, it } from 'vitest'
import { sufficientUntil, unmetRequirements } from './requirements.ts'
import type { Requirement } from './workflow.ts'

const NOW = new Date('2026-01-05T09:00:00Z')
const need = (
  anyOf: readonly string[],
  minLevel = 1,
  dropAfterMinutes: number | null = null,
): Requirement => ({
  anyOf,
  minLevel,
  dropAfterMinutes,
})

describe('requirements', () => {
  it('are met by any one of the skills at the level', () => {
    expect(unmetRequirements({ nl: 2, de: 4 }, [need(['nl', 'de'], 4)], 0)).toEqual([])
    expect(unmetRequirements({ nl: 2, de: 3 }, [need(['nl', 'de'], 4), need(['yo'])], 0)).toEqual([
      { anyOf: ['nl', 'de'], minLevel: 4, level: 3 },
      { anyOf: ['yo'], minLevel: 1, level: 0 },
    ])
  })

  it('are not met by what every object inherits', () => {
    expect(unmetRequirements({}, [need(['constructor', 'toString'])], 0)).toHaveLength(1)
  })

  it('are waived from the minute they say', () => {
    expect(unmetRequirements({}, [need(['yo'], 1, 30)], 30 * 60_000 - 1)).toHaveLength(1)
    expect(unmetRequirements({}, [need(['yo'], 1, 30)], 30 * 60_000)).toEqual([])
  })

  it('say up to which opening time skills suffice', () => {
    expect(sufficientUntil({ nl: 1 }, [need(['nl'])], NOW)).toEqual({ openedUntil: null })
    expect(sufficientUntil({}, [need(['nl'], 1, 10), need(['yo'], 1, 30)], NOW)).toEqual({
      openedUntil: new Date('2026-01-05T08:30:00Z'),
    })
    expect(sufficientUntil({}, [need(['nl'], 1, 10), need(['yo'])], NOW)).toBeUndefined()
  })
})

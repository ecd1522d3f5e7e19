import { SeededRandom } from '@muster/testing'
import { describe, expect, it } from 'vitest'
import { minCostAssignment } from './min-cost-assignment.ts'

/** The least cost by trying everything. */
function leastOf(costs: readonly (readonly number[])[], taken: readonly number[] = []): number {
  const [row, ...rest] = costs
  if (row === undefined) return 0
  return Math.min(
    ...row.map((cost, column) =>
      taken.includes(column) ? Number.POSITIVE_INFINITY : cost + leastOf(rest, [...taken, column]),
    ),
  )
}

/** A small matrix of whole costs, some of them infinite. */
function someCosts(random: SeededRandom): number[][] {
  const rows = 1 + Math.floor(random.next() * 5)
  const columns = rows + Math.floor(random.next() * 3)
  return Array.from({ length: rows }, () =>
    Array.from({ length: columns }, () =>
      random.next() < 0.2 ? Number.POSITIVE_INFINITY : Math.floor(random.next() * 10) - 3,
    ),
  )
}

function solve(costs: readonly (readonly number[])[]) {
  return minCostAssignment(Float64Array.from(costs.flat()), costs.length, costs[0]?.length ?? 0)
}

const random = new SeededRandom(7)
const MATRICES = Array.from({ length: 300 }, () => someCosts(random))
const isSolvable = (costs: readonly (readonly number[])[]): boolean => Number.isFinite(leastOf(costs))

describe('the min-cost assignment', () => {
  it('costs what trying everything finds, each row with a column of its own', () => {
    const solvable = MATRICES.filter(isSolvable)
    expect(solvable.length).toBeGreaterThan(100)
    for (const costs of solvable) {
      const { cost, columnOf } = solve(costs)
      expect(cost).toBe(leastOf(costs))
      expect(new Set(columnOf).size).toBe(costs.length)
      expect([...columnOf].reduce((sum, column, row) => sum + (costs[row]?.[column] ?? 0), 0)).toBe(cost)
    }
  })

  it('refuses what has no way of finite cost', () => {
    const hopeless = MATRICES.filter((costs) => !isSolvable(costs))
    expect(hopeless.length).toBeGreaterThan(5)
    for (const costs of hopeless) expect(() => solve(costs)).toThrow(RangeError)
  })

  it('refuses more rows than columns', () => {
    expect(() => solve([[1], [1]])).toThrow(RangeError)
  })
})

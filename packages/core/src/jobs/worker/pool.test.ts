import { describe, expect, it } from 'vitest'
import { Pool } from './pool.ts'

/** Who has come to a pool, and what became of them. */
function setup(slots: number) {
  const pool = new Pool(slots)
  const entered: string[] = []
  const sentAway: string[] = []
  const come = (name: string, now = 0) =>
    pool.enter(now, (slot) => void (slot ? entered : sentAway).push(name))
  return { pool, entered, sentAway, come }
}

describe('A pool of slots', () => {
  it('lets as many in as there are slots, and the rest in the order they came', () => {
    const { pool, entered, come } = setup(2)
    for (const name of ['a', 'b', 'c', 'd']) come(name)
    expect([entered, pool.free, pool.waiting]).toEqual([['a', 'b'], 0, 2])
    pool.leave()
    expect([entered, pool.free, pool.waiting]).toEqual([['a', 'b', 'c'], 0, 1])
    for (let left = 0; left < 3; left++) pool.leave()
    expect([entered, pool.free, pool.waiting]).toEqual([['a', 'b', 'c', 'd'], 2, 0])
  })

  it('keeps the order of a line that never ends', () => {
    const { pool, entered, come } = setup(1)
    const names = Array.from({ length: 5_000 }, (_, index) => `${index}`)
    for (const [index, name] of names.entries()) {
      come(name)
      if (index >= 10) pool.leave()
    }
    expect(pool.waiting).toBe(9)
    for (let left = 0; left < 10; left++) pool.leave()
    expect(entered).toEqual(names)
  })

  it('sends away who waits and who comes when it is shut', () => {
    const { pool, entered, sentAway, come } = setup(1)
    come('a')
    come('b')
    pool.shut()
    come('c')
    expect([entered, sentAway]).toEqual([['a'], ['b', 'c']])
  })

  it('sends away who has waited too long, and nobody else', () => {
    const { pool, entered, sentAway, come } = setup(1)
    come('a', 0)
    come('b', 100)
    come('c', 200)
    pool.sendAway(150)
    expect([sentAway, pool.waiting]).toEqual([['b'], 1])
    pool.leave()
    expect(entered).toEqual(['a', 'c'])
  })

  it('wants four deliveries for each free slot, none when all are busy with slow jobs, and twice what began lately of fast ones', () => {
    const { pool, come } = setup(10)
    expect(pool.window(0)).toBe(40)
    for (let slot = 0; slot < 10; slot++) come(`${slot}`)
    expect(pool.window(1_000)).toBe(0)
    pool.began(12, 1_010)
    expect(pool.window(1_020)).toBe(24)
    expect(pool.window(1_060)).toBe(24)
    expect(pool.window(1_200)).toBe(0)
    pool.began(1_000, 1_210)
    expect(pool.window(1_210)).toBe(160)
    pool.leave()
    expect(pool.window(5_000)).toBe(4)
  })

  it('runs ahead of its slots by a quarter of what began lately, sixteen for each slot at most, and not at all with slow jobs', () => {
    const { pool } = setup(10)
    expect(pool.ahead(0)).toBe(0)
    pool.began(12, 10)
    expect(pool.ahead(20)).toBe(3)
    expect(pool.ahead(200)).toBe(0)
    pool.began(1_000, 210)
    expect(pool.ahead()).toBe(160)
  })
})

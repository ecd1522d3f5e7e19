import { describe, expect, it } from 'vitest'
import type { JobId } from '../ids.ts'
import { Pool } from './pool.ts'

const delivery = (name: string) => ({ jobId: name as JobId, type: 't', lane: 1 })

describe('A pool of slots', () => {
  it('lets as many in as there are slots, and the rest in the order they came', async () => {
    const pool = new Pool(2)
    const order: string[] = []
    const enter = async (name: string) => {
      if (await pool.enter(delivery(name))) order.push(name)
    }
    const all = ['a', 'b', 'c', 'd'].map(enter)
    await Promise.all(all.slice(0, 2))
    expect([order, pool.busy, pool.waiting]).toEqual([['a', 'b'], 2, 2])
    pool.leave()
    await all[2]
    expect([order, pool.busy, pool.waiting]).toEqual([['a', 'b', 'c'], 2, 1])
    pool.leave()
    pool.leave()
    pool.leave()
    await all[3]
    expect([order, pool.busy, pool.waiting]).toEqual([['a', 'b', 'c', 'd'], 0, 0])
  })

  it('sends away who waits and who comes when it is shut', async () => {
    const pool = new Pool(1)
    expect(pool.enter(delivery('a'))).toBe(true)
    const waiting = pool.enter(delivery('b'))
    pool.shut()
    expect(await waiting).toBe(false)
    expect(pool.enter(delivery('c'))).toBe(false)
  })

  it('wants four deliveries for each free slot, none when all are busy with slow jobs, and twice what began lately of fast ones', () => {
    const pool = new Pool(10)
    expect(pool.window(0)).toBe(40)
    for (let slot = 0; slot < 10; slot++) void pool.enter(delivery(`${slot}`))
    expect(pool.window(1_000)).toBe(0)
    pool.began(12, 1_010)
    expect(pool.window(1_020)).toBe(24)
    expect(pool.window(1_060)).toBe(24)
    expect(pool.window(1_200)).toBe(0)
    pool.began(1_000, 1_210)
    expect(pool.window(1_210)).toBe(40)
    pool.leave()
    expect(pool.window(5_000)).toBe(4)
  })
})

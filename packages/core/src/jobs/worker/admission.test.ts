import { expect, it } from 'vitest'
import { Admission } from './admission.ts'
import { Pool } from './pool.ts'

/** A pool of so many slots behind a broker that gives a delivery for each free hand, of which there are as many. `fast`: so many jobs began lately. */
function setup(slots: number, { fast = 0 } = {}) {
  const pool = new Pool(slots)
  pool.began(fast, 0)
  const admission = new Admission(pool)
  const inside: (() => void)[] = []
  let hands = slots
  const pump = (): void => {
    while (hands > 0) {
      hands--
      let held = true
      const release = (): void => {
        if (held) hands++
        held = false
      }
      void admission.enter(release).then((admitted) => {
        if (admitted) inside.push(release)
      })
    }
  }
  /** Lets everything happen that can. */
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 100; turn++) {
      pump()
      await Promise.resolve()
    }
  }
  return { admission, inside, settle }
}

it('lets as many in as there are slots where jobs are slow, and the next when one leaves', async () => {
  const { admission, inside, settle } = setup(3)
  await settle()
  expect(inside).toHaveLength(3)
  admission.leave()
  await settle()
  expect(inside).toHaveLength(4)
})

it('lets more in while jobs are fast, sixteen for each slot at most', async () => {
  const { inside, settle } = setup(3, { fast: 1_000 })
  await settle()
  expect(inside).toHaveLength(51)
})

it('lets no more in when too many wait to be recorded, and goes on when they are', async () => {
  const { admission, inside, settle } = setup(3)
  await settle()
  let left = 0
  for (; left < 300; left++) {
    if (inside.length === left) break
    admission.leave()
    await settle()
  }
  expect(left).toBeLessThan(300)
  for (const release of inside.slice(0, left)) {
    release()
    admission.end(release)
  }
  await settle()
  expect(inside.length).toBeGreaterThan(left)
})

it('sends away who waits and who comes when it is shut', async () => {
  const { admission, settle } = setup(3)
  await settle()
  const waits = admission.enter(() => {})
  admission.shut()
  expect(await waits).toBe(false)
  expect(await admission.enter(() => {})).toBe(false)
})

import { setImmediate } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { inTurn } from './turns.ts'

const MANY = 20

function spin(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}

describe('turns', () => {
  it('leave room for whatever else there is to do between those that take long', async () => {
    const done: number[] = []
    for (let nth = 0; nth < MANY; nth++) {
      inTurn(() => {
        spin(2)
        done.push(nth)
      })
    }
    await setImmediate()
    expect(done.length).toBeLessThan(MANY)
    await vi.waitFor(() => expect(done).toHaveLength(MANY))
    expect(done).toStrictEqual([...done].sort((one, other) => one - other))
  })

  it('come again to those who ask during theirs', async () => {
    const heard: string[] = []
    inTurn(() => {
      heard.push('first')
      inTurn(() => heard.push('again'))
    })
    inTurn(() => heard.push('second'))
    await vi.waitFor(() => expect(heard).toStrictEqual(['first', 'second', 'again']))
  })
})

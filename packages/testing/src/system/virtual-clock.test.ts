import { describe, expect, it } from 'vitest'
import { clockContract } from './clock-contract.ts'
import { VirtualClock } from './virtual-clock.ts'

clockContract('VirtualClock', () => {
  const clock = new VirtualClock()
  return { clock, pass: (ms) => clock.advance(ms) }
})

describe('VirtualClock', () => {
  it('stands still until it is moved', async () => {
    const clock = new VirtualClock(new Date(1_000))
    expect(clock.now()).toEqual(new Date(1_000))
    await clock.advance(250)
    expect(clock.now()).toEqual(new Date(1_250))
  })

  it('releases who waits in the order of the moments, each at its moment', async () => {
    const clock = new VirtualClock(new Date(0))
    const woken: [string, number][] = []
    const waiter = async (name: string, ms: number) => {
      await clock.wait(ms)
      woken.push([name, clock.now().getTime()])
    }
    const waits = [waiter('late', 30), waiter('early', 10), waiter('early too', 10), waiter('never', 31)]
    await clock.advance(30)
    expect(woken).toEqual([
      ['early', 10],
      ['early too', 10],
      ['late', 30],
    ])
    expect(clock.waiting).toBe(1)
    expect(clock.nextWakeAt).toEqual(new Date(31))
    await clock.advance(1)
    await Promise.all(waits)
    expect(clock.waiting).toBe(0)
    expect(clock.nextWakeAt).toBeUndefined()
  })

  it('reaches waits that begin on the way', async () => {
    const clock = new VirtualClock(new Date(0))
    const ticks: number[] = []
    const ticking = (async () => {
      while (ticks.length < 3) {
        await clock.wait(10)
        ticks.push(clock.now().getTime())
      }
    })()
    await clock.advance(35)
    await ticking
    expect(ticks).toEqual([10, 20, 30])
    expect(clock.now()).toEqual(new Date(35))
  })

  it('forgets who no longer waits', async () => {
    const clock = new VirtualClock()
    const abort = new AbortController()
    const waiting = clock.wait(1_000, abort.signal)
    expect(clock.waiting).toBe(1)
    abort.abort()
    await waiting
    expect(clock.waiting).toBe(0)
  })
})

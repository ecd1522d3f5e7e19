import { VirtualClock } from '@muster/testing'
import { describe, expect, it } from 'vitest'
import { Deadlines } from './deadlines.ts'

function setup() {
  const clock = new VirtualClock()
  const start = clock.now().getTime()
  const watched = new Set<{ readonly name: string; deadlineAt: number }>()
  const expired: [string, number][] = []
  const deadlines = new Deadlines(clock, watched, (one) => {
    expired.push([one.name, clock.now().getTime() - start])
    watched.delete(one)
  })
  const watch = (name: string, inMs: number) => {
    const one = { name, deadlineAt: clock.now().getTime() + inMs }
    watched.add(one)
    deadlines.moved(one.deadlineAt)
    return one
  }
  return { clock, watched, expired, deadlines, watch }
}

describe('Deadlines', () => {
  it('come one by one, with one wait for all', async () => {
    const { clock, expired, watch } = setup()
    watch('late', 300)
    watch('soon', 100)
    watch('later', 200)
    await clock.advance(0)
    expect(clock.waiting).toBe(1)
    await clock.advance(1_000)
    expect(expired).toEqual([
      ['soon', 100],
      ['later', 200],
      ['late', 300],
    ])
    expect(clock.waiting).toBe(0)
  })

  it('do not come for what is no longer watched, and may be moved', async () => {
    const { clock, watched, expired, deadlines, watch } = setup()
    watched.delete(watch('done', 100))
    const moved = watch('moved', 500)
    await clock.advance(200)
    moved.deadlineAt = clock.now().getTime() + 50
    deadlines.moved(moved.deadlineAt)
    await clock.advance(50)
    expect(expired).toEqual([['moved', 250]])
    watch('new', 10)
    await clock.advance(10)
    expect(expired).toEqual([
      ['moved', 250],
      ['new', 260],
    ])
  })

  it('reach beyond what a timer can count, and end when closed', async () => {
    const { clock, expired, deadlines, watch } = setup()
    watch('far', 2 ** 32)
    await clock.advance(2 ** 31)
    expect(expired).toEqual([])
    await deadlines.close()
    expect(clock.waiting).toBe(0)
  })
})

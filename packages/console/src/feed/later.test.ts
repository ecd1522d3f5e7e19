import { signal } from '@preact/signals'
import { expect, it } from 'vitest'
import { postponed } from './later.ts'

/** Something put off by a clock that a test moves. */
function putOff() {
  const held = signal<object | undefined>(undefined)
  const timers: (() => void)[] = []
  const done: number[] = []
  const { ask, stop } = postponed(
    () => done.push(done.length),
    1_000,
    held,
    (act) => {
      timers.push(act)
      return () => timers.splice(timers.indexOf(act), 1)
    },
  )
  const pass = (): void => {
    for (const act of timers.splice(0)) act()
  }
  return { held, timers, done, ask, stop, pass }
}

it('does what is asked for several times once, and again when it is asked for after that', () => {
  const { done, ask, pass } = putOff()
  ask()
  ask()
  expect(done).toHaveLength(0)
  pass()
  expect(done).toHaveLength(1)
  ask()
  pass()
  expect(done).toHaveLength(2)
})

it('waits while what is shown is held, also if it was asked for before, and is done once when that ends', () => {
  const { held, done, ask, pass } = putOff()
  ask()
  held.value = {}
  pass()
  ask()
  held.value = { changes: 1 }
  pass()
  expect(done).toHaveLength(0)
  held.value = undefined
  expect(done).toHaveLength(1)
})

it('is forgotten when its page is left', () => {
  const { held, timers, done, ask, stop, pass } = putOff()
  ask()
  held.value = {}
  pass()
  stop()
  held.value = undefined
  expect(timers).toHaveLength(0)
  expect(done).toHaveLength(0)
})

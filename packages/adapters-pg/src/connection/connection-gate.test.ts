import { expect, it } from 'vitest'
import { ConnectionGate } from './connection-gate.ts'

const NEVER = new AbortController().signal

/** Who has come in so far, in order. */
function visitors(gate: ConnectionGate) {
  const entered: string[] = []
  const come = (name: string, tooLate = NEVER, first = false): Promise<boolean> =>
    gate.enter(tooLate, { first }).then((isIn) => {
      if (isIn) entered.push(name)
      return isIn
    })
  return { entered, come }
}

const settle = () => new Promise((resolve) => setImmediate(resolve))

it('lets in as many as it is wide, and the next as one leaves, in order', async () => {
  const gate = new ConnectionGate(2)
  const { entered, come } = visitors(gate)
  for (const name of ['a', 'b', 'c', 'd']) void come(name)
  await settle()
  expect(entered).toEqual(['a', 'b'])
  gate.leave()
  await settle()
  expect(entered).toEqual(['a', 'b', 'c'])
})

it('keeps out whom a narrower width leaves no room for, until it is widened', async () => {
  const gate = new ConnectionGate(4)
  const { entered, come } = visitors(gate)
  for (const name of ['a', 'b', 'c']) void come(name)
  await settle()
  gate.narrow(2)
  // The third was refused by the server: it waits before all others.
  gate.leave()
  void come('d')
  void come('c again', NEVER, true)
  await settle()
  expect(entered).toEqual(['a', 'b', 'c'])
  expect(gate.isTooNarrow).toBe(true)
  gate.widen(3)
  await settle()
  expect(entered).toEqual(['a', 'b', 'c', 'c again'])
  gate.widen(100)
  await settle()
  expect(entered.at(-1)).toBe('d')
  expect([gate.width, gate.isTooNarrow]).toEqual([4, false])
})

it('always lets one try', async () => {
  const gate = new ConnectionGate(3)
  gate.narrow(0)
  expect(await gate.enter(NEVER)).toBe(true)
})

it('forgets who gave up', async () => {
  const gate = new ConnectionGate(1)
  const { entered, come } = visitors(gate)
  const patience = new AbortController()
  void come('a')
  const impatient = come('b', patience.signal)
  void come('c')
  await settle()
  patience.abort()
  expect(await impatient).toBe(false)
  gate.leave()
  await settle()
  expect(entered).toEqual(['a', 'c'])
})

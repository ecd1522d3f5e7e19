import { expect, it, onTestFinished } from 'vitest'
import { Backends } from './backends/backends.ts'
import { backendsUnderFire } from './backends/round.ts'
import { SHORT_BACKENDS } from './short.ts'
import { brokenBackends } from './teeth.ts'

it('keeps a server true to all it said, though its database takes no writes and its broker is full', async () => {
  const backends = await Backends.open()
  onTestFinished(() => backends.close())
  const report = await backendsUnderFire(backends, SHORT_BACKENDS)
  expect(report.violations).toEqual([])
  expect(report.deeds).toEqual({ 'take no writes': 1, 'fill Redis': 1 })
  expect(report.answers[503]).toBeGreaterThan(0)
  expect(report.jobs).toBeGreaterThan(0)
  expect(report.submissions).toBeGreaterThan(0)
})

it('catches a server that takes a refusal to write for a fault of what is written', async () => {
  const violations = await brokenBackends('read-only-is-a-fault')
  // A caller is answered so, or, if none wrote meanwhile, the log says it of each thing that the server does by itself.
  const faults = new Set(['nothing is answered 500', 'an outage is told in three lines'])
  expect(violations.filter(({ rule }) => faults.has(rule))).not.toEqual([])
})

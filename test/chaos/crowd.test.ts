import { expect, it, onTestFinished } from 'vitest'
import { serveInProcess } from './crowd/in-process.ts'
import { crowdUnderFire } from './crowd/round.ts'
import { SHORT_CROWD } from './short.ts'

const TIMEOUT_MS = 120_000

it('tells a crowd what is, on every wire, however often it comes and goes', {
  timeout: TIMEOUT_MS,
}, async () => {
  const server = await serveInProcess()
  onTestFinished(() => server.end())
  const report = await crowdUnderFire([server], SHORT_CROWD)
  expect(report.violations).toEqual([])
  expect(Object.keys(report.wires).sort()).toEqual(['graphql-ws', 'socket.io', 'sse', 'ws'])
  expect(report.resumes).toBeGreaterThan(0)
  expect(report.toldFacts).toBeGreaterThan(0)
  expect(report.toldSignals).toBeGreaterThan(0)
})

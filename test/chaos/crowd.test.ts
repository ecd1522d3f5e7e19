import { expect, it, onTestFinished } from 'vitest'
import { serveInProcess } from './crowd/in-process.ts'
import { crowdUnderFire } from './crowd/round.ts'
import { WIRES } from './crowd/wires.ts'
import { ONE_WIRE_CROWD, SHORT_CROWD } from './short.ts'

it('tells a crowd what is, on every wire, however often it comes and goes', async () => {
  const server = await serveInProcess()
  onTestFinished(() => server.end())
  const report = await crowdUnderFire([server], SHORT_CROWD)
  expect(report.violations).toEqual([])
  expect(Object.keys(report.wires).sort()).toEqual(['graphql-ws', 'socket.io', 'sse', 'ws'])
  expect(report.resumes).toBeGreaterThan(0)
  expect(report.toldFacts).toBeGreaterThan(0)
  expect(report.toldSignals).toBeGreaterThan(0)
})

it.concurrent.each(WIRES)('tells a crowd what is that follows over %s alone', async (wire) => {
  const server = await serveInProcess()
  try {
    const report = await crowdUnderFire([server], { ...ONE_WIRE_CROWD, wires: [wire] })
    expect(report.violations).toEqual([])
    expect(Object.keys(report.wires)).toEqual([wire])
    expect(report.toldFacts).toBeGreaterThan(0)
  } finally {
    await server.end()
  }
})

import { SeededRandom, SequentialIds, VirtualClock } from '@muster/testing'
import { describe, expect, it } from 'vitest'
import { ClosedError, UnavailableError } from '../../errors.ts'
import type { JobId, ProjectId } from '../../ids.ts'
import type { Price } from '../../usage/price.ts'
import type { UsageReport } from '../../usage/usage-store.ts'
import type { ActiveJob, Outcome } from '../worker-store.ts'
import type { Attempt } from './attempt.ts'
import { UsageReporter } from './usage-reporter.ts'

type Answer = 'counted' | 'lost' | 'away'

/** A reporter on a store that counts reports once, and whose answers may be lost. */
function setup() {
  const clock = new VirtualClock()
  const counted: UsageReport[] = []
  const answers: Answer[] = []
  const prices: Price[] = []
  const list = { version: 1 }
  const warnings: string[] = []
  const errors: object[] = []
  const quiet = () => undefined
  const reporter = new UsageReporter({
    usage: {
      async record(report) {
        const answer = answers.shift() ?? 'counted'
        if (answer === 'away') throw new UnavailableError('away')
        const last = counted.at(-1)
        if (last && last.report >= report.report) return 'repeated'
        if (report.pricesVersion !== list.version) return 'stale'
        counted.push(report)
        if (answer === 'lost') throw new UnavailableError('away')
        return 'counted'
      },
      findPrices: async (models) => ({
        version: list.version,
        prices: prices.filter(({ model }) => models.includes(model)),
      }),
    },
    clock,
    ids: new SequentialIds(),
    random: new SeededRandom(1),
    logger: {
      debug: quiet,
      info: quiet,
      warn: (_: object, message: string) => void warnings.push(message),
      error: (fields: object) => void errors.push(fields),
    },
  })
  const attempt = (name: string, { ended = false, type = 'probe', reserves = false } = {}): Attempt =>
    ({
      job: {
        jobId: name as JobId,
        projectId: 'p' as ProjectId,
        runId: null,
        model: 'm',
        type,
        start: 1,
        reserves,
      } as ActiveJob,
      ended,
    }) as Attempt
  const done = ({ job }: Attempt): Outcome => ({ kind: 'cancelled', jobId: job.jobId, start: 1 })
  const taken = (one: Attempt) => reporter.take(one, done(one)).usage
  const setPrice = (inputMicros: number): void => {
    const none = { outputMicros: 0, cachedMicros: 0, cacheWriteMicros: 0 }
    prices.splice(0, prices.length, { model: 'm', from: new Date(0), inputMicros, ...none })
    list.version++
  }
  return { clock, reporter, counted, answers, warnings, errors, attempt, setPrice, done, taken }
}

const used = (input: number) => ({ input, output: 0 })

describe('A reporter of usage', () => {
  it('gathers calls by project, run and model, and says when they are stored', async () => {
    const { clock, reporter, counted, attempt } = setup()
    const [a, b] = [attempt('a'), attempt('b')]
    const stored = [reporter.report(a, used(1)), reporter.report(b, { ...used(2), model: 'judge' })]
    void reporter.report(a, used(4))
    await clock.advance(250)
    await Promise.all(stored)
    expect(counted).toMatchObject([
      {
        report: 1,
        groups: [
          { model: 'm', calls: 2, input: 5, unpriced: 2 },
          { model: 'judge', calls: 1, input: 2 },
        ],
        jobs: [
          { jobId: 'a', units: 5 },
          { jobId: 'b', units: 2 },
        ],
      },
    ])
  })

  it('sends the same again until it is answered, and goes on with the next number', async () => {
    const { clock, reporter, counted, answers, attempt } = setup()
    answers.push('away', 'lost', 'away')
    const stored = reporter.report(attempt('a'), used(1))
    await clock.advance(250)
    await clock.advance(10_000)
    await stored
    void reporter.report(attempt('b'), used(2))
    await clock.advance(250)
    expect(counted.map(({ report, groups }) => [report, groups[0]?.input])).toEqual([
      [1, 1],
      [2, 2],
    ])
  })

  it('leaves to an outcome what it brings, and takes it back if that is not recorded', async () => {
    const { clock, reporter, counted, attempt, setPrice, done, taken } = setup()
    setPrice(1_000_000)
    const [first, a, b] = [attempt('first'), attempt('a'), attempt('b')]
    void reporter.report(first, used(1))
    // No price is known yet, so the report brings all of it.
    expect(taken(first)).toBeUndefined()
    await clock.advance(250)
    for (const one of [a, b]) void reporter.report(one, used(7))
    const [ofA, ofB] = [a, b].map((one) => reporter.take(one, done(one)))
    expect([ofA?.usage, ofB?.usage]).toMatchObject([
      { units: 7, costMicros: 7 },
      { units: 7, costMicros: 7 },
    ])
    reporter.putBack(ofB as Outcome)
    await clock.advance(250)
    reporter.putBack(ofA as Outcome)
    await clock.advance(250)
    expect(counted.map(({ jobs }) => jobs)).toEqual([
      [{ jobId: 'first', units: 1, costMicros: 1 }],
      [{ jobId: 'b', units: 7, costMicros: 7 }],
      [{ jobId: 'a', units: 7, costMicros: 7 }],
    ])
  })

  it('names attempts under budgets that have ended, with all that they cost, once their calls are on their way', async () => {
    const { clock, reporter, counted, answers, attempt, setPrice } = setup()
    setPrice(1_000_000)
    const [a, b] = [attempt('a', { reserves: true }), attempt('b', { reserves: true })]
    void reporter.report(a, used(3))
    await clock.advance(250)
    answers.push('away')
    setPrice(2_000_000)
    void reporter.report(a, used(4))
    reporter.ended(a.job)
    reporter.ended(b.job)
    await clock.advance(250)
    await clock.advance(10_000)
    expect(counted.map(({ ended }) => ended)).toEqual([
      undefined,
      [
        { jobId: 'a', start: 1, costMicros: 11 },
        { jobId: 'b', start: 1, costMicros: 0 },
      ],
    ])
  })

  it('works costs out anew if prices have changed, for jobs whose outcome has gone too', async () => {
    const { clock, reporter, counted, attempt, setPrice, taken } = setup()
    setPrice(1_000_000)
    void reporter.report(attempt('first'), used(1))
    await clock.advance(250)
    setPrice(3_000_000)
    const a = attempt('a')
    void reporter.report(a, used(5))
    expect(taken(a)).toMatchObject({ units: 5, costMicros: 5 })
    await clock.advance(250)
    expect(counted.at(-1)).toMatchObject({
      pricesVersion: 3,
      groups: [{ costMicros: 15 }],
      jobs: [{ jobId: 'a', units: 0, costMicros: 10 }],
    })
  })

  it('brings once what an outcome puts back while its report waits for prices', async () => {
    const { clock, reporter, counted, answers, attempt, setPrice, done } = setup()
    setPrice(1_000_000)
    void reporter.report(attempt('first'), used(1))
    await clock.advance(250)
    const a = attempt('a')
    void reporter.report(a, used(5))
    const outcome = reporter.take(a, done(a))
    answers.push('away')
    await clock.advance(250)
    setPrice(3_000_000)
    reporter.putBack(outcome)
    await clock.advance(10_000)
    const ofA = counted.slice(1).flatMap(({ jobs }) => jobs)
    const sum = (of: (job: (typeof ofA)[number]) => number) => ofA.reduce((all, job) => all + of(job), 0)
    expect([sum(({ units }) => units), sum(({ costMicros }) => costMicros)]).toEqual([5, 15])
  })

  it('adds up all calls of an attempt, more than a log has room for at first', async () => {
    const { clock, reporter, counted, attempt, setPrice, taken } = setup()
    setPrice(1_000_000)
    void reporter.report(attempt('first'), used(1))
    await clock.advance(250)
    const [a, b] = [attempt('a'), attempt('b')]
    for (let n = 1; n <= 200; n++) {
      void reporter.report(a, used(n))
      void reporter.report(b, { ...used(1), model: n % 2 === 0 ? 'm' : 'judge', costMicros: 2 })
    }
    expect(taken(a)).toMatchObject({ units: 20_100, costMicros: 20_100 })
    expect(taken(b)).toMatchObject({ units: 200, costMicros: 400 })
    await clock.advance(250)
    expect(counted.at(-1)).toMatchObject({
      groups: [
        { model: 'm', calls: 300, input: 20_200, costMicros: 20_300, unpriced: 0 },
        { model: 'judge', calls: 100, input: 100, costMicros: 200, unpriced: 0 },
      ],
      jobs: [],
    })
    expect([a.usedUnits, b.usedUnits]).toEqual([20_100, 200])
  })

  it('counts what comes after the end of an attempt, and says so once for each type', async () => {
    const { clock, reporter, counted, warnings, attempt } = setup()
    for (const type of ['x', 'x', 'y']) void reporter.report(attempt('a', { ended: true, type }), used(1))
    await clock.advance(250)
    expect(counted[0]?.groups).toMatchObject([{ calls: 3 }])
    expect(warnings).toHaveLength(2)
  })

  it('sends what there is when it closes, and says what it could not', async () => {
    const { clock, reporter, counted, answers, errors, attempt } = setup()
    void reporter.report(attempt('a'), used(1))
    await reporter.close()
    expect(counted).toHaveLength(1)
    answers.push(...Array.from({ length: 99 }, () => 'away' as const))
    const stored = reporter.report(attempt('b'), used(2))
    const closed = reporter.close()
    await clock.advance(1_000)
    reporter.giveUp()
    await closed
    await expect(stored).rejects.toThrow(ClosedError)
    await expect(reporter.report(attempt('b'), used(2))).rejects.toThrow(ClosedError)
    expect(errors).toEqual([{ calls: 1, units: 2 }])
  })
})

import fc from 'fast-check'

const pick = fc.nat(50)

/** One thing that happens to the jobs of two projects with two workers. */
export const step = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('add' as const),
      project: fc.nat(1),
      count: fc.integer({ min: 1, max: 3 }),
      priority: fc.constantFrom(0, 5, 10),
      delayed: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('startRun' as const),
      project: fc.nat(1),
      scenarios: fc.integer({ min: 1, max: 4 }),
      models: fc.integer({ min: 1, max: 2 }),
      priority: fc.constantFrom('low' as const, 'normal' as const, 'high' as const),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ does: fc.constant('feed' as const), limit: fc.integer({ min: 1, max: 5 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant('take' as const),
      limit: fc.integer({ min: 1, max: 5 }),
      worker: fc.nat(1),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      does: fc.constant('begin' as const),
      picks: fc.array(pick, { minLength: 1, maxLength: 4 }),
      worker: fc.nat(1),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      does: fc.constant('settle' as const),
      picks: fc.array(
        fc.tuple(
          pick,
          fc.constantFrom(
            'completed',
            'completed',
            'failed',
            'retry',
            'notNow',
            'notNow once too often',
            'returned',
            'cancelled',
            'stale',
          ),
        ),
        { minLength: 1, maxLength: 4 },
      ),
      worker: fc.nat(1),
    }),
  },
  fc.record({
    does: fc.constantFrom(
      'cancelItem' as const,
      'requestCancel' as const,
      'retry' as const,
      'pauseRun' as const,
      'resumeRun' as const,
      'cancelRun' as const,
      'reopen' as const,
    ),
    pick,
  }),
  fc.record({ does: fc.constant('move' as const), pick, priority: fc.constantFrom(0, 5, 10, 20) }),
  fc.record({ does: fc.constant('gate' as const), gate: fc.constantFrom(0, 1, null), paused: fc.boolean() }),
  fc.record({ does: fc.constant('clear' as const), project: fc.nat(1) }),
  { weight: 2, arbitrary: fc.record({ does: fc.constant('wake' as const), ms: fc.nat(3_000) }) },
  fc.record({ does: fc.constant('kill' as const), worker: fc.nat(1) }),
  fc.record({ does: fc.constant('sweep' as const), limit: fc.integer({ min: 1, max: 4 }) }),
)

export type Step = typeof step extends fc.Arbitrary<infer Made> ? Made : never

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Batcher } from './batcher.ts'

/** A batcher whose batches end when the test says so. */
function setup(max: number) {
  const batches: { readonly requests: readonly number[]; end(): void; fail(error: unknown): void }[] = []
  const batcher = new Batcher<number, string>(max, (requests) => {
    const { promise, resolve, reject } = Promise.withResolvers<string[]>()
    batches.push({
      requests,
      end: () => resolve(requests.map((request) => `answer ${request}`)),
      fail: reject,
    })
    return promise
  })
  const batch = async (index: number) => {
    await expect.poll(() => batches[index]).toBeDefined()
    return batches[index] as (typeof batches)[number]
  }
  return { batcher, batches, batch }
}

describe('Batcher', () => {
  it('sends a lone request at once and collects while one is in flight, up to the most', async () => {
    const { batcher, batch } = setup(3)
    const first = batcher.add(1)
    const one = await batch(0)
    const rest = [2, 3, 4, 5].map((request) => batcher.add(request))
    one.end()
    expect(await first).toBe('answer 1')
    const two = await batch(1)
    expect(two.requests).toEqual([2, 3, 4])
    two.end()
    const three = await batch(2)
    expect(three.requests).toEqual([5])
    three.end()
    expect(await Promise.all(rest)).toEqual(['answer 2', 'answer 3', 'answer 4', 'answer 5'])
  })

  it('sends together all that come in one turn of the clock', async () => {
    const turns: (() => void)[] = []
    const sizes: number[] = []
    const batcher = new Batcher<number, number>(
      10,
      async (requests) => {
        sizes.push(requests.length)
        return requests
      },
      { turn: () => new Promise<void>((resolve) => void turns.push(resolve)) },
    )
    const answers = [batcher.add(1)]
    // As timers do that are due at once: the microtasks of each run before the next.
    for (let timer = 2; timer <= 5; timer++) {
      for (let turn = 0; turn < 10; turn++) await Promise.resolve()
      answers.push(batcher.add(timer))
    }
    turns[0]?.()
    expect(await Promise.all(answers)).toEqual([1, 2, 3, 4, 5])
    expect(sizes).toEqual([5])
  })

  it('sends a long line in order, as many at once as may be', async () => {
    const sizes: number[] = []
    const batcher = new Batcher<number, number>(256, async (requests) => {
      sizes.push(requests.length)
      return requests
    })
    const wanted = Array.from({ length: 10_000 }, (_, index) => index)
    expect(await Promise.all(wanted.map((one) => batcher.add(one)))).toEqual(wanted)
    expect(Math.max(...sizes)).toBe(256)
    expect(sizes).toHaveLength(40)
  })

  it('rejects the callers of a batch that failed, and goes on with the next', async () => {
    const { batcher, batch } = setup(10)
    const failing = Promise.allSettled([batcher.add(1), batcher.add(2)])
    const one = await batch(0)
    const later = batcher.add(3)
    one.fail(new Error('away'))
    expect((await failing).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    ;(await batch(1)).end()
    expect(await later).toBe('answer 3')
  })

  it('rejects callers when the answers are not as many as the requests', async () => {
    const batcher = new Batcher<number, number>(10, async () => [])
    await expect(batcher.add(1)).rejects.toThrow('A batch of 1 was given 0 answers')
  })

  it('answers every caller its own, in batches no larger than the most and never two at once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 7 }),
        fc.array(fc.nat(3), { maxLength: 60 }),
        async (max, turns) => {
          let inFlight = 0
          const batcher = new Batcher<number, number>(max, async (requests) => {
            expect(++inFlight).toBe(1)
            expect(requests.length).toBeGreaterThan(0)
            expect(requests.length).toBeLessThanOrEqual(max)
            for (let turn = 0; turn < (turns[requests[0] ?? 0] ?? 0); turn++) await Promise.resolve()
            inFlight--
            return requests.map((request) => request * 2)
          })
          const answers: Promise<number>[] = []
          for (const [index, turn] of turns.entries()) {
            answers.push(batcher.add(index))
            for (let i = 0; i < turn; i++) await Promise.resolve()
          }
          expect(await Promise.all(answers)).toEqual(turns.map((_, index) => index * 2))
        },
      ),
    )
  })
})

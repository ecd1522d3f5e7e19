import type { CountedCall } from './usage.ts'

/** Prices are for so many tokens. */
const PRICED_TOKENS = 1_000_000

/** The highest price, in millionths of the currency unit for a million tokens. */
export const HIGHEST_PRICE = 1_000_000_000

/** A model's price from a moment on, in millionths of the currency unit for a million tokens. */
export interface Price {
  readonly model: string
  /** It holds for what is recorded from then on, until a later one. */
  readonly from: Date
  readonly inputMicros: number
  readonly outputMicros: number
  /** Of input read from the provider's cache. */
  readonly cachedMicros: number
  /** Of input written to the provider's cache. */
  readonly cacheWriteMicros: number
}

/** The price of the model at that moment: of those that hold by then the latest. */
export function priceAt(prices: readonly Price[], model: string, at: Date): Price | undefined {
  let latest: Price | undefined
  for (const price of prices) {
    if (price.model !== model || price.from > at) continue
    if (latest === undefined || price.from > latest.from) latest = price
  }
  return latest
}

/** Below it sums of products are exact in doubles, with room for their rounding. */
const EXACT: number = 2 ** 52

/**
 * The cost of a call, in millionths of the currency unit, rounded up once. In `bigint` where a product of tokens and a price may pass 2⁵³. Without a price
 * it is 0, unless the provider told it.
 */
export function costOf(call: CountedCall, price: Price | undefined): number {
  if (call.costMicros !== null) return call.costMicros
  if (!price) return 0
  const { input, output, cached, cacheWrite } = call
  const { inputMicros, outputMicros, cachedMicros, cacheWriteMicros } = price
  const plain = input - cached - cacheWrite
  const about =
    plain * inputMicros + cached * cachedMicros + cacheWrite * cacheWriteMicros + output * outputMicros
  if (about < EXACT) {
    const rest = about % PRICED_TOKENS
    return (about - rest) / PRICED_TOKENS + (rest > 0 ? 1 : 0)
  }
  const millionfold =
    BigInt(plain) * BigInt(inputMicros) +
    BigInt(cached) * BigInt(cachedMicros) +
    BigInt(cacheWrite) * BigInt(cacheWriteMicros) +
    BigInt(output) * BigInt(outputMicros)
  const tokens = BigInt(PRICED_TOKENS)
  return Number((millionfold + tokens - 1n) / tokens)
}

/** Whether it is the same price. */
export function samePrice(a: Price, b: Price): boolean {
  return (
    a.model === b.model &&
    a.from.getTime() === b.from.getTime() &&
    a.inputMicros === b.inputMicros &&
    a.outputMicros === b.outputMicros &&
    a.cachedMicros === b.cachedMicros &&
    a.cacheWriteMicros === b.cacheWriteMicros
  )
}

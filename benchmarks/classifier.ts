/** Numbers that are known of something, and which of two kinds it is. */
export interface Example {
  readonly features: readonly number[]
  /** The thing itself: what is learned of it must not be held against it when it comes again. */
  readonly thing: string
  readonly isOne: boolean
}

/** A look at one feature: one kind above the bound, the other up to it. */
interface Stump {
  readonly feature: number
  readonly bound: number
  /** Whether those above it are of the kind. */
  readonly above: boolean
  readonly weight: number
}

/** Bounds tried of each feature. */
const BOUNDS = 24
const ROUNDS = 60
/** Nobody is certain. */
const LEAST_ERROR = 1e-6

/**
 * Learns from one half of the things, every second one, to tell the kinds apart by boosted looks at single features (AdaBoost, Freund & Schapire 1997), and says how
 * often it is right on the other half, both kinds alike: ½ is chance. With that, the features that it looks at most.
 */
export function toldApart(
  examples: readonly Example[],
  names: readonly string[],
): { readonly accuracy: number; readonly error: number; readonly by: readonly string[] } {
  const things = new Map([...new Set(examples.map(({ thing }) => thing))].map((thing, nth) => [thing, nth]))
  const [learned, held] = [0, 1].map((half) =>
    examples.filter(({ thing }) => (things.get(thing) ?? 0) % 2 === half),
  ) as [Example[], Example[]]
  const stumps = learn(learned, names.length)
  const kinds = [true, false].map((isOne) => {
    const all = held.filter((example) => example.isOne === isOne)
    return {
      n: all.length,
      share: all.filter(({ features }) => says(stumps, features) === isOne).length / all.length,
    }
  })
  const weights = new Map<string, number>()
  for (const { feature, weight } of stumps) {
    const name = names[feature] ?? String(feature)
    weights.set(name, (weights.get(name) ?? 0) + weight)
  }
  return {
    accuracy: kinds.reduce((sum, { share }) => sum + share / 2, 0),
    error: Math.sqrt(kinds.reduce((sum, { n, share }) => sum + (share * (1 - share)) / n / 4, 0)),
    by: [...weights]
      .sort(([, a], [, b]) => b - a)
      .slice(0, 5)
      .map(([name]) => name),
  }
}

function learn(examples: readonly Example[], width: number): Stump[] {
  const ones = examples.filter(({ isOne }) => isOne).length
  const weights = examples.map(({ isOne }) => 0.5 / (isOne ? ones : examples.length - ones))
  const bounds = Array.from({ length: width }, (_, feature) =>
    boundsOf(examples.map(({ features }) => features[feature] ?? 0)),
  )
  const stumps: Stump[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const best = bestStump(examples, weights, bounds)
    if (best === undefined || best.error > 0.5 - LEAST_ERROR) break
    const error = Math.max(LEAST_ERROR, best.error)
    const weight = Math.log((1 - error) / error) / 2
    stumps.push({ ...best.stump, weight })
    let total = 0
    for (const [nth, { features, isOne }] of examples.entries()) {
      const right = isAbove(best.stump, features) === isOne
      weights[nth] = (weights[nth] ?? 0) * Math.exp(right ? -weight : weight)
      total += weights[nth] ?? 0
    }
    for (const nth of weights.keys()) weights[nth] = (weights[nth] ?? 0) / total
  }
  return stumps
}

/** Bounds between which about as many values lie. */
function boundsOf(values: readonly number[]): number[] {
  const sorted = [...values].sort((a, b) => a - b)
  const places = Array.from({ length: BOUNDS }, (_, nth) =>
    Math.floor(((nth + 1) * sorted.length) / (BOUNDS + 1)),
  )
  return [...new Set(places.map((place) => sorted[place] ?? 0))]
}

function bestStump(
  examples: readonly Example[],
  weights: readonly number[],
  bounds: readonly (readonly number[])[],
): { readonly stump: Omit<Stump, 'weight'>; readonly error: number } | undefined {
  let best: { readonly stump: Omit<Stump, 'weight'>; readonly error: number } | undefined
  for (const [feature, ofFeature] of bounds.entries()) {
    for (const bound of ofFeature) {
      let error = 0
      for (const [nth, { features, isOne }] of examples.entries())
        if ((features[feature] ?? 0) > bound !== isOne) error += weights[nth] ?? 0
      for (const above of [true, false]) {
        const wrong = above ? error : 1 - error
        if (best === undefined || wrong < best.error)
          best = { stump: { feature, bound, above }, error: wrong }
      }
    }
  }
  return best
}

function isAbove({ feature, bound, above }: Omit<Stump, 'weight'>, features: readonly number[]): boolean {
  return (features[feature] ?? 0) > bound === above
}

function says(stumps: readonly Stump[], features: readonly number[]): boolean {
  return stumps.reduce((sum, stump) => sum + (isAbove(stump, features) ? stump.weight : -stump.weight), 0) > 0
}

import type { Engine, Impression } from './engines.ts'

/** What a scripted person goes by. */
export interface Reader {
  readonly engine: Engine
  /** Languages they read. */
  readonly reads: readonly string[]
  /** What they take for what, as one who reads Malay alone takes Indonesian for Malay. */
  readonly takesFor?: Readonly<Record<string, string>>
}

/** What speaks, by elimination, for a language that they read but their engine doesn't know: more than a weak impression of another, less than a strong one. */
const BY_ELIMINATION = 0.85
/** What speaks for a language of which they know nothing. */
const FOREIGN = 0.05

/** How much speaks for each candidate, 0..1, in the given order. 1: it is the strongest impression of all. */
export function judge(reader: Reader, text: string, candidates: readonly string[]): Impression[] {
  const weights = new Map<string, number>()
  for (const { language: heard, weight } of reader.engine.impressions(text)) {
    const language = reader.takesFor?.[heard] ?? heard
    weights.set(language, Math.max(weight, weights.get(language) ?? 0))
  }
  const strongest = Math.max(...weights.values(), Number.MIN_VALUE)
  return candidates.map((language) => {
    const weight = weights.get(language)
    if (weight !== undefined) return { language, weight: weight / strongest }
    if (reader.engine.knows.has(language)) return { language, weight: 0 }
    return { language, weight: reader.reads.includes(language) ? BY_ELIMINATION : FOREIGN }
  })
}

/** The candidate that most speaks for; of several, the one given first. */
export function choose(judgements: readonly Impression[]): Impression {
  const [first] = judgements
  if (first === undefined) throw new RangeError('There must be a candidate to choose')
  return judgements.reduce((best, next) => (next.weight > best.weight ? next : best), first)
}

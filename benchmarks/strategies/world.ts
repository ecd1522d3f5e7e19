import type { Requirement, UserId } from '@muster/core'
import type { Random } from '@muster/core/ports'
import { SeededRandom, SequentialIds } from '@muster/testing'

const MINUTE_MS = 60_000

/** What a task takes somebody of speed 1. */
const HANDLING_MS = 10 * MINUTE_MS

/** How much people's speeds differ: the standard deviation of the speed's logarithm. */
const SPEED_SPREAD = 0.2

/** Between these people's true qualities are spread. */
const QUALITY = { least: 0.55, most: 0.95 } as const

/** The share of tasks whose answer is known, so that they move quality scores. */
const GOLD_SHARE = 0.3

/** When a task may also go to people without the scarce skill. */
const DROP_AFTER_MINUTES = 120

/** Skills of the crew: a few have the scarce one, and they have all others too. */
const CREW = [
  { people: 8, skills: { reading: 3 } },
  { people: 5, skills: { reading: 3, law: 3 } },
  { people: 3, skills: { reading: 3, law: 3, hausa: 3 } },
] as const

/** What tasks ask for, and how many of them. Half of those that need the scarce skill wait for it as long as it takes. */
const KINDS: readonly { readonly share: number; readonly requirements: readonly Requirement[] }[] = [
  { share: 0.65, requirements: [needs('reading', null)] },
  { share: 0.25, requirements: [needs('law', null)] },
  { share: 0.05, requirements: [needs('hausa', DROP_AFTER_MINUTES)] },
  { share: 0.05, requirements: [needs('hausa', null)] },
]

/** Work that comes in, as a share of what the whole crew can do. */
export const LOADS = { light: 0.5, tight: 0.9, overloaded: 1.2 } as const

export type Load = keyof typeof LOADS

/** Somebody who works. Strategies see the skills; speed and quality show in what the person does. */
export interface Worker {
  readonly userId: UserId
  readonly skills: Readonly<Record<string, number>>
  /** What each task takes this person. */
  readonly handlingMs: number
  /** The true chance of a right answer. */
  readonly quality: number
}

export interface Arrival {
  /** Milliseconds from the start. */
  readonly at: number
  readonly requirements: readonly Requirement[]
  readonly isGold: boolean
  /** In 0..1: whose quality is above it answers rightly. One draw for all strategies, so that luck does not tell them apart. */
  readonly difficulty: number
}

/** One instance: who works, and what comes in. */
export interface World {
  /** By userId. */
  readonly workers: readonly Worker[]
  /** By the moment of arrival. */
  readonly arrivals: readonly Arrival[]
}

/** The world of a seed: a crew and `tasks` tasks that come in as a Poisson stream at the load. */
export function makeWorld(seed: number, load: Load, tasks: number): World {
  const crewRandom = new SeededRandom(seed)
  const workers = makeCrew(crewRandom)
  const random = new SeededRandom(seed + 1_000_003)
  const perMs = LOADS[load] * workers.reduce((sum, { handlingMs }) => sum + 1 / handlingMs, 0)
  const arrivals: Arrival[] = []
  let at = 0
  for (let index = 0; index < tasks; index++) {
    at += -Math.log(1 - random.next()) / perMs
    arrivals.push({
      at: Math.round(at),
      requirements: kindAt(random.next()),
      isGold: random.next() < GOLD_SHARE,
      difficulty: random.next(),
    })
  }
  return { workers, arrivals }
}

/**
 * Ids say nothing about skills, nor skills about quality: the crew sits in a random order, and in each set of equal skills qualities are spread
 * evenly, so that what a strategy gains is not what a set was lucky in.
 */
function makeCrew(random: Random): Worker[] {
  const ids = new SequentialIds()
  const crew = CREW.flatMap(({ people, skills }) =>
    shuffled(
      Array.from({ length: people }, (_, nth) => (nth + 0.5) / people),
      random,
    ).map((place) => ({ skills, quality: QUALITY.least + (QUALITY.most - QUALITY.least) * place })),
  )
  return shuffled(crew, random).map(({ skills, quality }) => ({
    userId: ids.next() as UserId,
    skills,
    handlingMs: Math.round(HANDLING_MS / Math.exp(SPEED_SPREAD * normal(random))),
    quality,
  }))
}

function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  return items
    .map((item) => ({ item, place: random.next() }))
    .sort((one, other) => one.place - other.place)
    .map(({ item }) => item)
}

function kindAt(draw: number): readonly Requirement[] {
  let left = draw
  for (const { share, requirements } of KINDS) {
    if (left < share) return requirements
    left -= share
  }
  return KINDS[0]?.requirements ?? []
}

/** A standard normal draw, by the method of Box and Muller. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
}

function needs(skill: string, dropAfterMinutes: number | null): Requirement {
  return { anyOf: [skill], minLevel: 1, dropAfterMinutes }
}

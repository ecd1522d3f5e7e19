import type { UserId } from '@muster/core'
import type { AssignmentUseCases } from '@muster/core/calls'
import { plansOf } from './claim-plans.ts'
import { ClaimWorld, type Filling } from './claim-world.ts'
import { openServer, type Server } from './databases.ts'
import { type Hammered, hammer } from './hammer.ts'
import { alternate, keep, machine, printSeries, roundsWished } from './rounds.ts'

const PEOPLE = 1_000
const CLIENTS = 20
/** Claims of a round, by all clients together: so few that ten thousand open tasks last for it. */
const CLAIMS = 4_000
const MANY = Number(process.env['OPEN'] ?? 1_000_000)
const FEW = 10_000
const DONE = MANY / 20

/** One client is the veteran, one the newcomer, and the others are everybody else. */
interface Round {
  readonly veteran: Hammered
  readonly newcomer: Hammered
  readonly crowd: Hammered
}

/** S5: how long somebody in a crowd waits for `claimNext`: at a million open tasks with a long past ÷ at ten thousand with none. */
export async function claimScale(): Promise<void> {
  const server = await openServer()
  const worlds: CrowdedWorld[] = []
  try {
    const many = await CrowdedWorld.on(server, { open: MANY, done: DONE })
    worlds.push(many)
    const few = await CrowdedWorld.on(server, { open: FEW, done: FEW / 20 })
    worlds.push(few)
    const series = await alternate(
      [
        {
          name: `${shown(MANY)} open, ${shown(DONE)} done`,
          once: async () => (await many.round()).veteran.p99Ms,
        },
        { name: `${shown(FEW)} open, nothing done`, once: async () => (await few.round()).newcomer.p99Ms },
      ],
      roundsWished(),
    )
    printSeries(`claim-scale: p99 of one person among ${CLIENTS} clients`, 'ms', series)
    for (const world of worlds) world.print()
    const figures = []
    for (const world of worlds) figures.push(await world.figures())
    keep('claim-scale', { machine: machine(server.version), series, figures })
  } finally {
    for (const world of worlds) await world.close()
    await server.stop()
  }
}

class CrowdedWorld {
  readonly #world: ClaimWorld
  readonly #filling: Filling
  readonly #engine: AssignmentUseCases
  readonly #rounds: Round[] = []
  #claims = 0
  #nth = 0

  private constructor(world: ClaimWorld, filling: Filling) {
    this.#world = world
    this.#filling = filling
    this.#engine = world.engine()
  }

  static async on(server: Server, filling: Filling): Promise<CrowdedWorld> {
    const world = new CrowdedWorld(await ClaimWorld.on(server, PEOPLE, 1_000_000), filling)
    await world.#fill()
    return world
  }

  async round(): Promise<Round> {
    if (this.#filling.open < this.#claims + 2 * CLAIMS) await this.#fill()
    await this.#world.pool.query('checkpoint')
    const { veteran, newcomer } = this.#world
    let left = CLAIMS
    const claiming = (clients: number, who: () => UserId | undefined): Promise<Hammered> =>
      hammer(clients, Number.POSITIVE_INFINITY, async () => {
        left -= 1
        await this.#claim(who())
        return left > 0
      })
    const [old, fresh, crowd] = await Promise.all([
      claiming(1, () => veteran),
      claiming(1, () => newcomer),
      claiming(CLIENTS - 2, () => this.#somebody()),
    ])
    const round = { veteran: old, newcomer: fresh, crowd }
    this.#rounds.push(round)
    return round
  }

  print(): void {
    const { open, done = 0 } = this.#filling
    const median = (of: (round: Round) => number): string =>
      (this.#rounds.map(of).sort((a, b) => a - b)[this.#rounds.length >> 1] ?? Number.NaN).toFixed(1)
    console.log(
      `  at ${shown(open)} open, p50 and p99 in ms: ${shown(done)} done ${median((one) => one.veteran.p50Ms)} ${median((one) => one.veteran.p99Ms)}, ` +
        `nothing done ${median((one) => one.newcomer.p50Ms)} ${median((one) => one.newcomer.p99Ms)}, ` +
        `the crowd ${median((one) => one.crowd.p50Ms)} ${median((one) => one.crowd.p99Ms)}`,
    )
  }

  /** With the plans of one more claim of the veteran. */
  async figures(): Promise<object> {
    await this.#world.verify(this.#claims)
    return { ...this.#filling, rounds: this.#rounds, plans: await plansOf(this.#world, this.#world.veteran) }
  }

  close(): Promise<void> {
    return this.#world.close()
  }

  async #fill(): Promise<void> {
    await this.#world.fill(this.#filling)
    this.#claims = 0
    // The walk past a long past is made once, and plans are made, before anybody looks at the clock.
    for (const userId of [this.#world.veteran, this.#world.newcomer]) await this.#claim(userId)
    let left = CLAIMS / 10
    await hammer(CLIENTS, Number.POSITIVE_INFINITY, async () => {
      left -= 1
      await this.#claim(this.#somebody())
      return left > 0
    })
  }

  #somebody(): UserId | undefined {
    return this.#world.people[this.#nth++ % PEOPLE]
  }

  async #claim(userId: UserId | undefined): Promise<void> {
    if (userId === undefined) throw new Error('there is nobody')
    const { kind } = await this.#engine.claimNext({ userId })
    if (kind !== 'claimed') throw new Error('there is nothing left')
    this.#claims += 1
  }
}

function shown(count: number): string {
  return count.toLocaleString('en')
}

import { setTimeout as delay } from 'node:timers/promises'
import { SeededRandom } from '@muster/testing'
import { type Address, Callers } from '../backends/callers.ts'
import { Findings, type Violation } from '../findings.ts'
import { Deeds, type Start, type Yard } from './deeds.ts'
import { judge, readTruth, type Truth } from './oracle.ts'
import { type Person, Story } from './story.ts'
import { CARRIED_BY, connect, type Wanted, type Wire } from './wires.ts'

export interface Wish extends Start {
  readonly seed: number
  readonly subscriptions: number
  /** Projects in which something is done. */
  readonly busy: number
  /** Deeds are done until there were so many, or for so long. */
  readonly deeds: number
  readonly mostMs: number
  /** Callers at once. */
  readonly callers: number
  /** Subscriptions that come, go or stall, ten times a second. */
  readonly stirs: number
  /** Wires that are used; default all. */
  readonly wires?: readonly Wire[] | undefined
  /** How long nothing comes nearer to what is before it is taken for lost. */
  readonly patienceMs: number
  /** A round ends as soon as this rule is broken; default: it goes on to its end. */
  readonly until?: string | undefined
}

export interface Report {
  readonly seed: number
  readonly seconds: number
  readonly servers: number
  readonly subscriptions: number
  readonly wires: Readonly<Record<string, number>>
  readonly connections: number
  readonly resumes: number
  /** Readers that began again since they came to know more. */
  readonly reloads: number
  readonly stalls: number
  readonly deeds: number
  readonly removed: number
  readonly facts: number
  readonly toldFacts: number
  readonly toldSignals: number
  readonly violations: readonly Violation[]
}

const LOOK_MS = 100
const OPENING_AT_ONCE = 16
/** Of all subscriptions, those that are there from the beginning. */
const EARLY = 0.6
const MOST_STALLED_MS = 2_500
/** Between two deeds of one caller, at most. */
const PAUSE_MS = 60

/** A crowd that does everything at random, and subscriptions that come, go and change wires; judged by what REST says when all is quiet. */
export async function crowdUnderFire(servers: readonly Address[], wish: Wish): Promise<Report> {
  const round = new Round(servers, wish)
  try {
    return await round.run()
  } finally {
    round.end()
  }
}

/** A subscription that will be. */
interface Plan {
  readonly person: Person
  readonly kind: Wanted['kind']
  readonly yard: Yard | undefined
}

class Round {
  readonly #servers: readonly Address[]
  readonly #wish: Wish
  readonly #findings = new Findings()
  readonly #random: SeededRandom
  readonly #deeds: Deeds
  readonly #stories: Story[] = []
  readonly #timers = new Set<NodeJS.Timeout>()
  #done = 0
  #stalls = 0
  #isOver = false

  constructor(servers: readonly Address[], wish: Wish) {
    this.#servers = servers
    this.#wish = wish
    this.#random = new SeededRandom(wish.seed)
    const note = (violation: Violation): void => this.#findings.note([violation])
    this.#deeds = new Deeds(new Callers(servers, wish.seed + 1, note), new SeededRandom(wish.seed + 2), note)
  }

  async run(): Promise<Report> {
    const startedAt = performance.now()
    await this.#deeds.prepare(this.#wish)
    const plans = this.#plans()
    const early = plans.splice(0, Math.ceil(plans.length * EARLY))
    await this.#atOnce(early, (plan) => this.#begin(plan))
    const until = performance.now() + this.#wish.mostMs
    const isTime = (): boolean =>
      this.#done < this.#wish.deeds && performance.now() < until && !this.#isEnough()
    const callers = Array.from({ length: this.#wish.callers }, () => this.#act(isTime))
    const coming = this.#comeAndGo(isTime, plans)
    await Promise.all([...callers, coming])
    // Those who came too late for the crowd still come.
    await this.#atOnce(plans, (plan) => this.#begin(plan))
    if (!this.#isEnough()) await this.#judgeTheEnd()
    const sum = (of: (story: Story) => number): number =>
      this.#stories.reduce((total, story) => total + of(story), 0)
    const wires: Record<string, number> = {}
    for (const { wire } of this.#stories) wires[wire] = (wires[wire] ?? 0) + 1
    return {
      seed: this.#wish.seed,
      seconds: Math.round((performance.now() - startedAt) / 1_000),
      servers: this.#servers.length,
      subscriptions: this.#stories.length,
      wires,
      connections: sum(({ connections }) => connections),
      resumes: sum(({ resumes }) => resumes),
      reloads: sum(({ reloads }) => reloads),
      stalls: this.#stalls,
      deeds: this.#done,
      removed: this.#deeds.done.get('remove somebody') ?? 0,
      facts: this.#facts,
      toldFacts: sum(({ facts }) => facts),
      toldSignals: sum(({ signals }) => signals),
      violations: this.#findings.violations(this.#wish.seed),
    }
  }

  #facts = 0

  end(): void {
    this.#isOver = true
    for (const timer of this.#timers) clearTimeout(timer)
    for (const { connection } of this.#stories) connection?.cut()
  }

  #isEnough(): boolean {
    const { until } = this.#wish
    return until !== undefined && !this.#findings.isEmpty && this.#findings.isEnough(until)
  }

  #below(end: number): number {
    return Math.floor(this.#random.next() * end)
  }

  /** What everybody follows: their own, their project, their queues, and one thing more; and somebody who follows everything. */
  #plans(): Plan[] {
    const plans: Plan[] = []
    const { people, yards, admin } = this.#deeds
    const carried = (kind: Wanted['kind']): boolean => this.#wiresOf(kind).length > 0
    const more: readonly Wanted['kind'][] = ['run', 'progress', 'me', 'queues', 'project']
    for (let nth = 0; plans.length < this.#wish.subscriptions; nth++) {
      const kinds: readonly Wanted['kind'][] = ['me', 'project', 'queues', 'project', more[nth % 5] ?? 'me']
      const yard = yards[nth % yards.length]
      const person = yard?.people[Math.floor(nth / yards.length) % yard.people.length]
      if (nth === 1 && carried('admin')) plans.push({ person: admin, kind: 'admin', yard: undefined })
      if (person === undefined) break
      for (const kind of kinds) {
        if (!carried(kind)) continue
        const isNarrow = kind !== 'me' && (kind !== 'queues' || nth % 3 === 0)
        plans.push({ person, kind, yard: isNarrow ? yard : undefined })
      }
      if (nth > people.length * 50) throw new RangeError('None of these wires carries anything')
    }
    // In an order of their own, so that what comes late is of every kind.
    return plans
      .slice(0, this.#wish.subscriptions)
      .map((plan) => [this.#random.next(), plan] as const)
      .sort(([a], [b]) => a - b)
      .map(([, plan]) => plan)
  }

  #wiresOf(kind: Wanted['kind']): readonly Wire[] {
    const { wires } = this.#wish
    return CARRIED_BY[kind].filter((wire) => wires === undefined || wires.includes(wire))
  }

  async #atOnce<Thing>(all: readonly Thing[], work: (thing: Thing) => Promise<void>): Promise<void> {
    const left = [...all]
    const lane = async (): Promise<void> => {
      for (let one = left.shift(); one !== undefined; one = left.shift()) await work(one)
    }
    await Promise.all(Array.from({ length: OPENING_AT_ONCE }, lane))
  }

  #wantedOf({ kind, yard }: Plan): Wanted {
    if (kind === 'queues') return { kind, projectId: yard?.projectId ?? null }
    if (kind === 'me' || kind === 'admin') return { kind }
    const runId = yard === undefined ? undefined : yard.runs[this.#below(yard.runs.length)]
    if (kind !== 'project' && runId !== undefined) return { kind, runId }
    const isCarried = this.#wiresOf('project').length > 0
    return isCarried ? { kind: 'project', projectId: yard?.projectId ?? '' } : { kind: 'me' }
  }

  async #begin(plan: Plan): Promise<void> {
    const wanted = this.#wantedOf(plan)
    const wires = this.#wiresOf(wanted.kind)
    const wire = wires[this.#stories.length % wires.length]
    if (wire === undefined) return
    const note = (violation: Violation): void => this.#findings.note([violation])
    const story = new Story(this.#stories.length, plan.person, wanted, wire, note)
    this.#stories.push(story)
    await this.#open(story)
  }

  /** Opens it, over any wire and at any server, where it left off; and waits until it is open or refused. */
  async #open(story: Story): Promise<void> {
    const wires = this.#wiresOf(story.wanted.kind)
    if (story.hasBegun) story.wire = wires[this.#below(wires.length)] ?? story.wire
    const { origin } = this.#servers[this.#below(this.#servers.length)] ?? { origin: '' }
    const { person, wanted, cursor } = story
    story.connection?.cut()
    story.refused = undefined
    const before = story.connections
    const request = { origin, token: person.token, wanted, after: cursor }
    const connection = connect(story.wire, request, story.ear())
    story.connection = connection
    const isOpen = (): boolean =>
      story.connections > before || (wanted.kind === 'progress' && story.progress !== undefined)
    for (let looks = 0; looks < 100 && !connection.over && !isOpen() && !this.#isOver; looks++)
      await delay(LOOK_MS / 2)
  }

  async #act(isTime: () => boolean): Promise<void> {
    const { yards } = this.#deeds
    while (isTime()) {
      const yard = yards[this.#below(Math.min(this.#wish.busy, yards.length))]
      if (yard === undefined) return
      this.#done += 1
      await this.#deeds.act(yard)
      await delay(this.#random.next() * PAUSE_MS)
    }
  }

  async #comeAndGo(isTime: () => boolean, plans: Plan[]): Promise<void> {
    const { stirs } = this.#wish
    const openings = new Set<Promise<void>>()
    const opening = (work: Promise<void>): void => {
      openings.add(work)
      void work.finally(() => openings.delete(work))
    }
    while (isTime()) {
      const plan = plans.shift()
      if (plan) opening(this.#begin(plan))
      for (let nth = 0; nth < stirs && openings.size < OPENING_AT_ONCE; nth++) {
        const story = this.#stories[this.#below(this.#stories.length)]
        if (story !== undefined) opening(this.#stir(story))
      }
      await delay(LOOK_MS)
    }
    await Promise.all(openings)
  }

  readonly #stirred = new Set<Story>()

  /** Cuts it off, brings it back, has it read nothing for a while, or has its person say that they are there or not. */
  async #stir(story: Story): Promise<void> {
    if (this.#stirred.has(story)) return
    this.#stirred.add(story)
    try {
      const { connection } = story
      const what = this.#random.next()
      if (connection === undefined || connection.over) {
        if (what < 0.7) await this.#open(story)
      } else if (what < 0.3) connection.cut()
      else if (what < 0.5) await this.#open(story)
      else if (what < 0.7) this.#stall(story)
      else this.#present(story)
    } finally {
      this.#stirred.delete(story)
    }
  }

  #stall({ connection }: Story): void {
    this.#stalls += 1
    connection?.stall()
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      connection?.goOn()
    }, this.#random.next() * MOST_STALLED_MS)
    this.#timers.add(timer)
  }

  #present(story: Story): void {
    const { person, connection, wanted, wire } = story
    const [projectId] = person.projects
    if (projectId === undefined || !(wire === 'socket.io' || (wire === 'ws' && wanted.kind === 'me'))) return
    const state = this.#random.next() < 0.7 ? 'active' : 'left'
    connection?.present(projectId, state)
  }

  /** Lets everything come to rest, has everybody come back, and asks whether what each takes for true is what is. */
  async #judgeTheEnd(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer)
    for (const { connection } of this.#stories) connection?.goOn()
    const { admin, people, yards } = this.#deeds
    const ask = (token: string, path: string) => this.#deeds.ask(path, token)
    await this.#atRest()
    const projectIds = yards.map(({ projectId }) => projectId)
    const truth = await readTruth(ask, admin.token, projectIds, people)
    for (const events of truth.events.values()) this.#facts += events.length
    let movedAt = performance.now()
    let least = Number.POSITIVE_INFINITY
    for (;;) {
      const gone = this.#stories.filter(({ connection }) => connection?.over !== false)
      await this.#atOnce(
        gone.filter((story) => this.#isTheirs(story)),
        (story) => this.#open(story),
      )
      const found = this.#stories.flatMap((story) => this.#judge(story, truth))
      if (found.length === 0) return
      if (found.length < least) movedAt = performance.now()
      least = Math.min(least, found.length)
      if (performance.now() - movedAt > this.#wish.patienceMs) {
        this.#findings.note(found)
        return
      }
      await delay(LOOK_MS * 5)
      // Who is present goes on without anybody doing anything: a tab that was cut off counts for a while.
      for (const projectId of projectIds) {
        const { items } = await ask(admin.token, `/queue/presence/${projectId}`)
        ;(truth.present as Map<string, ReadonlySet<string>>).set(
          projectId,
          new Set(items.map(({ userId }: { userId: string }) => userId)),
        )
      }
    }
  }

  #judge(story: Story, truth: Truth): readonly Violation[] {
    if (this.#isTheirs(story)) return judge(story, truth)
    const isOver = story.connection?.over !== false || story.refused !== undefined
    return isOver ? [] : [{ rule: 'a right that is lost ends what was its', what: story.name }]
  }

  #isTheirs({ wanted, person }: Story): boolean {
    if (person.role === 'admin') return true
    switch (wanted.kind) {
      case 'me':
        return true
      case 'project':
        return person.projects.has(wanted.projectId)
      case 'queues':
        return wanted.projectId === null || person.projects.has(wanted.projectId)
      case 'run':
      case 'progress': {
        const yard = this.#deeds.yards.find(
          ({ people, projectId }) => people.includes(person) && person.projects.has(projectId),
        )
        return yard !== undefined
      }
      case 'admin':
        return false
    }
  }

  async #atRest(): Promise<void> {
    const { yards } = this.#deeds
    let before = ''
    for (const until = performance.now() + 60_000; performance.now() < until; await delay(LOOK_MS * 8)) {
      const { counts } = await this.#deeds.ask('/system/queue')
      const heads = await Promise.all(
        yards.map(async ({ projectId }) => {
          const { items } = await this.#deeds.ask(`/projects/${projectId}/events?limit=1`)
          return items[0]?.seq ?? 0
        }),
      )
      const now = JSON.stringify([counts, heads])
      if (counts.active === 0 && now === before) return
      before = now
    }
    throw new Error('The crowd did not come to rest')
  }
}

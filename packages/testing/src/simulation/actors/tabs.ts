import type { Assignment, Json, Principal, User } from '@muster/core'
import { MusterError } from '@muster/core'
import type { Move, SeenTask } from '@muster/core/calls'
import type { ClaimResult } from '@muster/core/inbox'
import { isLive } from '@muster/core/rules'
import { must, ViolationError } from '../rules/violation.ts'
import type { Api, World } from '../world.ts'
import { LABELS } from '../world-setup.ts'

const HANDS_IN: readonly string[] = ['submit', 'hand in', 'submit with next']

/** A browser tab of somebody: it knows only what it was told itself, so with two of them one is often behind. */
class Tab {
  readonly user: User
  readonly by: Principal
  /** What this tab believes its person holds. */
  held: Assignment[] = []

  constructor(user: User, by: Principal) {
    this.user = user
    this.by = by
  }

  believe(row: Assignment): void {
    this.forget(row)
    if (isLive(row)) this.held.push(row)
  }

  forget({ assignmentId }: Assignment): void {
    this.held = this.held.filter((other) => other.assignmentId !== assignmentId)
  }
}

/** People at work, each in two tabs, each tab doing as it likes. */
export class People {
  readonly #world: World
  readonly #tabs: readonly Tab[]

  constructor(world: World) {
    this.#world = world
    const memberships = new Set(world.cast.projects.keys())
    this.#tabs = world.cast.people.flatMap((user) => {
      const by: Principal = { userId: user.userId, role: user.role, memberships }
      return [new Tab(user, by), new Tab(user, by)]
    })
  }

  /** Somebody does something. */
  act(): void {
    const { chance } = this.#world
    const holding = this.#tabs.find(({ held }) => held.some(({ ahead }) => ahead))
    if (holding !== undefined && chance.of(0.2)) {
      this.#beat(holding, this.#world.api())
      return
    }
    const busy = this.#tabs.filter(({ held }) => held.length > 0)
    const tab = chance.oneOf(busy.length > 0 && chance.of(0.8) ? busy : this.#tabs)
    if (tab === undefined) return
    const row = chance.oneOf(tab.held)
    const api = this.#world.api()
    if (chance.of(0.06)) {
      this.#rush(tab)
      return
    }
    if (chance.of(tab.held.some(({ ahead }) => ahead) ? 0.2 : 0.02)) this.#close(tab, api)
    else if (chance.of(0.05)) this.#changeStatus(tab, api)
    else if (row !== undefined && chance.of(0.15)) this.#claim(tab, api, true)
    else if (row !== undefined && chance.of(0.9)) this.#move(tab, row, api)
    else if (chance.of(0.5)) this.#claim(tab, api)
    else if (chance.of(0.3)) this.#look(tab, api)
  }

  /** Several ask for work at once: both tabs of one person, perhaps ahead of what they hold, or one of everybody. */
  #rush(tab: Tab): void {
    const { chance } = this.#world
    const own = chance.of(0.5)
    const ahead = own && tab.held.length > 0 && chance.of(0.7) ? true : undefined
    const others = this.#tabs.filter(({ user }, place) => (own ? user === tab.user : place % 2 === 0))
    for (const one of others.slice(0, 3)) this.#claim(one, this.#world.api(), ahead)
  }

  #claim(tab: Tab, { process, muster }: Api, ahead?: true): void {
    const { chance } = this.#world
    const projectId = chance.of(0.3) ? this.#world.someProject() : undefined
    this.#world.ask(ahead ? 'claim ahead' : 'claim', process, async () => {
      this.#taken(tab, await muster.assignments.claimNext({ userId: tab.user.userId, projectId, ahead }))
    })
  }

  #taken(tab: Tab, claim: ClaimResult): void {
    this.#world.count(claim.kind === 'claimed' && claim.assignment.ahead ? 'held ahead' : claim.kind)
    if (claim.kind === 'nothing') return
    tab.believe(claim.assignment)
    this.#checkSeen(claim.task)
  }

  /** A sign of work on what is in sight, which holds on to what is held ahead. */
  #beat(tab: Tab, { process, muster }: Api): void {
    const row = tab.held.find(({ ahead }) => !ahead)
    if (row === undefined) return
    const { assignmentId, attempt } = row
    const { time, monitor } = this.#world
    const beat = monitor.people.ahead.beating(tab.user.userId, time.now)
    this.#world.ask('beat', process, async () => {
      await muster.assignments.heartbeat({ assignmentId, by: tab.by, attempt })
      await monitor.noting(() => monitor.people.ahead.beaten(beat, time.now))
    })
  }

  /** The tab is closed, and gives back what it held ahead; or its browser is killed, and gives back nothing. */
  #close(tab: Tab, { process, muster }: Api): void {
    const ahead = tab.held.find((row) => row.ahead)
    tab.held = []
    if (ahead === undefined || this.#world.chance.of(0.5)) {
      this.#world.count('browser killed')
      return
    }
    const { assignmentId, attempt } = ahead
    this.#world.ask('closed', process, () =>
      muster.assignments.release({ assignmentId, by: tab.by, attempt }),
    )
  }

  /** Nobody is told what is gold, or anything by which a control could be told from work. */
  #checkSeen({ taskId, projectId, gold, status, priority, version, returns, externalId }: SeenTask): void {
    const watched = this.#world.cast.projects.get(projectId)?.quality?.controls !== undefined
    const told = [gold, ...(watched ? [status, priority, version, returns, externalId] : [])]
    must(
      'Nobody is told what is gold',
      told.every((value) => value === null),
      () => `${taskId}: ${JSON.stringify(told)}`,
    )
  }

  /** Loads the tab again. */
  #look(tab: Tab, { process, muster }: Api): void {
    this.#world.ask('look', process, async () => {
      const { items } = await muster.personalQueue.list({ userId: tab.user.userId })
      tab.held = await Promise.all(items.map(({ assignmentId }) => muster.assignments.get(assignmentId)))
    })
  }

  #changeStatus({ user }: Tab, { process, muster }: Api): void {
    const status = this.#world.chance.weighted([
      [5, 'active'],
      [2, 'away'],
      [1, 'suspended'],
    ] as const)
    this.#world.ask(status, process, () => muster.people.change(user.userId, { status }))
  }

  #move(tab: Tab, row: Assignment, { process, muster }: Api): void {
    const { chance } = this.#world
    const { assignmentId } = row
    const attempt = chance.of(0.9) ? row.attempt : undefined
    const move = { assignmentId, by: tab.by, attempt }
    const { assignments } = muster
    const made = chance.weighted<readonly [string, () => Promise<Assignment>]>([
      [1, ['heartbeat', () => assignments.heartbeat(move)]],
      [0.7, ['reject', () => assignments.reject({ ...move, code: 'other' })]],
      [0.7, ['release', () => assignments.release(move)]],
      // Of what waits, or of nothing: a tab may not know.
      [row.submitsAt === null ? 0.2 : 4, ['take back', () => assignments.takeBack(move)]],
      [6, this.#onward(tab, row, move, assignments)],
    ])
    const [name, make] = made
    const { waiting } = this.#world.monitor
    const answered = HANDS_IN.includes(name) ? waiting.submitting(assignmentId) : undefined
    this.#world.ask(name, process, async () => {
      try {
        const after = await make()
        this.#checkFence(row, after, attempt)
        if (name === 'take back') waiting.tookBack(assignmentId)
        tab.believe(after)
      } catch (refusal) {
        // Whoever is told that the hold is gone believes it; whoever hears nothing goes on believing.
        if (refusal instanceof MusterError && refusal.code === 'lease_lost') tab.forget(row)
        throw refusal
      } finally {
        answered?.()
      }
    })
  }

  #onward(
    tab: Tab,
    row: Assignment,
    move: {
      readonly assignmentId: Assignment['assignmentId']
      readonly by: Principal
      readonly attempt: number | undefined
    },
    assignments: Api['muster']['assignments'],
  ): readonly [string, () => Promise<Assignment>] {
    const { chance } = this.#world
    if (row.status === 'assigned' && chance.of(0.4)) return ['accept', () => assignments.accept(move)]
    if (row.status !== 'in_progress') return ['start', () => assignments.start(move)]
    const result =
      row.stepType === 'review'
        ? { verdict: chance.of(0.5) ? 'return' : 'accept' }
        : { label: chance.oneOf(LABELS) ?? 'nl' }
    const undoSeconds = chance.of(0.5) ? chance.between(1, 30) : 0
    if (chance.of(0.3))
      return [
        'submit with next',
        () => this.#submitWithNext(tab, { ...move, result, undoSeconds }, assignments),
      ]
    const name = undoSeconds === 0 ? 'submit' : 'hand in'
    return [name, () => assignments.submit({ ...move, result, undoSeconds })]
  }

  async #submitWithNext(
    tab: Tab,
    asked: Move & { readonly result: Json; readonly undoSeconds: number },
    assignments: Api['muster']['assignments'],
  ): Promise<Assignment> {
    const { assignment, next } = await assignments.submitWithNext({ ...asked, next: {} })
    this.#taken(tab, next)
    return assignment
  }

  /** A move that names its attempt acts on that attempt, or is refused. */
  #checkFence(before: Assignment, after: Assignment, attempt: number | undefined): void {
    if (attempt === undefined || after.attempt === attempt) return
    // A return may have given the row back within the very move that submitted it.
    if (this.#world.monitor.feed.submissions.has(`${before.assignmentId} ${attempt}`)) return
    this.#world.monitor.violation ??= new ViolationError(
      'Lease fencing',
      `a move on attempt ${attempt} of ${before.assignmentId} was made on attempt ${after.attempt}`,
    )
  }
}

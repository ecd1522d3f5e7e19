import { randomUUID } from 'node:crypto'
import type { SeededRandom } from '@muster/testing'
import { type Callers, tokenFor } from '../backends/callers.ts'
import type { Violation } from '../findings.ts'
import type { Person } from './story.ts'
import type { Frame } from './wires.ts'

/** A project and what the crowd knows of it. */
export interface Yard {
  readonly projectId: string
  readonly people: Person[]
  /** Takes what there is and gives it back at once: no reason why there is nothing is theirs alone. */
  readonly seeker: Person
  readonly definitions: string[]
  readonly items: string[]
  readonly runs: string[]
  readonly tasks: string[]
  /** Its line stands for most of the time, so that places are there to be told. */
  readonly isParked: boolean
}

interface Held {
  readonly assignmentId: string
  readonly stepType: string
  isStarted: boolean
}

/** How many are made of what a round begins with. */
export interface Start {
  readonly projects: number
  readonly people: number
  /** Items of each parked project: more than a page. */
  readonly parked: number
  /** One of so many projects is parked. */
  readonly parkedEvery: number
  readonly tasks: number
}

const MOST_KNOWN = 60
/** Projects that are filled at once. */
const TOGETHER = 5
const FEW_TASKS = 12
/** How often something is read that is not answered. */
const MOST_AGAIN = 3
/** One of so many projects begins with next to nothing to do: whoever claims there is often told why there is nothing. */
const BARE_EVERY = 4

/** Does at random what people and programs do to projects. */
export class Deeds {
  readonly yards: Yard[] = []
  readonly people: Person[] = []
  readonly admin: Person
  readonly done = new Map<string, number>()
  readonly #callers: Callers
  readonly #random: SeededRandom
  readonly #note: (violation: Violation) => void
  readonly #held = new Map<Person, Held[]>()
  /** Whose rights are being changed: one change at a time, so that it is known what holds. */
  readonly #changing = new Set<Person>()

  constructor(callers: Callers, random: SeededRandom, note: (violation: Violation) => void) {
    this.#callers = callers
    this.#random = random
    this.#note = note
    const userId = randomUUID()
    this.admin = person(userId, 'admin')
  }

  below(end: number): number {
    return Math.floor(this.#random.next() * end)
  }

  chance(likely: number): boolean {
    return this.#random.next() < likely
  }

  oneOf<Thing>(all: readonly Thing[]): Thing | undefined {
    return all[this.below(all.length)]
  }

  /** As the admin. @throws Error for what is refused */
  async ask(path: string, token = this.admin.token): Promise<Frame> {
    const get = () => this.#callers.call(token, 'GET', path)
    let { status, body } = await get()
    // What is not answered in time is noted by who calls, and asked again.
    for (let again = 0; status === 0 && again < MOST_AGAIN; again++) ({ status, body } = await get())
    if (status !== 200) throw new Error(`GET ${path}: ${status} ${JSON.stringify(body)}`)
    return body
  }

  async prepare({ projects, people, parked, parkedEvery, tasks }: Start): Promise<void> {
    const steps = [
      { stepId: 'annotate', stepType: 'annotation' },
      { stepId: 'review', stepType: 'review' },
    ]
    const { workflowId } = await this.#made('/workflows', { name: 'Two steps', steps })
    const fill = async (nth: number): Promise<void> => {
      const { projectId } = await this.#made('/projects', { name: `Crowded ${nth}`, workflowId })
      const isParked = parked > 0 && nth % parkedEvery === 1
      const seeker = await this.#someone('annotator', `Seeker of ${nth}`)
      const yard: Yard = {
        projectId,
        people: [],
        seeker,
        definitions: [],
        items: [],
        runs: [],
        tasks: [],
        isParked,
      }
      this.yards.push(yard)
      await this.#join(yard, seeker)
      for (let one = 0; one < people; one++) {
        const role = one === 0 ? 'manager' : 'annotator'
        const somebody = await this.#someone(role, `${role} ${one} of ${nth}`)
        this.people.push(somebody)
        yard.people.push(somebody)
        await this.#join(yard, somebody)
      }
      for (const name of ['quick', 'slow', 'failing']) {
        const isFailing = (place: number): boolean => name === 'failing' && place % 2 === 0
        const scenarios = Array.from({ length: name === 'quick' ? 1 : 4 }, (_, place) => ({
          payload: { simulate: isFailing(place) ? { failWith: 'auth' } : { delayMs: place * 20 } },
        }))
        const made = await this.#made(`/projects/${projectId}/definitions`, {
          name,
          jobType: 'stub:probe',
          scenarios,
        })
        yard.definitions.push(made.definitionId)
      }
      await this.#addTasks(yard, nth % BARE_EVERY === 0 ? 1 : tasks)
      if (!isParked) return
      await this.#callers.call(this.admin.token, 'POST', `/projects/${projectId}/queue/pause`)
      for (let item = 0; item < parked; item++) await this.#addItem(yard)
    }
    for (let nth = 0; nth < projects; nth += TOGETHER)
      await Promise.all(
        Array.from({ length: Math.min(TOGETHER, projects - nth) }, (_, one) => fill(nth + one)),
      )
    // Some are in two projects, whose channels and queues then carry both.
    for (const [nth, yard] of this.yards.entries()) {
      const guest = this.yards[(nth + 1) % this.yards.length]?.people[1]
      if (this.yards.length > 1 && guest) await this.#join(yard, guest)
    }
  }

  /** One deed in this project, whatever comes of it. */
  async act(yard: Yard): Promise<void> {
    const kinds: readonly (readonly [number, string, () => Promise<unknown>])[] = [
      [16, 'add an item', () => this.#addItem(yard)],
      [
        9,
        'change a priority',
        () => this.#onItem(yard, 'PUT', '/priority', { priority: this.below(40) - 20 }),
      ],
      [7, 'cancel an item', () => this.#onItem(yard, 'DELETE', '')],
      [4, 'retry an item', () => this.#onItem(yard, 'POST', '/retry')],
      [yard.isParked ? 1 : 3, 'pause or resume', () => this.#pace(yard)],
      [1, 'clear', () => this.#manage(yard, 'DELETE', '/queue')],
      [7, 'start a run', () => this.#startRun(yard)],
      [9, 'steer a run', () => this.#steerRun(yard)],
      [16, 'claim', () => this.#claim(yard, this.oneOf(yard.people))],
      [4, 'claim together', () => this.#claimTogether(yard)],
      [22, 'go on with a task', () => this.#goOn(yard)],
      [5, 'add tasks', () => this.#addTasks(yard, 1 + this.below(3))],
      [4, 'change a task', () => this.#changeTask(yard)],
      [4, 'push a task', () => this.#push(yard)],
      [4, 'remove somebody', () => this.#remove(yard)],
      [6, 'add somebody', () => this.#addBack(yard)],
      [2, 'change a role', () => this.#changeRole(yard)],
    ]
    let at = this.below(kinds.reduce((sum, [weight]) => sum + weight, 0))
    for (const [weight, name, act] of kinds) {
      at -= weight
      if (at >= 0) continue
      this.done.set(name, (this.done.get(name) ?? 0) + 1)
      await act()
      return
    }
  }

  async #made(path: string, body: object): Promise<Frame> {
    const answer = await this.#callers.call(this.admin.token, 'POST', path, body)
    if (answer.status !== 201)
      throw new Error(`POST ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
    return answer.body
  }

  async #someone(role: 'annotator' | 'manager', displayName: string): Promise<Person> {
    const { userId } = await this.#made('/users', { displayName, role })
    return person(userId, role)
  }

  #manage(yard: Yard, method: string, path: string, body?: object): Promise<Frame> {
    const path_ = `/projects/${yard.projectId}${path}`
    return this.#callers.call(this.admin.token, method, path_, body)
  }

  async #addItem(yard: Yard): Promise<void> {
    const simulate = this.chance(0.15) ? { failWith: 'auth' } : { delayMs: this.below(60) }
    const { status, body } = await this.#manage(yard, 'POST', '/queue/add', {
      type: 'stub:probe',
      payload: { simulate },
      priority: this.below(40) - 20,
    })
    if (status === 201) know(yard.items, body.itemId)
  }

  async #onItem(yard: Yard, method: string, path: string, body?: object): Promise<void> {
    const itemId = this.oneOf(yard.items)
    if (itemId !== undefined) await this.#manage(yard, method, `/queue/${itemId}${path}`, body)
  }

  async #pace(yard: Yard): Promise<void> {
    await this.#manage(yard, 'POST', `/queue/${this.chance(yard.isParked ? 0.9 : 0.4) ? 'pause' : 'resume'}`)
  }

  async #startRun(yard: Yard): Promise<void> {
    const { status, body } = await this.#manage(yard, 'POST', '/runs', {
      definitionId: this.oneOf(yard.definitions),
      models: ['one', 'two'].slice(0, 1 + this.below(2)),
      priority: this.oneOf(['low', 'normal', 'high']),
      ...(this.chance(0.1) && { maxJobsPerSecond: 4 }),
    })
    if (status === 201) know(yard.runs, body.runId)
  }

  async #steerRun(yard: Yard): Promise<void> {
    const runId = this.oneOf(yard.runs)
    const move = this.oneOf(['pause', 'resume', 'resume', 'cancel', 'retry-failed', 'retry-failed'])
    if (runId !== undefined) await this.#callers.call(this.admin.token, 'POST', `/runs/${runId}/${move}`)
  }

  /** Everybody at once, while more comes to be open: they race for it and for what is left. */
  async #claimTogether(yard: Yard): Promise<void> {
    const claims = yard.people.map((somebody) => this.#claim(yard, somebody))
    await Promise.all([...claims, this.#seek(yard), this.#addTasks(yard, 1)])
  }

  async #seek(yard: Yard): Promise<void> {
    const assignment = await this.#next(yard, yard.seeker)
    if (assignment !== undefined) await this.#giveBack(yard, assignment)
  }

  async #giveBack({ seeker }: Yard, { assignmentId }: Frame): Promise<void> {
    const path = `/assignments/${assignmentId}/release`
    await this.#callers.call(seeker.token, 'POST', path, { reason: 'elsewhere' })
  }

  /** What "next, please" gives; `undefined` if it gives nothing. */
  async #next({ projectId }: Yard, { token }: Person): Promise<Frame> {
    const { status, body } = await this.#callers.call(token, 'POST', '/queue/next', { projectId })
    // Each open task is counted under every reason that holds for it: under one at least.
    if (status === 200 && body.open > sumOf(body.reasons))
      this.#note({ rule: 'nothing for you has reasons', what: JSON.stringify(body) })
    return status === 201 ? body.assignment : undefined
  }

  async #claim(yard: Yard, somebody: Person | undefined): Promise<void> {
    if (somebody === undefined) return
    const assignment = await this.#next(yard, somebody)
    if (assignment === undefined) return
    const { assignmentId, stepType } = assignment
    const held = this.#held.get(somebody) ?? []
    held.push({ assignmentId, stepType, isStarted: false })
    this.#held.set(somebody, held)
  }

  async #goOn(yard: Yard): Promise<void> {
    const somebody = this.oneOf(yard.people.filter((one) => (this.#held.get(one)?.length ?? 0) > 0))
    const held = somebody === undefined ? undefined : this.#held.get(somebody)?.shift()
    if (somebody === undefined || held === undefined) return
    const move = async (name: string, body?: object): Promise<number> =>
      (await this.#callers.call(somebody.token, 'POST', `/assignments/${held.assignmentId}/${name}`, body))
        .status
    if (!held.isStarted) {
      const kind = this.below(8)
      if (kind === 0) await move('release', { reason: 'elsewhere' })
      else if (kind === 1) await move('reject', { code: 'unclear' })
      else if ((await move(kind === 2 ? 'accept' : 'start')) === 200) {
        held.isStarted = kind !== 2
        this.#held.get(somebody)?.push(held)
      }
      return
    }
    const verdict = this.chance(0.3) ? { verdict: 'return', comment: 'again' } : { verdict: 'accept' }
    await move('submit', { result: held.stepType === 'review' ? verdict : { label: this.below(3) } })
  }

  async #addTasks(yard: Yard, count: number): Promise<void> {
    const tasks = Array.from({ length: count }, (_, nth) => ({ payload: { nth }, priority: this.below(5) }))
    const { status, body } = await this.#manage(yard, 'POST', '/tasks', { tasks })
    if (status === 201) for (const { taskId } of body.items) know(yard.tasks, taskId)
  }

  async #changeTask(yard: Yard): Promise<void> {
    const taskId = this.oneOf(yard.tasks)
    if (taskId === undefined) return
    // Some are there to be worked on.
    if (this.chance(0.3) && yard.tasks.length > FEW_TASKS)
      await this.#callers.call(this.admin.token, 'POST', `/tasks/${taskId}/cancel`)
    else await this.#callers.call(this.admin.token, 'PATCH', `/tasks/${taskId}`, { priority: this.below(9) })
  }

  async #push(yard: Yard): Promise<void> {
    const taskId = this.oneOf(yard.tasks)
    if (taskId === undefined) return
    const { status, body } = await this.#callers.call(this.admin.token, 'POST', `/tasks/${taskId}/assign`, {})
    if (status === 201 && body.userId === yard.seeker.userId) await this.#giveBack(yard, body)
    const somebody = status === 201 ? this.people.find(({ userId }) => userId === body.userId) : undefined
    if (somebody === undefined) return
    const held = this.#held.get(somebody) ?? []
    held.push({ assignmentId: body.assignmentId, stepType: body.stepType, isStarted: false })
    this.#held.set(somebody, held)
  }

  async #join(yard: Yard, somebody: Person): Promise<void> {
    somebody.gains += 1
    // What they could not see is theirs to see from here on, though nothing was answered yet.
    somebody.lost.delete(yard.projectId)
    const { status } = await this.#manage(yard, 'PUT', `/members/${somebody.userId}`)
    if (status !== 204) return
    somebody.projects.add(yard.projectId)
    somebody.answeredGains = somebody.gains
  }

  async #remove(yard: Yard): Promise<void> {
    const there = yard.people.filter(({ projects }) => projects.has(yard.projectId))
    const somebody = there.length > 2 ? this.oneOf(there.slice(1)) : undefined
    await this.#changed(somebody, async (leaving) => {
      leaving.projects.delete(yard.projectId)
      // One that was not answered in time may have been done all the same.
      let { status } = await this.#manage(yard, 'DELETE', `/members/${leaving.userId}`)
      while (status === 0) ({ status } = await this.#manage(yard, 'DELETE', `/members/${leaving.userId}`))
      const { items } = await this.ask(`/projects/${yard.projectId}/events?limit=1`)
      leaving.lost.set(yard.projectId, items[0]?.seq ?? 0)
    })
  }

  async #addBack(yard: Yard): Promise<void> {
    const somebody = this.oneOf(yard.people.filter(({ projects }) => !projects.has(yard.projectId)))
    await this.#changed(somebody, (coming) => this.#join(yard, coming))
  }

  async #changeRole(yard: Yard): Promise<void> {
    await this.#changed(yard.people[2], async (somebody) => {
      const role = somebody.role === 'manager' ? 'annotator' : 'manager'
      if (role === 'manager') somebody.gains += yardsOf(somebody)
      somebody.role = role
      const { status } = await this.#callers.call(this.admin.token, 'PATCH', `/users/${somebody.userId}`, {
        role,
      })
      if (status === 200) somebody.answeredGains = somebody.gains
    })
  }

  async #changed(somebody: Person | undefined, change: (somebody: Person) => Promise<void>): Promise<void> {
    if (somebody === undefined || this.#changing.has(somebody)) return
    this.#changing.add(somebody)
    try {
      await change(somebody)
    } finally {
      this.#changing.delete(somebody)
    }
  }
}

function yardsOf({ projects }: Person): number {
  return Math.max(1, projects.size)
}

function person(userId: string, role: Person['role']): Person {
  return {
    userId,
    role,
    token: tokenFor(userId, role),
    projects: new Set(),
    lost: new Map(),
    gains: 0,
    answeredGains: 0,
  }
}

function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}

function know(known: string[], id: string): void {
  known.push(id)
  if (known.length > MOST_KNOWN) known.shift()
}

import { decodeCursor } from '@muster/core/feed'
import type { Violation } from '../findings.ts'
import type { Connection, Ear, Frame, Wanted, Wire } from './wires.ts'

/** Somebody of the crowd. */
export interface Person {
  readonly userId: string
  readonly token: string
  role: 'annotator' | 'manager' | 'admin'
  /** Whose projects they are by the last answer of REST. */
  readonly projects: Set<string>
  /** The last event of each project that they had lost when it was taken away, while they have not got it back. */
  readonly lost: Map<string, number>
  /** How often they came, or are about to come, to know more than before: each may have a reader begin again. */
  gains: number
  /** How many of those had been answered: a reader who begins later knows of them. */
  answeredGains: number
}

/** Where an item stands. */
export interface Place {
  readonly position: number | null
  readonly globalPosition: number | null
}

/** What is taken for true of one project. */
export class Belief {
  readonly places = new Map<string, Place>()
  readonly runs = new Map<string, string>()
  readonly items = new Map<string, Frame>()
  readonly present = new Set<string>()
  /** Items that were last told to have begun. */
  readonly begun = new Set<string>()
  /** Runs of which a fact told that their status changed. */
  readonly movedRuns = new Set<string>()
  counts: string | undefined
  /** Pause and counts by type, as `queue:updated` has them. */
  standing: string | undefined
}

/** How far a run is, as far as it is held against REST. */
export function tallyOf({ status, total, completed, failed, cancelled }: Frame): string {
  return JSON.stringify({ status, total, completed, failed, cancelled })
}

/** The members of an object in one order, whoever made it. */
export function sorted(value: Frame): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}

/** What `/queue_updates` tells. */
export const QUEUE_FACTS: ReadonlySet<string> = new Set([
  'queue_item_added',
  'queue_item_removed',
  'job_failed',
  'queue_paused',
  'queue_resumed',
  'queue_cleared',
])

/** What is told of an item that is not at work any more. */
const JOB_ENDS: ReadonlySet<string> = new Set([
  'job_completed',
  'job_retried',
  'job_failed',
  'queue_item_removed',
])

const LIVE: ReadonlySet<string> = new Set(['assigned', 'accepted', 'in_progress'])

/** A subscription over all of its connections: what it was told, and what whoever reads it takes for true. */
export class Story {
  readonly nth: number
  readonly person: Person
  readonly wanted: Wanted
  wire: Wire
  cursor: string | undefined
  connection: Connection | undefined
  /** It was said that the right is gone, or was refused for it. */
  refused: string | undefined
  /** Where it began, or began again, in each project; facts behind it were told since. */
  start: ReadonlyMap<string, number> = new Map()
  startedAt = 0
  readonly told = new Map<string, number[]>()
  readonly beliefs = new Map<string, Belief>()
  /** On `me`: live assignments. */
  readonly assignments = new Map<string, string>()
  /** On `me`, over `ws`: projects of which this connection is told who is present. */
  readonly shown = new Set<string>()
  /** Of `runProgress`. */
  progress: string | undefined
  hasBegun = false
  connections = 0
  resumes = 0
  reloads = 0
  facts = 0
  signals = 0
  readonly #gainsBefore: number
  readonly #note: (violation: Violation) => void

  constructor(nth: number, person: Person, wanted: Wanted, wire: Wire, note: (violation: Violation) => void) {
    this.nth = nth
    this.person = person
    this.wanted = wanted
    this.wire = wire
    this.#note = note
    this.#gainsBefore = person.answeredGains
  }

  get name(): string {
    const { kind } = this.wanted
    return `${this.nth} (${kind} of ${this.person.role} ${this.person.userId.slice(-4)}, last over ${this.wire})`
  }

  belief(projectId: string): Belief {
    const belief = this.beliefs.get(projectId) ?? new Belief()
    this.beliefs.set(projectId, belief)
    return belief
  }

  /** Hears one connection. */
  ear(): Ear {
    return {
      opened: ({ cursor, resumed, snapshot }) => {
        this.refused = undefined
        this.connections += 1
        this.cursor = cursor
        for (const projectId of this.shown) this.belief(projectId).present.clear()
        this.shown.clear()
        if (resumed) this.resumes += 1
        else {
          if (this.hasBegun) this.#reloaded('did not resume')
          this.#begin(cursor, snapshot)
        }
        this.hasBegun = true
      },
      event: (event) => {
        if (typeof event.cursor === 'string') this.cursor = event.cursor
        if (typeof event.seq === 'number') this.#fact(event)
        else this.#signal(event)
        this.#learn(event)
      },
      queue: (update) => {
        this.signals += 1
        const belief = this.belief(update.projectId)
        belief.standing = sorted([update.paused, update.byType])
        belief.counts = sorted(update.counts)
        for (const item of update.changed) belief.items.set(item.itemId, item)
      },
      progress: (progress) => {
        this.hasBegun = true
        this.connections += this.progress === undefined ? 1 : 0
        this.signals += 1
        this.progress = tallyOf(progress)
        this.#wasTrue(progress)
      },
      presence: (projectId, state) => {
        if (state === 'active') this.shown.add(projectId)
        else {
          this.shown.delete(projectId)
          this.belief(projectId).present.clear()
        }
      },
      mark: (cursor) => {
        this.cursor = cursor
      },
      reload: ({ reason, snapshot, cursor }) => {
        this.cursor = cursor
        this.#reloaded(reason)
        this.#begin(cursor, snapshot)
      },
      closed: (code) => {
        this.refused = code
      },
    }
  }

  #violated(rule: string, what: string): void {
    this.#note({ rule, what: `${this.name}: ${what}` })
  }

  #reloaded(reason: string): void {
    this.reloads += 1
    if (this.reloads > this.person.gains - this.#gainsBefore)
      this.#violated('nobody begins again without a cause', reason)
  }

  #begin(cursor: string, snapshot: Frame): void {
    this.start = decodeCursor(cursor).seqs as ReadonlyMap<string, number>
    this.startedAt = Date.now()
    this.told.clear()
    this.beliefs.clear()
    this.assignments.clear()
    if (this.wanted.kind === 'me')
      for (const { assignmentId, status } of snapshot.assignments) this.assignments.set(assignmentId, status)
    if (this.wanted.kind === 'run') this.#ran(snapshot.run.projectId, snapshot.run)
    for (const queue of snapshot.queue ? [snapshot.queue] : (snapshot.queues ?? [])) {
      const belief = this.belief(queue.projectId)
      belief.counts = sorted(queue.counts)
      belief.standing = sorted([queue.paused, queue.byType])
      for (const item of queue.items) {
        belief.items.set(item.itemId, item)
        belief.places.set(item.itemId, placeOf(item))
      }
    }
    for (const run of snapshot.runs ?? []) this.#ran(run.projectId, run)
    if (this.wanted.kind === 'project')
      for (const { userId } of snapshot.presence) this.belief(this.wanted.projectId).present.add(userId)
  }

  #ran(projectId: string, { runId, status, progress }: Frame): void {
    this.belief(projectId).runs.set(runId, tallyOf({ ...progress, status }))
  }

  #fact(event: Frame): void {
    this.facts += 1
    const { projectId, seq, prev, type } = event
    const told = this.told.get(projectId) ?? []
    const last = told.at(-1) ?? 0
    const shown = `${type} ${seq} of ${projectId.slice(-4)}`
    if (seq <= last) this.#violated('each fact is told once and in order', `${shown} after ${last}`)
    if (!(prev >= last && prev < seq))
      this.#violated('each fact is told once and in order', `${shown} says ${prev}, but ${last} came before`)
    told.push(seq)
    this.told.set(projectId, told)
    const lostAt = this.person.lost.get(projectId)
    if (lostAt !== undefined && seq > lostAt && this.person.role !== 'admin')
      this.#violated('nothing is told after a right was lost', `${shown}, lost at ${lostAt}`)
    if (!this.#isCarried(event)) this.#violated('nothing foreign is told', shown)
  }

  #isCarried({ projectId, type, data, affectedUserIds }: Frame): boolean {
    const { wanted, person } = this
    switch (wanted.kind) {
      case 'me':
        return affectedUserIds?.includes(person.userId) === true
      case 'project':
        return projectId === wanted.projectId
      case 'run':
        return data.runId === wanted.runId
      case 'queues':
        return QUEUE_FACTS.has(type) && (wanted.projectId === null || wanted.projectId === projectId)
      case 'admin':
        return true
      case 'progress':
        return false
    }
  }

  #signal({ projectId, type, data }: Frame): void {
    this.signals += 1
    const lostAt = projectId === null ? undefined : this.person.lost.get(projectId)
    if (type === 'run_progress') this.#wasTrue(data)
    if (lostAt === undefined || this.person.role === 'admin') return
    // What was on its way when the right was lost may still come.
    if (type === 'presence_update' && data.userId === this.person.userId) return
  }

  /** A run is completed when all of its jobs are settled, and not before. */
  #wasTrue({ runId, status, total, completed, failed, cancelled }: Frame): void {
    const settled = completed + failed + cancelled
    if (status === 'cancelled' ? settled > total : (status === 'completed') !== (settled === total))
      this.#violated(
        'what is told together was true together',
        `run ${runId ?? ''} ${status} with ${settled} of ${total} settled`,
      )
  }

  #learn(event: Frame): void {
    const { type, projectId, data = {} } = event
    if (this.wanted.kind === 'me' && typeof event.seq === 'number') this.#assigned(event)
    if (projectId === null) return
    // In the words of `/queue_updates`: items as they are, or places.
    for (const item of event.queue ?? []) this.belief(projectId).places.set(item.itemId, placeOf(item))
    const belief = this.belief(projectId)
    if (type === 'position_updated')
      for (const item of data.items ?? []) belief.places.set(item.itemId, placeOf(item))
    if (type === 'job_started') belief.begun.add(data.itemId ?? event.queue?.[0]?.itemId)
    else if (JOB_ENDS.has(type)) belief.begun.delete(data.itemId ?? event.queue?.[0]?.itemId)
    if (type === 'run_progress') belief.runs.set(data.runId, tallyOf(data))
    if (type === 'run_status_changed') belief.movedRuns.add(data.runId)
    if (type === 'queue_count_changed') belief.counts = sorted(data.counts)
    if (type === 'presence_update') {
      if (data.state === 'left') belief.present.delete(data.userId)
      else belief.present.add(data.userId)
    }
  }

  #assigned({ type, data }: Frame): void {
    if (type === 'task_completed') return
    if (data.previousAssignmentId) this.assignments.delete(data.previousAssignmentId)
    if (data.userId !== this.person.userId) return
    if (LIVE.has(data.status)) this.assignments.set(data.assignmentId, data.status)
    else this.assignments.delete(data.assignmentId)
  }
}

function placeOf({ position, globalPosition }: Frame): Place {
  return { position, globalPosition }
}

import type { Signal } from '../../events/signals.ts'
import type { ProjectId, UserId } from '../../ids.ts'
import type { Present } from '../../presence/presence-store.ts'
import type { Reading } from '../snapshots.ts'
import type { StateReader, Told } from './state-reader.ts'

/** How long presence may be out of date if nobody said that it has changed. */
const PRESENCE_MS = 1_000

type Coming = 'joined' | 'active' | 'left'

/** The presence on a project, told to all readers of its states. */
export class PresenceStates {
  readonly #projectId: ProjectId
  readonly #reading: Pick<Reading, 'presence' | 'departed'>
  readonly #readers = new Set<StateReader>()
  /** Those whom no look has told anything yet. */
  readonly #newcomers = new Map<StateReader, Told>()
  #present = new Map<UserId, Present>()
  #dirty = true
  #lookedAt = Number.NEGATIVE_INFINITY

  constructor(projectId: ProjectId, reading: Pick<Reading, 'presence' | 'departed'>) {
    this.#projectId = projectId
    this.#reading = reading
  }

  /** Something may have changed. */
  touch(): void {
    this.#dirty = true
  }

  join(reader: StateReader, told: Told): void {
    this.#readers.add(reader)
    this.#newcomers.set(reader, told)
    this.#dirty = true
  }

  leave(reader: StateReader): void {
    this.#readers.delete(reader)
    this.#newcomers.delete(reader)
  }

  isDue(now: number): boolean {
    return this.#readers.size > 0 && (this.#dirty || now - this.#lookedAt >= PRESENCE_MS)
  }

  async look(now: number): Promise<void> {
    this.#dirty = false
    this.#lookedAt = now
    const newcomers = [...this.#newcomers]
    const present = await this.#reading.presence(this.#projectId)
    const isBack = newcomers.some(([, told]) => told.isBack)
    const departed = isBack ? await this.#reading.departed(this.#projectId) : []
    const before = this.#present
    this.#present = byId(present)
    const signals = changesOf(before, present).map((change) => this.#signal(...change))
    for (const reader of this.#readers)
      if (!this.#newcomers.has(reader)) for (const signal of signals) reader.signal(signal)
    for (const [reader, told] of newcomers) {
      // A reader that began again meanwhile was told other states than this look is held against.
      if (this.#newcomers.get(reader) !== told) continue
      this.#newcomers.delete(reader)
      const changes = told.present
        ? changesOf(byId(told.present), present)
        : present.map(
            (person) => [person, told.isBack || before.has(person.userId) ? 'active' : 'joined'] as const,
          )
      for (const change of changes) reader.signal(this.#signal(...change))
      const left = told.isBack ? departed.filter(({ userId }) => !this.#present.has(userId)) : []
      for (const person of left) reader.signal(this.#signal(person, 'left'))
    }
  }

  #signal({ userId, displayName, avatarUrl, lastSeenAt }: Present, state: Coming): Signal {
    const data = { userId, displayName, avatarUrl, state, lastSeenAt: lastSeenAt.toISOString() }
    return { type: 'presence_update', projectId: this.#projectId, data }
  }
}

function byId(present: readonly Present[]): Map<UserId, Present> {
  return new Map(present.map((person) => [person.userId, person]))
}

function changesOf(
  before: ReadonlyMap<UserId, Present>,
  present: readonly Present[],
): (readonly [Present, Coming])[] {
  const here = new Set(present.map(({ userId }) => userId))
  const came = present.flatMap((person): (readonly [Present, Coming])[] => {
    const seen = before.get(person.userId)?.lastSeenAt.getTime()
    if (seen === undefined) return [[person, 'joined'] as const]
    return seen === person.lastSeenAt.getTime() ? [] : [[person, 'active'] as const]
  })
  const left = [...before.values()].filter(({ userId }) => !here.has(userId))
  return [...came, ...left.map((person) => [person, 'left'] as const)]
}

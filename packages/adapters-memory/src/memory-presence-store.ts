import type { ProjectId, UserId } from '@muster/core'
import type { PresenceStore } from '@muster/core/ports'
import { PRESENCE_MOST_SEEN } from '@muster/core/rules'
import { byText } from './jobs/order.ts'

interface Connection {
  readonly userId: UserId
  readonly seenAt: number
  readonly lapsesAt: number
}

/** Presence, in this process's memory. */
export class MemoryPresenceStore implements PresenceStore {
  readonly #projects = new Map<ProjectId, Map<string, Connection>>()
  /** When each person was seen last, the latest last. */
  readonly #seen = new Map<ProjectId, Map<UserId, number>>()

  async see({
    connectionId,
    userId,
    projectId,
    now,
    lapsesAt,
  }: Parameters<PresenceStore['see']>[0]): Promise<void> {
    this.#forgetLapsed(projectId, now)
    const connections = this.#projects.get(projectId) ?? new Map<string, Connection>()
    this.#projects.set(projectId, connections)
    const seen = this.#seen.get(projectId) ?? new Map<UserId, number>()
    this.#seen.set(projectId, seen)
    seen.delete(userId)
    seen.set(userId, now.getTime())
    const [oldest] = seen.keys()
    if (seen.size > PRESENCE_MOST_SEEN && oldest !== undefined) seen.delete(oldest)
    connections.set(connectionId, { userId, seenAt: now.getTime(), lapsesAt: lapsesAt.getTime() })
  }

  async leave(connectionId: string, projectId: ProjectId): Promise<void> {
    const connections = this.#projects.get(projectId)
    connections?.delete(connectionId)
    if (connections?.size === 0) this.#projects.delete(projectId)
  }

  async list(projectId: ProjectId, now: Date): Promise<{ userId: UserId; lastSeenAt: Date }[]> {
    this.#forgetLapsed(projectId, now)
    const seen = new Map<UserId, number>()
    for (const { userId, seenAt } of this.#projects.get(projectId)?.values() ?? []) {
      seen.set(userId, Math.max(seenAt, seen.get(userId) ?? seenAt))
    }
    return [...seen]
      .sort(([a], [b]) => byText(a, b))
      .map(([userId, seenAt]) => ({ userId, lastSeenAt: new Date(seenAt) }))
  }

  async listSeen(projectId: ProjectId, since: Date): Promise<{ userId: UserId; lastSeenAt: Date }[]> {
    const seen = [...(this.#seen.get(projectId) ?? [])].filter(([, seenAt]) => seenAt >= since.getTime())
    return seen.reverse().map(([userId, seenAt]) => ({ userId, lastSeenAt: new Date(seenAt) }))
  }

  /** So that connections which ended without a word do not pile up. */
  #forgetLapsed(projectId: ProjectId, now: Date): void {
    for (const [connectionId, { lapsesAt }] of this.#projects.get(projectId) ?? []) {
      if (lapsesAt <= now.getTime()) void this.leave(connectionId, projectId)
    }
  }
}

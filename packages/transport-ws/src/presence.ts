import { ForbiddenError, NotFoundError, type ProjectId } from '@muster/core'
import { parse } from '@muster/core/schemas'
import type { Muster } from '@muster/host'
import { z } from 'zod'
import type { Caller } from './door/admission.ts'
import { projectId } from './ids.ts'

/** A connection that is there says so as often as this; one that is not heard for three times as long is gone. */
const BEAT_MS = 5_000

const MOST_PROJECTS = 100

const presenceRequest = z.strictObject({ projectId, state: z.enum(['active', 'left']) })

/** Where one connection's person is present: while the connection lasts and they may be, or until they say that they left. */
export class ConnectionPresence {
  readonly #muster: Muster
  readonly #caller: Caller
  readonly #connectionId: string
  readonly #projects = new Set<ProjectId>()
  #beat: NodeJS.Timeout | undefined
  #closed = false

  constructor(muster: Muster, caller: Caller, connectionId: string) {
    this.#muster = muster
    this.#caller = caller
    this.#connectionId = connectionId
  }

  /** @throws ValidationError; NotFoundError for a project that does not exist for the caller; ForbiddenError for more than a hundred */
  async say(request: unknown): Promise<{ readonly projectId: ProjectId; readonly state: 'active' | 'left' }> {
    const { projectId, state } = parse(presenceRequest, request)
    if (state === 'left') {
      if (this.#projects.delete(projectId)) await this.#muster.presence.leave(this.#connectionId, projectId)
      return { projectId, state }
    }
    if (!(await this.#mayBeIn(projectId))) throw new NotFoundError('project', projectId)
    await this.#muster.projects.get(projectId)
    if (!this.#projects.has(projectId) && this.#projects.size >= MOST_PROJECTS) {
      throw new ForbiddenError(`A connection is present on at most ${MOST_PROJECTS} projects`)
    }
    if (this.#closed) return { projectId, state }
    this.#projects.add(projectId)
    this.#beat ??= setInterval(() => void this.#see(), BEAT_MS).unref()
    await this.#muster.presence.see(this.#connectionId, this.#caller.userId, projectId)
    return { projectId, state }
  }

  /** The connection has ended. */
  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#beat)
    const { presence } = this.#muster
    for (const projectId of this.#projects) {
      await presence
        .fade(this.#connectionId, this.#caller.userId, projectId)
        .catch((error: unknown) => this.#missed(error))
    }
    this.#projects.clear()
  }

  async #see(): Promise<void> {
    const { presence } = this.#muster
    try {
      for (const projectId of this.#projects) {
        const mayBe = await this.#mayBeIn(projectId)
        // They may have left meanwhile.
        if (this.#closed || !this.#projects.has(projectId)) continue
        if (mayBe) {
          await presence.see(this.#connectionId, this.#caller.userId, projectId)
        } else {
          this.#projects.delete(projectId)
          await presence.leave(this.#connectionId, projectId)
        }
      }
    } catch (error) {
      this.#missed(error)
    }
  }

  async #mayBeIn(projectId: ProjectId): Promise<boolean> {
    const { userId, tokenRole } = this.#caller
    const { role, memberships } = await this.#muster.people.principalOf(userId, tokenRole)
    return role === 'admin' || memberships.has(projectId)
  }

  /** Presence is a state: the next beat says it again. */
  #missed(error: unknown): void {
    this.#muster.logger.debug({ err: error }, 'Presence could not be told')
  }
}

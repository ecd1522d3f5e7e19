import { randomUUID } from 'node:crypto'
import type { ProjectId, UserId } from '@muster/core'
import { fact } from '@muster/core/feed'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { tokenFor } from './backends/callers.ts'
import { serveInProcess } from './crowd/in-process.ts'
import { type Connection, connect, type Ear, type Frame, type Wanted, type Wire } from './crowd/wires.ts'

let server: Awaited<ReturnType<typeof serveInProcess>>
beforeAll(async () => {
  server = await serveInProcess()
})
afterAll(() => server.end())

/** More than the feed keeps in memory of a project, so that whoever is behind is served from the store. */
const FLOOD = 3_000
const TOGETHER = 500

const WAYS: readonly (readonly [Wire, 'me' | 'project' | 'queues'])[] = [
  ['ws', 'me'],
  ['ws', 'queues'],
  ['socket.io', 'project'],
  ['sse', 'project'],
  ['graphql-ws', 'project'],
]

class Reader {
  readonly seqs: number[] = []
  readonly reloads: string[] = []
  closed: string | undefined
  cursor: string | undefined
  resumed: boolean | undefined
  connection: Connection | undefined

  follow(wire: Wire, wanted: Wanted, token: string): this {
    this.closed = undefined
    this.resumed = undefined
    const request = { origin: server.origin, token, wanted, after: this.cursor }
    this.connection = connect(wire, request, this.#ear())
    onTestFinished(() => this.connection?.cut())
    return this
  }

  #ear(): Ear {
    return {
      opened: ({ cursor, resumed }) => {
        this.cursor = cursor
        this.resumed = resumed
      },
      event: ({ seq, cursor }: Frame) => {
        this.cursor = cursor
        if (typeof seq === 'number') this.seqs.push(seq)
      },
      mark: (cursor) => {
        this.cursor = cursor
      },
      reload: ({ reason, cursor }) => {
        this.cursor = cursor
        this.reloads.push(reason)
      },
      closed: (code) => {
        this.closed = code
      },
      queue: () => undefined,
      progress: () => undefined,
    }
  }
}

function until(holds: () => void): Promise<void> {
  return vi.waitFor(holds, { interval: 20 })
}

function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, nth) => from + nth)
}

describe.each(WAYS)('a reader over %s of %s', (wire, kind) => {
  async function open() {
    const { muster } = server
    const { projectId } = await muster.projects.add({ name: 'read' })
    const { projectId: elsewhere } = await muster.projects.add({ name: 'elsewhere' })
    const userId = randomUUID() as UserId
    await muster.people.add({ userId, displayName: 'Ann' })
    for (const id of [projectId, elsewhere]) await muster.projects.addMember(id, userId)
    const wanted: Wanted =
      kind === 'project' ? { kind, projectId } : kind === 'me' ? { kind } : { kind, projectId: null }
    return { projectId, elsewhere, userId, wanted, token: tokenFor(userId, 'annotator') }
  }

  /** Facts that every kind of reader is told. */
  async function tell(projectId: ProjectId, userId: UserId, count: number): Promise<void> {
    const { muster } = server
    for (let left = count; left > 0; left -= TOGETHER) {
      const facts = Array.from({ length: Math.min(left, TOGETHER) }, () => {
        if (kind !== 'me') return fact(projectId, 'queue_cleared', { cancelled: 1 })
        const ids = { taskId: randomUUID() as never, assignmentId: randomUUID() as never, userId }
        const move = {
          stepId: 'annotate',
          stepType: 'annotation',
          status: 'assigned',
          from: null,
          attempt: 1,
        }
        return fact(projectId, 'task_assigned', { ...ids, ...move }, [userId])
      })
      await muster.persistence.transaction(({ events }) => events.append(facts))
    }
  }

  it('loses nothing and begins nowhere again, though it is seconds behind, and holds nobody else up', async () => {
    const { projectId, userId, wanted, token } = await open()
    const [slow, other] = [new Reader(), new Reader()].map((reader) => reader.follow(wire, wanted, token))
    if (slow === undefined || other === undefined) throw new Error('nobody reads')
    await until(() => expect([slow.resumed, other.resumed]).toEqual([false, false]))
    slow.connection?.stall()
    await tell(projectId, userId, FLOOD)
    await until(() => expect(other.seqs).toHaveLength(FLOOD))
    slow.connection?.goOn()
    await until(() => {
      // One that was closed since it took nothing comes back with its cursor.
      if (slow.connection?.over) slow.follow(wire, wanted, token)
      expect(slow.seqs).toHaveLength(FLOOD)
    })
    for (const reader of [slow, other]) {
      expect(reader.seqs).toEqual(numbers(1, FLOOD))
      expect(reader.reloads).toEqual([])
    }
  })

  it('goes on with a cursor from before a right was lost, once the right is there again', async () => {
    const { muster } = server
    const { projectId, userId, wanted, token } = await open()
    const reader = new Reader().follow(wire, wanted, token)
    await until(() => expect(reader.resumed).toBe(false))
    await tell(projectId, userId, 2)
    await until(() => expect(reader.seqs).toEqual([1, 2]))
    reader.connection?.cut()
    await tell(projectId, userId, 1)
    await muster.projects.removeMember(projectId, userId)
    await muster.projects.addMember(projectId, userId)
    await tell(projectId, userId, 1)
    reader.follow(wire, wanted, token)
    await until(() => expect(reader.seqs).toEqual([1, 2, 3, 4]))
    expect([reader.resumed, reader.reloads]).toEqual([true, []])
  })

  it('is told that it is refused, or to begin again, if it came back while the right was lost', async () => {
    const { muster } = server
    const { projectId, userId, wanted, token } = await open()
    const reader = new Reader().follow(wire, wanted, token)
    await until(() => expect(reader.resumed).toBe(false))
    await tell(projectId, userId, 2)
    await until(() => expect(reader.seqs).toEqual([1, 2]))
    reader.connection?.cut()
    await tell(projectId, userId, 1)
    await muster.projects.removeMember(projectId, userId)
    reader.follow(wire, wanted, token)
    const isNarrow = kind === 'project'
    await until(() =>
      expect([reader.closed, reader.resumed]).toEqual(
        isNarrow ? ['not_found', undefined] : [undefined, true],
      ),
    )
    await muster.projects.addMember(projectId, userId)
    if (isNarrow) reader.follow(wire, wanted, token)
    await until(() => expect(reader.reloads).toEqual(isNarrow ? [] : ['access_changed']))
    await tell(projectId, userId, 1)
    await until(() => expect(reader.seqs).toEqual(isNarrow ? [1, 2, 3, 4] : [1, 2, 4]))
  })
})

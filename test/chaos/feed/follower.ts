import { type Connection, connect, type Ear, type Frame, type Wire } from '../crowd/wires.ts'

/** What came over all connections of one client. */
export class Story {
  readonly projectId: string
  readonly seqs: number[] = []
  /** Facts whose `prev` was not the one before. */
  wrongPrev = 0
  /** Snapshots that took the place of facts. */
  reloads = 0
  cursor: string | undefined
  /** How many items wait, as it was last told; undefined where nothing was, as on a wire that does not tell it. */
  pending: number | undefined

  constructor(projectId: string) {
    this.projectId = projectId
  }

  /** The number of the last fact, 0 before the first. */
  get last(): number {
    return this.seqs.at(-1) ?? 0
  }

  ear(): Ear {
    return {
      opened: ({ cursor, resumed, snapshot }) => {
        // The first time there is nothing to resume; after that, not to be resumed is to have lost something.
        if (this.cursor !== undefined && !resumed) this.reloads += 1
        this.cursor = cursor
        this.#counted(snapshot?.queue)
      },
      event: ({ seq, prev, cursor, type, data }: Frame) => {
        this.cursor = cursor
        if (type === 'queue_count_changed') this.#counted(data)
        if (typeof seq !== 'number') return
        if (prev !== this.last) this.wrongPrev += 1
        this.seqs.push(seq)
      },
      queue: (update) => this.#counted(update),
      progress: () => undefined,
      mark: (cursor) => {
        this.cursor = cursor
      },
      reload: ({ cursor }) => {
        this.reloads += 1
        this.cursor = cursor
      },
      closed: () => undefined,
    }
  }

  #counted(queue: Frame): void {
    if (queue) this.pending = queue.counts.pending
  }
}

/** Follows the story's project where it left off. */
export function follow(wire: Wire, origin: string, token: string, story: Story): Connection {
  const { projectId, cursor } = story
  const kind = wire === 'ws' ? 'queues' : 'project'
  return connect(wire, { origin, token, wanted: { kind, projectId }, after: cursor }, story.ear())
}

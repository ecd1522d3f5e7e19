/** A job system that is filled with no-op jobs and then drained. */
interface Peer {
  fill(jobs: number): Promise<void>
  /** Begins to do jobs; `done` is told of each, once or a batch at a time. */
  consume(concurrency: number, done: (jobs: number) => void): Promise<void>
  /** Jobs that are not done yet, as the system itself says. */
  left(): Promise<number>
  close(): Promise<void>
}

/** Opens a peer on an empty database. */
export type OpenPeer = (url: string) => Promise<Peer>

/** What every job carries. */
export function payload(index: number): { readonly taskId: number; readonly projectId: string } {
  return { taskId: index, projectId: 'p1' }
}

/** Calls `work` for slices of 0…count−1. */
export async function inChunks(
  count: number,
  work: (indexes: readonly number[]) => Promise<unknown>,
): Promise<void> {
  const size = 5_000
  for (let start = 0; start < count; start += size) {
    await work(Array.from({ length: Math.min(size, count - start) }, (_, index) => start + index))
  }
}

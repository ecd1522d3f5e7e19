/** What every job carries: when it was made, by the clock of this process, and as many bytes as a small order has. */
export interface LiveJob {
  readonly madeAt: number
  readonly padding: string
}

/** A job system at work on an empty database. */
export interface LivePeer {
  /** Makes jobs in the way that the system recommends for many at once. */
  add(jobs: readonly LiveJob[]): Promise<unknown>
  /** Makes one job, where the system has a call for that and it is measured. */
  readonly addOne?: (job: LiveJob) => Promise<unknown>
  /** Works with so many slots until closed. */
  work(slots: number, handler: (job: LiveJob) => Promise<void>): Promise<void>
  /** Jobs that are not done yet, as the system itself says. */
  left(): Promise<number>
  close(): Promise<void>
}

/** Opens a peer on an empty database, by its address. */
export type OpenLivePeer = (url: string) => Promise<LivePeer>

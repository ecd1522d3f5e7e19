import { monitorEventLoopDelay } from 'node:perf_hooks'

/** What a server of the benchmark `day` answers each time it is asked: of the time since it was asked last. */
export interface Watched {
  /** Beyond when a timer was due, in milliseconds. */
  readonly loopMaxMs: number
  readonly loopP99Ms: number
  readonly cpuSeconds: number
  /** Bytes, now. */
  readonly resident: number
}

/** How often a timer is due. */
const RESOLUTION_MS = 10

const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
let used = process.cpuUsage()
delay.enable()

process.on('message', (asked) => {
  // To look at the loop wakes the process a hundred times a second.
  if (asked === 'look away') delay.disable()
  const { user, system } = process.cpuUsage(used)
  used = process.cpuUsage()
  const watched: Watched = {
    loopMaxMs: delay.max / 1e6 - RESOLUTION_MS,
    loopP99Ms: delay.percentile(99) / 1e6 - RESOLUTION_MS,
    cpuSeconds: (user + system) / 1e6,
    resident: process.memoryUsage.rss(),
  }
  delay.reset()
  process.send?.(watched)
})
// Being watched keeps no process.
process.channel?.unref()

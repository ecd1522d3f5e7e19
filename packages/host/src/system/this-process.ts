import { hostname } from 'node:os'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { ThisProcess } from '@muster/core/operating'
import { VERSION } from './version.ts'

/** How often lag is measured, in ms: each time wakes the process. */
const RESOLUTION_MS = 100

/** The version of the zone database that Intl goes by here, such as `2026c`; empty if the runtime does not say. */
export const zoneData: string = process.versions['tz'] ?? ''

/** The process that this runs in. */
export const thisProcess: ThisProcess = {
  host: hostname(),
  pid: process.pid,
  version: VERSION,
  measureLag() {
    const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
    delays.enable()
    return {
      read() {
        if (delays.count === 0) return null
        // A delay is counted from one measurement to the next.
        const lateMs = delays.percentile(99) / 1e6 - RESOLUTION_MS
        delays.reset()
        return Math.max(0, Math.round(lateMs))
      },
      end: () => void delays.disable(),
    }
  },
}

import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'

const TICK_MS = 1_000
const now = signal(Date.now())
let watchers = 0
let timer: ReturnType<typeof setInterval> | undefined

function tick(): void {
  if (document.visibilityState !== 'hidden') now.value = Date.now()
}

/** The present time in ms, which goes on by seconds for as long as a component that asks is there and the tab is in sight. */
export function useNow(): number {
  useEffect(() => {
    watchers += 1
    tick()
    timer ??= setInterval(tick, TICK_MS)
    return () => {
      watchers -= 1
      if (watchers > 0) return
      clearInterval(timer)
      timer = undefined
    }
  }, [])
  return now.value
}

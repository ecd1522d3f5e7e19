import { useEffect, useRef } from 'preact/hooks'
import { held } from './hold.ts'

/**
 * Reads at once, and again so many ms after each answer, for as long as a component is there: for figures that no channel tells of.
 * Nothing is read while the tab is hidden or what is shown is held; it is read once that ends.
 */
export function usePolled(read: () => Promise<unknown>, ms: number): void {
  const latest = useRef(read)
  latest.current = read
  useEffect(() => {
    let isOver = false
    let isReading = false
    let timer: ReturnType<typeof setTimeout> | undefined
    const goOn = async (): Promise<void> => {
      clearTimeout(timer)
      const isStill = document.visibilityState === 'hidden' || held.peek() !== undefined
      if (isOver || isStill || isReading) return
      isReading = true
      try {
        await latest.current()
      } finally {
        isReading = false
      }
      timer = setTimeout(() => void goOn(), ms)
    }
    const wake = (): void => void goOn()
    document.addEventListener('visibilitychange', wake)
    // It is called at once as well.
    const stopHeld = held.subscribe(wake)
    return () => {
      isOver = true
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', wake)
      stopHeld()
    }
  }, [])
}

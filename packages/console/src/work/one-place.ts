import { useEffect, useState } from 'preact/hooks'

/** Whether this is the tab of its person that works; the lock falls to whoever takes over, or to nobody when the tab is closed. */
export function useOnePlace(userId: string): {
  readonly isHere: boolean | undefined
  readonly takeOver: () => void
} {
  const [isHere, setHere] = useState<boolean | undefined>(undefined)
  const [steals, setSteals] = useState(0)
  useEffect(() => {
    let letGo = (): void => undefined
    let isOver = false
    const held = new Promise<void>((resolve) => {
      letGo = resolve
    })
    const how: LockOptions = steals > 0 ? { steal: true } : { ifAvailable: true }
    navigator.locks
      .request(`muster:work:${userId}`, how, async (lock) => {
        if (!isOver) setHere(lock !== null)
        if (lock !== null) await held
      })
      // Another tab took it over.
      .catch(() => {
        if (!isOver) setHere(false)
      })
    return () => {
      isOver = true
      letGo()
    }
  }, [userId, steals])
  return { isHere, takeOver: () => setSteals(steals + 1) }
}

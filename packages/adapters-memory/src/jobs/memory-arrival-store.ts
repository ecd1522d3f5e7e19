import type { ArrivalStore } from '@muster/core/making'

/** No host has a transaction in memory, so that nothing arrives. */
export class MemoryArrivalStore implements ArrivalStore {
  async hasArrived(): Promise<boolean> {
    return false
  }

  async collect(): Promise<readonly []> {
    return []
  }

  async know(): Promise<void> {}
}

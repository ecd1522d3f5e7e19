/**
 * Where a use case gets its stores. All of one `transaction` happens or none of it: what `work` wrote is
 * visible to others only after it returned, and nothing of it remains when it throws.
 *
 * Locks taken inside are held until its end. Everybody takes them in one order, so that nobody waits in a circle:
 * **strategy states (ascending step) → people (ascending id) → tasks (ascending id) → slots → project gates → lanes → jobs → runs → counters → feeds (ascending project)**.
 * A claim may take gates shared before slots: who holds a gate alone never waits for a person, a task or a slot.
 * `work` may run again from its start after a deadlock or a serialization failure, so it must not act outside.
 * Never use {@link stores} inside `work`: PGlite has one connection and would wait for itself.
 */
export interface Transactions<Stores> {
  /** Each call is a transaction of its own. For reads, and for single operations that promise to be atomic. */
  readonly stores: Stores
  transaction<T>(work: (stores: Stores) => Promise<T>): Promise<T>
}

/** Remembers how to take back what the running transaction wrote. */
export class UndoJournal {
  #undo: (() => void)[] | undefined

  begin(): void {
    if (this.#undo) throw new Error('A transaction is already running')
    this.#undo = []
  }

  /** @throws Error outside of a transaction: nothing could take the write back */
  record(undo: () => void): void {
    if (!this.#undo) throw new Error('A write outside of a transaction')
    this.#undo.push(undo)
  }

  commit(): void {
    this.#undo = undefined
  }

  /** Takes everything back, last first. */
  rollback(): void {
    const undo = this.#undo ?? []
    this.#undo = undefined
    for (const step of undo.reverse()) step()
  }
}

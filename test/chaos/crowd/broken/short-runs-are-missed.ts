import { plant } from './plant.ts'

// A run that begins and ends between two looks leaves no progress.
plant({
  from: 'const readers = this.#wanted.get(runId) ?? new Set()',
  to: `this.#dirty = true
    if (this.#wanted) return
    const readers = this.#wanted.get(runId) ?? new Set()`,
})

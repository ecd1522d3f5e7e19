import { plant } from './plant.ts'

// What was read first is held against what hints have moved meanwhile: several busy projects look like another history.
plant({
  from: 'if (known.some(([projectId, head]) => (heads.get(projectId) ?? 0) < head)) await this.#otherHistory()',
  to: `await Promise.all([...this.#projects.values()].map(({ catchUp }) => catchUp.run()))
    if (known.some(([projectId]) => (heads.get(projectId) ?? 0) < (this.#projects.get(projectId)?.feed.head ?? 0)))
      await this.#otherHistory()`,
})

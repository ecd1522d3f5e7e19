import { plant } from './plant.ts'

// Of updates of places that wait, one is kept for each project.
plant({ from: 'const moves = [...(this.#moves.get(projectId) ?? []), signal]', to: 'const moves = [signal]' })

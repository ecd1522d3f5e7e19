import { plant } from './plant.ts'

// A run that begins and ends between two looks leaves no progress.
plant({ from: 'this.#runs.want(runId, readers)', to: '' })

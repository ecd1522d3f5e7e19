import { plant } from './plant.ts'

// Who comes back is told of what is live now, and not of what has ended or left.
plant({ from: 'return { runs: [], isBack: true }', to: 'return { runs: [], isBack: false }' })

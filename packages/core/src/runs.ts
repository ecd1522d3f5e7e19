// biome-ignore-all assist/source/organizeImports: grouped by subject, in the order one would read them

import './node-version.ts'

// Runs as they are watched: their pace, how long their jobs take.

export type { ModelDurations, RunPacing } from './runs/run-store.ts'

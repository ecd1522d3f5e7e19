import { engineSimulation } from '@muster/core/testing'
import { emptiedPGlite } from './emptied.test.support.ts'

engineSimulation('PGlite', emptiedPGlite(), { schedules: 1, turns: 300, atOnce: 1 })

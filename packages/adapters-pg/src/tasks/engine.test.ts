import { engineSimulation } from '@muster/testing/suites'
import { emptiedPGlite } from '../jobs/emptied.test.support.ts'

engineSimulation('PGlite', emptiedPGlite(), { schedules: 1, turns: 300, atOnce: 1 })

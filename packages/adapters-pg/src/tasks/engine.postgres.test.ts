import { freshDatabase } from '@muster/test-services/vitest'
import { engineSimulation } from '@muster/testing/suites'
import { emptiedPostgres } from '../jobs/emptied.test.support.ts'

const open = emptiedPostgres(freshDatabase)

engineSimulation('Postgres, twelve moves at once', open, { schedules: 2, turns: 100, atOnce: 12 })

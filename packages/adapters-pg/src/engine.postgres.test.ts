import { engineSimulation } from '@muster/core/testing'
import { freshDatabase } from '@muster/test-services/vitest'
import { emptiedPostgres } from './emptied.test.support.ts'

const open = emptiedPostgres(freshDatabase)

engineSimulation('Postgres, twelve moves at once', open, { schedules: 2, turns: 100, atOnce: 12 })

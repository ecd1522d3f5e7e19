import { feedContract } from '@muster/core/testing'
import { freshDatabase } from '@muster/test-services/vitest'
import { emptiedPostgres } from './emptied.test.support.ts'

feedContract('Postgres', emptiedPostgres(freshDatabase))

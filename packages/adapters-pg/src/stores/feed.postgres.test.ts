import { freshDatabase } from '@muster/test-services/vitest'
import { feedContract } from '@muster/testing/suites'
import { emptiedPostgres } from '../jobs/emptied.test.support.ts'

feedContract('Postgres', emptiedPostgres(freshDatabase))

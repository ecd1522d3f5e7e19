import { feedContract } from '@muster/testing/suites'
import { emptiedPGlite } from '../jobs/emptied.test.support.ts'

feedContract('PGlite', emptiedPGlite())

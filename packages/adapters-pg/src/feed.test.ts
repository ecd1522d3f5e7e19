import { feedContract } from '@muster/testing/suites'
import { emptiedPGlite } from './emptied.test.support.ts'

feedContract('PGlite', emptiedPGlite())

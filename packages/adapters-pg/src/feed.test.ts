import { feedContract } from '@muster/core/testing'
import { emptiedPGlite } from './emptied.test.support.ts'

feedContract('PGlite', emptiedPGlite())

import { emptiedPGlite } from '../jobs/emptied.test.support.ts'
import { bookmarkCases } from './bookmark-cases.test.support.ts'

bookmarkCases('PGlite', emptiedPGlite(), 1)

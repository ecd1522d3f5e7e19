import { bookmarkCases } from './bookmark-cases.test.support.ts'
import { emptiedPGlite } from './emptied.test.support.ts'

bookmarkCases('PGlite', emptiedPGlite(), 1)

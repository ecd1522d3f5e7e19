import { clockContract, idsContract, randomContract } from '@muster/testing/suites'
import { systemClock, systemRandom, uuidIds } from './index.ts'

clockContract('The machine’s clock', () => ({ clock: systemClock }))
idsContract('UUIDv7', () => uuidIds)
randomContract('The machine’s chance', () => systemRandom)

import { expect, it } from 'vitest'
import { RedisConnections } from './connections.ts'

const quiet = { debug() {}, info() {}, warn() {}, error() {} }

it.each([undefined, '', 'localhost:6379', 'http://h', 'redis://:hidden@h/abc', 'redis://h/-1'])(
  'refuses the url %j at once',
  (url) => {
    const open = (): unknown => new RedisConnections({ url: url as string }, quiet)
    expect(open).toThrow(/^The url of Redis must be/)
    expect(open).not.toThrow(/hidden/)
  },
)

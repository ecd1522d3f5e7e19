import { expect, it } from 'vitest'
import { RedisConnections } from './connections.ts'
import { type RedisOptions, redisModule } from './redis-module.ts'

const quiet = { debug() {}, info() {}, warn() {}, error() {} }

it.each([undefined, '', 'localhost:6379', 'http://h', 'redis://:hidden@h/abc', 'redis://h/-1'])(
  'refuses the url %j at once',
  (url) => {
    const open = (): unknown => new RedisConnections({ url: url as string }, quiet)
    expect(open).toThrow(/^The url of Redis must be/)
    expect(open).not.toThrow(/hidden/)
  },
)

it.each<[object, string]>([
  [{}, 'redisModule: name one of url, client and connections'],
  [{ url: 'redis://h', client: { duplicate() {} } }, 'redisModule: name one of url, client and connections'],
  [{ url: 'redis://h', perfix: 'm' }, 'redisModule: perfix is not known: did you mean prefix?'],
  [{ url: 'redis://h', prefix: 7 }, 'redisModule: prefix must be a text that is not empty, not 7'],
])('refuses the options %j at once', (options, message) => {
  expect(() => redisModule(options as RedisOptions)).toThrow(message)
})

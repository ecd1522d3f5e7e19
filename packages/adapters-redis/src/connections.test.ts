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

/** As a client of a version that fits looks. */
const fitting = { duplicate() {}, defineCommand() {}, isCluster: false }

it('refuses a client of another driver also if connections are opened by hand', () => {
  const client = { duplicate() {} } as never
  expect(() => new RedisConnections({ client }, quiet)).toThrow('client must be a client of ioredis 5 or 6')
})

it.each<[object, string]>([
  [{}, 'redisModule: name one of url, client and connections'],
  [{ url: 'redis://h', client: fitting }, 'redisModule: name one of url, client and connections'],
  [{ client: { duplicate() {}, defineCommand() {} } }, 'client must be a client of ioredis 5 or 6'],
  [{ client: { duplicate() {}, isCluster: false } }, 'client must be a client of ioredis 5 or 6'],
  [{ url: 'redis://h', perfix: 'm' }, 'redisModule: perfix is not known: did you mean prefix?'],
  [{ url: 'redis://h', prefix: 7 }, 'redisModule: prefix must be a text that is not empty, not 7'],
])('refuses the options %j at once', (options, message) => {
  expect(() => redisModule(options as RedisOptions)).toThrow(message)
})

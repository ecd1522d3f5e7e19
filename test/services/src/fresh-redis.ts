import { randomUUID } from 'node:crypto'
import { inject } from 'vitest'
import './redis-setup.ts'

/**
 * The run's Redis and a prefix that nobody else uses, for the test file that asks. Whoever flushes or stops a server starts one with
 * `startOwnRedis`. Only in files named `*.redis.test.ts`: the others run without a server.
 */
export function freshRedis(): { readonly url: string; readonly prefix: string } {
  const { url, prefix } = inject('redis')
  return { url, prefix: prefix + randomUUID().replaceAll('-', '') }
}

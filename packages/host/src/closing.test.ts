import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { ClosedError, jobType, NonRetryableError } from '@muster/core'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { coreModule, createMuster } from './container.ts'
import type { Muster } from './muster.ts'
import { silentLogger } from './system/index.ts'

const nap = jobType({ name: 'nap', payload: z.object({}), handler: () => null })
const nobody = '01890000-0000-7000-8000-000000000000'

afterEach(() => vi.restoreAllMocks())

describe('A Muster that was closed', () => {
  it('refuses every call at once', async () => {
    const muster = await createMuster({ modules: [coreModule({ jobTypes: [nap] })] })
    await Promise.all([muster.work(), muster.schedule()])
    await muster.close()
    const answered: string[] = []
    for (const [name, call] of callsOf(muster)) {
      const answer = await Promise.resolve()
        .then(call)
        .catch((error: unknown) => error)
      if (!(answer instanceof ClosedError)) answered.push(name)
    }
    expect(callsOf(muster).length).toBeGreaterThan(100)
    expect(answered).toEqual([])
    await expect(muster.close()).resolves.toBeUndefined()
  })

  it('refuses while it closes, unless a handler is still at work', async () => {
    const called = Promise.withResolvers<void>()
    const call = Promise.withResolvers<void>()
    let muster: Muster
    const results: unknown[] = []
    const asks = jobType({
      name: 'asks',
      payload: z.object({}),
      handler: async () => {
        called.resolve()
        await call.promise
        results.push((await muster.people.list({ limit: 1 })).items)
        return null
      },
    })
    muster = await createMuster({ modules: [coreModule({ jobTypes: [asks] })] })
    const project = await muster.projects.add({ name: 'Asking' })
    await muster.queue.add(project.projectId, { type: 'asks', payload: {} }, null)
    await muster.work()
    await called.promise
    const closing = muster.close()
    await expect(muster.work()).rejects.toThrow(ClosedError)
    await expect(muster.schedule()).rejects.toThrow(ClosedError)
    call.resolve()
    await closing
    expect(results).toEqual([[]])
    const idle = await createMuster()
    const ended = idle.close()
    await expect(idle.people.list({ limit: 1 })).rejects.toThrow(ClosedError)
    await ended
  })

  it('ends a stream of results that is being read', async () => {
    const muster = await createMuster()
    const project = await muster.projects.add({ name: 'Reading' })
    const results = muster.tasks.results(project.projectId)[Symbol.asyncIterator]()
    await muster.close()
    await expect(results.next()).rejects.toThrow(ClosedError)
  })

  it('lets its process end', async () => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--conditions=@muster/source', '--input-type=module', '--eval', PROGRAM],
      { timeout: 60_000, cwd: import.meta.dirname },
    )
    expect(stdout).toBe('closed\n')
  })
})

/** Does a bit of everything, closes, and says so. */
const PROGRAM = `
import { coreModule, createMuster } from '@muster/host'
const muster = await createMuster({ modules: [coreModule()] })
const { projectId } = await muster.projects.add({ name: 'Ending' })
await Promise.all([muster.work(), muster.schedule()])
const person = await muster.people.add({ displayName: 'A', role: 'admin' })
await muster.feed.subscribe({ userId: person.userId, channel: { kind: 'project', projectId }, tokenRole: 'admin' })
await muster.close()
console.log('closed')
`

/** Each method that a Muster offers, called with an id of nobody. */
function callsOf(muster: Muster): [string, () => unknown][] {
  const groups = { ...muster, ...muster.persistence.stores } as unknown as Record<string, object>
  const kept = new Set(['clock', 'ids', 'logger', 'outages', 'metrics', 'version', 'close'])
  const calls: [string, () => unknown][] = []
  for (const [name, group] of Object.entries(groups)) {
    if (kept.has(name)) continue
    if (typeof group === 'function') {
      calls.push([name, () => (group as () => unknown)()])
      continue
    }
    for (const method of methodsOf(group)) {
      if (name === 'persistence' && method === 'close') continue
      const called = (group as Record<string, unknown>)[method]
      if (typeof called !== 'function') continue
      calls.push([
        `${name}.${method}`,
        () => {
          const given = (called as (...args: unknown[]) => object)(nobody, {}, {})
          return Symbol.asyncIterator in given
            ? (given as AsyncIterable<unknown>)[Symbol.asyncIterator]().next()
            : given
        },
      ])
    }
  }
  return calls
}

function methodsOf(group: object): string[] {
  const own = Object.keys(group)
  const prototype = Object.getPrototypeOf(group) as object | null
  if (prototype === null || prototype === Object.prototype) return own
  return [...own, ...Object.getOwnPropertyNames(prototype).filter((name) => name !== 'constructor')]
}

describe('The default logger', () => {
  it('writes warnings and errors, each a readable line on standard error', async () => {
    const lines = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const muster = await createMuster({ modules: [coreModule()] })
    const { logger } = muster
    logger.debug({}, 'A detail')
    logger.info({}, 'A course')
    logger.warn({ jobId: 7, name: 'two words', cyclic: muster }, 'A job\nfailed')
    logger.error({ err: new TypeError('no such thing') }, 'A loop failed')
    expect(lines.mock.calls.map(([line]) => String(line))).toEqual([
      expect.stringMatching(/^\d{4}-\S+Z muster warn: A job failed jobId=7 name="two words" cyclic=[^\n]+$/),
      expect.stringMatching(
        /^\d{4}-\S+Z muster error: A loop failed TypeError: no such thing \(at [^\n]+\)$/,
      ),
    ])
    await muster.close()
  })

  it('tells of a failed attempt, and the silent one does not', async () => {
    const lines = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const fails = jobType({
      name: 'fails',
      payload: z.object({}),
      handler: () => {
        throw new NonRetryableError('no luck')
      },
    })
    for (const options of [{}, { logger: silentLogger }]) {
      const muster = await createMuster({ modules: [coreModule({ jobTypes: [fails], ...options })] })
      const { projectId } = await muster.projects.add({ name: 'Failing' })
      await muster.queue.add(projectId, { type: 'fails', payload: {} }, null)
      await muster.work()
      await vi.waitFor(async () =>
        expect(await muster.queue.status(projectId, { limit: 1 })).toMatchObject({ counts: { failed: 1 } }),
      )
      await muster.close()
    }
    expect(lines.mock.calls.filter(([line]) => String(line).includes('no luck'))).toHaveLength(1)
  })
})

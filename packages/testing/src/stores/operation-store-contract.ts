import type { OperationId, ProjectId, UserId } from '@muster/core'
import type { NewOperation } from '@muster/core/operating'
import type { Stores } from '@muster/core/ports'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { newId } from '../worlds/samples.ts'
import type { OpenAdapter, OpenPersistence } from './open-adapter.ts'

/** Everything that OperationStore promises, case by case. */
export function operationStoreContract(name: string, open: OpenAdapter): void {
  describe(`${name} is an OperationStore`, () => {
    let adapter: OpenPersistence
    beforeEach(async () => {
      adapter = await open()
    })
    afterEach(() => adapter.close())

    const within = <T>(work: (stores: Stores) => Promise<T>): Promise<T> =>
      adapter.persistence.transaction(work)
    const project = newId<'ProjectId'>()
    const sample = (wish: Partial<NewOperation>): NewOperation => ({
      operationId: newId<'OperationId'>() as OperationId,
      projectId: project,
      subject: 'jobs',
      action: 'retry',
      filter: { state: ['failed'], error: '  “spaces” ' },
      options: {},
      createdBy: newId<'UserId'>() as UserId,
      createdAt: adapter.clock.now(),
      ...wish,
    })
    const began = async (count: number, wish: Partial<NewOperation> = {}) => {
      const operation = sample(wish)
      const ids = Array.from({ length: count }, () => newId<'JobId'>() as string)
      await within(async ({ operations }) => {
        await operations.add(operation)
        await operations.addItems(operation.operationId, ids.slice(0, 3))
        await operations.addItems(operation.operationId, ids.slice(3))
      })
      return { operation, ids }
    }
    const moved = (done: number, skipped: Record<string, number> = {}, of: ProjectId = project) => ({
      [of]: { done, skipped },
    })

    it('keeps an operation as it was given, with the number of what it is about', async () => {
      const { operation } = await began(5)
      const found = await adapter.persistence.stores.operations.find(operation.operationId)
      expect(found).toEqual({
        ...operation,
        state: 'running',
        count: 5,
        done: 0,
        skipped: {},
        finishedAt: null,
      })
      expect(await adapter.persistence.stores.operations.find(newId<'OperationId'>())).toBeUndefined()
    })

    it('is due for a scheduler until it is done', async () => {
      const { workers } = adapter.persistence.stores
      const due = async () => (await workers.findAttendance(adapter.clock.now())).dueAt
      expect(await due()).toBeNull()
      const { operation } = await began(1)
      await adapter.clock.advance(1_000)
      expect(await due()).toEqual(operation.createdAt)
      await within(({ operations }) =>
        operations.advance(operation.operationId, 1, moved(1), adapter.clock.now()),
      )
      expect(await due()).toBeNull()
    })

    it('gives its ids part by part in their order, each once, and is done with the last', async () => {
      const { operation, ids } = await began(7)
      const seen: string[] = []
      for (const size of [3, 3, 1]) {
        await within(async ({ operations }) => {
          const part = await operations.next(3)
          expect(part?.ids).toHaveLength(size)
          seen.push(...(part?.ids ?? []))
          await operations.advance(
            operation.operationId,
            size,
            moved(size - 1, { settled: 1 }),
            adapter.clock.now(),
          )
        })
      }
      expect(seen).toEqual(ids)
      expect(await adapter.persistence.stores.operations.find(operation.operationId)).toMatchObject({
        state: 'done',
        done: 4,
        skipped: { settled: 3 },
        finishedAt: adapter.clock.now(),
      })
      expect(await within(({ operations }) => operations.next(3))).toBeUndefined()
    })

    it('sums by project what came of its parts', async () => {
      const other = newId<'ProjectId'>()
      const { operation } = await began(4, { projectId: null })
      const advance = (by: ReturnType<typeof moved>) =>
        within(({ operations }) => operations.advance(operation.operationId, 2, by, adapter.clock.now()))
      await advance({ ...moved(1, { settled: 1 }) })
      const { operation: now, byProject } = await advance({ ...moved(1), ...moved(0, { active: 1 }, other) })
      expect(byProject).toEqual({ ...moved(2, { settled: 1 }), ...moved(0, { active: 1 }, other) })
      expect(now).toMatchObject({ done: 2, skipped: { settled: 1, active: 1 }, projectId: null })
    })

    it('forgets a part whose transaction failed, so that it comes again', async () => {
      const { operation, ids } = await began(2)
      const failing = within(async ({ operations }) => {
        await operations.next(2)
        await operations.advance(operation.operationId, 2, moved(2), adapter.clock.now())
        throw new Error('The process ends here')
      })
      await expect(failing).rejects.toThrow('ends here')
      const again = await within(({ operations }) => operations.next(2))
      expect(again).toMatchObject({ ids, operation: { done: 0, state: 'running' } })
    })

    it('works off first the operation of which least is left', async () => {
      await began(9)
      const { operation: small } = await began(4)
      const next = await within(({ operations }) => operations.next(1))
      expect(next?.operation.operationId).toBe(small.operationId)
    })

    it('works off those that are put behind after all others, in the order given', async () => {
      const { operation: large } = await began(9)
      const { operation: small } = await began(2)
      const { operation: failing } = await began(1)
      const nextBehind = async (...behind: NewOperation[]) => {
        const ids = behind.map(({ operationId }) => operationId)
        return (await within(({ operations }) => operations.next(1, ids)))?.operation.operationId
      }
      expect(await nextBehind()).toBe(failing.operationId)
      expect(await nextBehind(failing)).toBe(small.operationId)
      expect(await nextBehind(failing, small)).toBe(large.operationId)
      expect(await nextBehind(small, large, failing)).toBe(small.operationId)
      expect(await nextBehind(failing, small, large)).toBe(failing.operationId)
    })

    it('counts those that run, by project', async () => {
      await began(1)
      const { operation } = await began(1)
      await began(1, { projectId: null })
      const { operations } = adapter.persistence.stores
      expect(await operations.countRunning(project)).toBe(2)
      expect(await operations.countRunning(null)).toBe(1)
      await operations.stop(operation.operationId, adapter.clock.now())
      expect(await operations.countRunning(project)).toBe(1)
    })

    it.each([
      ['of a project', project],
      ['over all projects', null],
    ])('counts one begin after the other, %s', async (_, projectId) => {
      const counts = await Promise.all(
        Array.from({ length: 4 }, () =>
          within(async ({ operations }) => {
            const count = await operations.countRunning(projectId)
            await operations.add(sample({ projectId }))
            return count
          }),
        ),
      )
      expect(counts.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3])
    })

    it('stops one where it stands, once', async () => {
      const { operation } = await began(4)
      const { operations } = adapter.persistence.stores
      await operations.advance(operation.operationId, 2, moved(2), adapter.clock.now())
      const stopped = await operations.stop(operation.operationId, adapter.clock.now())
      expect(stopped?.operation).toMatchObject({ state: 'stopped', done: 2, count: 4 })
      expect(stopped?.byProject).toEqual(moved(2))
      expect(await operations.stop(operation.operationId, adapter.clock.now())).toBeUndefined()
      expect(await within((stores) => stores.operations.next(1))).toBeUndefined()
    })

    it('forgets the ids of what has ended at once, and the operation itself when it is old', async () => {
      const { operation: running } = await began(2)
      const { operation: ended } = await began(3)
      const { operations } = adapter.persistence.stores
      await operations.stop(ended.operationId, adapter.clock.now())
      expect(await operations.prune(adapter.clock.now(), 2)).toBe(2)
      expect(await operations.prune(adapter.clock.now(), 5)).toBe(1)
      expect(await operations.find(ended.operationId)).toMatchObject({ count: 3 })
      await adapter.clock.advance(1)
      expect(await operations.prune(adapter.clock.now(), 5)).toBe(1)
      expect(await operations.find(ended.operationId)).toBeUndefined()
      expect(await operations.find(running.operationId)).toMatchObject({ state: 'running' })
    })
  })
}

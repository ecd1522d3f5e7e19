import { after, TaskWorld } from '@muster/testing'
import { describe, expect, it } from 'vitest'
import type { Emptied } from '../jobs/emptied.test.support.ts'
import { BookmarkWalk, DeviationError } from './bookmark-walk.test.support.ts'

const MOVES = 300

/** Ways to mark less than a bookmark needs: a condition on the row that is written, and what is then done to it. */
const BREAKS = [
  ['what came back is not marked as late', 'true', 'new.late := false'],
  [
    'what is theirs again, though it stayed free, is not marked',
    `tg_op = 'UPDATE' and old.state = 'free' and new.state = 'free' and old.shelf_id = new.shelf_id and old.opened_at = new.opened_at`,
    'new.late := old.late; new.freed_xid := old.freed_xid',
  ],
] as const

/** Claims of one connection, against a scan. */
export function bookmarkCases(name: string, open: () => Promise<Emptied>, seed: number): void {
  describe(`claims past bookmarks on ${name}`, () => {
    it('give what a scan of all tasks finds, whatever happened before', async () => {
      const walk = await BookmarkWalk.in(await open(), seed)
      await walk.make(MOVES)
      expect(walk.done.claimed).toBeGreaterThan(MOVES / 10)
      expect(walk.done.nothing).toBeGreaterThan(0)
      expect(walk.done.bookmarksPastSomething).toBeGreaterThan(MOVES / 10)
    })

    it('are mended by a claim that is told that something is open and no reason why it is not theirs', async () => {
      const adapter = await open()
      const world = await TaskWorld.in(adapter)
      const { userId } = await world.person()
      const { task } = await world.task({ stepOpenedAt: after(0) })
      const shelves = await world.openShelves()
      await adapter.queryable.query(
        `insert into bookmark select $1, shelf_id, '{}', 'infinity', $1, '3' from shelf`,
        [userId],
      )
      await adapter.queryable.query('update slot set late = false, freed_xid = null')
      expect(await world.claim(userId), 'wrongly').toBeUndefined()
      expect(await world.stores.claims.countShelves(userId, shelves)).toMatchObject([
        { open: 1, noFreeSlot: 0 },
      ])
      expect((await world.claim(userId))?.task.taskId).toBe(task.taskId)
    })

    it.each(BREAKS)('are caught if %s', async (_, when, change) => {
      const adapter = await open()
      const { queryable } = adapter
      await queryable.query(
        `create function break_slot() returns trigger language plpgsql as $$
         begin if ${when} then ${change}; end if; return new; end $$`,
      )
      await queryable.query(
        'create trigger break_slot before insert or update on slot for each row execute function break_slot()',
      )
      try {
        const walk = await BookmarkWalk.in(adapter, seed)
        await expect(walk.make(50 * MOVES)).rejects.toThrow(DeviationError)
      } finally {
        await queryable.query('drop function break_slot cascade')
      }
    })
  })
}

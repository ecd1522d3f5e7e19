import type { TaskId, UserId } from '@muster/core'
import { freshDatabase } from '@muster/test-services/vitest'
import { after, anAssignment, ended, newId, TaskWorld, withAssignment } from '@muster/testing'
import { describe, expect, it } from 'vitest'
import { jsonText, type Queryable } from '../connection/queryable.ts'
import { type Emptied, emptiedPostgres } from '../jobs/emptied.test.support.ts'
import { bookmarkCases } from './bookmark-cases.test.support.ts'

const database = freshDatabase()
const open = emptiedPostgres(() => database)

bookmarkCases('Postgres', open, 2)

describe('a bookmark that moves while a slot before it is being freed', () => {
  it('keeps nothing from the person, once that has been committed', async () => {
    const { freed, claimed } = await claimPastUncommitted(await open())
    expect(claimed).toBe(freed)
  })

  it('would, if it took its own transaction for the oldest that it has not seen', async () => {
    const adapter = await open()
    const original = await definitionOf(adapter.queryable)
    await adapter.queryable.query(
      original.replace('pg_snapshot_xmin(pg_current_snapshot())', 'pg_current_xact_id()'),
    )
    try {
      const { freed, claimed } = await claimPastUncommitted(adapter)
      expect(claimed).not.toBe(freed)
    } finally {
      await adapter.queryable.query(original)
    }
  })
})

/** Somebody lets the oldest task go; before that is committed, another person's bookmark moves; then that person claims. */
async function claimPastUncommitted(
  adapter: Emptied,
): Promise<{ readonly freed: TaskId; readonly claimed: TaskId | undefined }> {
  const world = await TaskWorld.in(adapter)
  const [ann, bob] = [newId<'UserId'>(), newId<'UserId'>()]
  const [oldest, second, third] = [0, 1, 2].map((minute) => world.work({ stepOpenedAt: after(minute) }))
  if (!oldest || !second || !third) throw new Error('three were made')
  const held = withAssignment(oldest, anAssignment(oldest, world.workflow, bob))
  const rejected = anAssignment(second, world.workflow, ann, { status: 'rejected' })
  await world.keep(held, withAssignment(second, rejected), third)
  await world.persistence.transaction(async ({ tasks }) => {
    await tasks.saveWorks([{ before: held, after: ended(held, bob, 'rejected') }])
    await moveBookmark(adapter.queryable, world, ann)
  })
  const claimed = await world.claim(ann)
  return { freed: oldest.task.taskId, claimed: claimed?.task.taskId }
}

async function moveBookmark(queryable: Queryable, world: TaskWorld, userId: UserId): Promise<void> {
  const shelves = await world.openShelves()
  await queryable.query('select move_bookmarks($1, $2::jsonb)', [userId, jsonText(shelves)])
}

async function definitionOf(queryable: Queryable): Promise<string> {
  const { rows } = await queryable.query<{ definition: string }>(
    `select pg_get_functiondef('move_bookmarks'::regproc) as definition`,
  )
  if (!rows[0]) throw new Error('the database has no move_bookmarks')
  return rows[0].definition
}

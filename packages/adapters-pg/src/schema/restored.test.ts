import { cp, mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SequentialIds, VirtualClock } from '@muster/testing'
import { expect, it, onTestFinished } from 'vitest'
import { openPg } from '../connection/open-pg.ts'
import { putEmptyDatabase } from '../pglite/pglite-template.test.support.ts'

/** The history of facts that a process finds which opens the folder. */
async function epochIn(folder: string): Promise<string> {
  const persistence = await openPg(
    { pglite: folder },
    { clock: new VirtualClock(), ids: new SequentialIds() },
  )
  try {
    return await persistence.stores.events.epoch()
  } finally {
    await persistence.close()
  }
}

it('begins another history in a folder that was put back from a copy, and in no other', async () => {
  const place = await mkdtemp(join(tmpdir(), 'muster-copied-'))
  onTestFinished(() => rm(place, { recursive: true }))
  const [folder, copy, moved] = ['folder', 'copy', 'moved'].map((name) => join(place, name)) as [
    string,
    string,
    string,
  ]
  await putEmptyDatabase(folder)
  const epoch = await epochIn(folder)
  expect(await epochIn(folder), 'opened again').toBe(epoch)
  await cp(folder, copy, { recursive: true })
  await rename(folder, moved)
  expect(await epochIn(moved), 'moved').toBe(epoch)
  expect(await epochIn(copy), 'copied').not.toBe(epoch)
})

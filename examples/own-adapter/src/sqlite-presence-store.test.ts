import { DatabaseSync } from 'node:sqlite'
import { coreModule, createMuster, PRESENCE_STORE } from '@muster/host'
import { presenceStoreContract } from '@muster/testing/suites'
import { ContainerModule } from 'inversify'
import { expect, it } from 'vitest'
import { SqlitePresenceStore } from './sqlite-presence-store.ts'

presenceStoreContract('SqlitePresenceStore', async () => {
  const database = new DatabaseSync(':memory:')
  return { presence: new SqlitePresenceStore(database), close: async () => database.close() }
})

it('is what Muster uses once it is bound', async () => {
  const database = new DatabaseSync(':memory:')
  const sqliteModule = new ContainerModule(({ bind }) => {
    bind(PRESENCE_STORE).toConstantValue(new SqlitePresenceStore(database))
  })
  const muster = await createMuster({ modules: [coreModule(), sqliteModule] })
  const { userId } = await muster.people.add({ displayName: 'Ann' })
  const { projectId } = await muster.projects.add({ name: 'p' })
  await muster.projects.addMember(projectId, userId)
  await muster.presence.see('tab', userId, projectId)
  expect(await muster.presence.list(projectId)).toMatchObject([{ userId, displayName: 'Ann' }])
  expect(database.prepare('SELECT count(*) AS rows FROM presence').get()).toMatchObject({ rows: 1 })
  await muster.close()
  database.close()
})

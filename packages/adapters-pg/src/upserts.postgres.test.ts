import { createMuster, silentLogger } from '@muster/host'
import { freshDatabase } from '@muster/test-services/vitest'
import { expect, it, onTestFinished } from 'vitest'
import { pgModule } from './pg-module.ts'

it('makes one user and one project of upserts of two hosts at the same time', async () => {
  const connectionString = await freshDatabase()
  const host = async () => {
    const muster = await createMuster({
      modules: [pgModule({ connectionString, poolSize: 4 })],
      logger: silentLogger,
    })
    onTestFinished(() => muster.close())
    return muster
  }
  const hosts = [await host(), await host()]
  const many = Array.from({ length: 10 }, (_, nth) => nth)
  const people = await Promise.all(
    hosts.flatMap((muster) =>
      many.map((nth) =>
        muster.people.upsert({ externalId: 'staff/17', displayName: 'Ann', skills: { nl: (nth % 5) + 1 } }),
      ),
    ),
  )
  const projects = await Promise.all(
    hosts.flatMap((muster) =>
      many.map((nth) =>
        muster.projects.upsert({ externalId: 'tea', name: 'Tea', assignment: { maxReturns: nth } }),
      ),
    ),
  )
  for (const answers of [people, projects]) {
    expect(answers.filter(({ created }) => created)).toHaveLength(1)
  }
  expect(new Set(people.map(({ userId }) => userId)).size).toBe(1)
  expect(new Set(projects.map(({ projectId }) => projectId)).size).toBe(1)
  const [muster] = hosts
  const listed = await muster?.people.list({}, { externalId: 'staff/17' })
  expect(listed?.items).toMatchObject([{ userId: people[0]?.userId, displayName: 'Ann' }])
})

import type { Definition, DefinitionId, ProjectId, Scenario } from '@muster/core'
import { ValidationError } from '@muster/core'
import { describe, expect } from 'vitest'
import { casesOn, type JobWorld, present } from '../jobs/job-world.ts'
import type { OpenAdapter } from '../stores/open-adapter.ts'

/** Every promise of {@link DefinitionStore}, on whatever `open` opens: empty each time. */
export function definitionStoreContract(name: string, open: OpenAdapter): void {
  describe(`${name} is a DefinitionStore`, () => {
    const it = casesOn(open)

    it('keeps a definition with its scenarios by place', async (world) => {
      const projectId = await world.project()
      const kept = await add(world, projectId, 'Probes', [['b', 'a'], ['c']])
      expect(kept).toEqual({
        definitionId: kept.definitionId,
        projectId,
        name: 'Probes',
        version: 1,
        jobType: 'probe:scenario',
        scenarioCount: 3,
        createdAt: world.clock.now(),
      })
      const { definitions } = world.stores
      expect(await definitions.find(kept.definitionId)).toEqual(kept)
      expect(await definitions.scenarioIds(kept.definitionId)).toEqual(['b', 'a', 'c'])
      expect(await definitions.listScenarios(kept.definitionId, { limit: 2 })).toEqual([
        { place: 1, scenarioId: 'b', payload: { of: 'b' } },
        { place: 2, scenarioId: 'a', payload: { of: 'a' } },
      ])
      expect(await definitions.listScenarios(kept.definitionId, { limit: 2, after: { place: 2 } })).toEqual([
        { place: 3, scenarioId: 'c', payload: { of: 'c' } },
      ])
    })

    it('knows nothing of what it does not keep', async (world) => {
      const unknown = world.ids.next() as DefinitionId
      expect(await world.stores.definitions.find(unknown)).toBeUndefined()
      expect(await world.stores.definitions.scenarioIds(unknown)).toEqual([])
      expect(await world.stores.definitions.listScenarios(unknown, { limit: 9 })).toEqual([])
    })

    it('gives out versions of a name one after another, in each project by itself', async (world) => {
      const [mine, theirs] = [await world.project(), await world.project()]
      const versions = []
      for (const [projectId, name] of [
        [mine, 'A'],
        [mine, 'A'],
        [mine, 'B'],
        [theirs, 'A'],
        [mine, 'A'],
      ] as const) {
        versions.push((await add(world, projectId, name, [['s']])).version)
      }
      expect(versions).toEqual([1, 2, 1, 1, 3])
    })

    it('gives every one of several that race a version of its own', async (world) => {
      const projectId = await world.project()
      const added = await Promise.all(Array.from({ length: 4 }, () => add(world, projectId, 'A', [['s']])))
      expect(new Set(added.map(({ version }) => version))).toEqual(new Set([1, 2, 3, 4]))
    })

    it('refuses a scenarioId that repeats, in one batch or over several, by its place, and keeps nothing', async (world) => {
      const projectId = await world.project()
      for (const [batches, at] of [
        [[['a', 'b', 'a']], 2],
        [[['a', 'b'], ['c'], ['d', 'b']], 4],
      ] as const) {
        const refused = await add(world, projectId, 'A', batches).catch((error: unknown) => error)
        expect(refused).toBeInstanceOf(ValidationError)
        expect((refused as ValidationError).issues.map(({ path }) => path)).toEqual([
          `scenarios[${at}].scenarioId`,
        ])
      }
      expect(await world.stores.definitions.list(projectId, { limit: 9 })).toEqual([])
      expect((await add(world, projectId, 'A', [['a']])).version).toBe(1)
    })

    it('keeps nothing if reading the scenarios throws', async (world) => {
      const projectId = await world.project()
      async function* breaking(): AsyncGenerator<readonly Scenario[]> {
        yield [{ scenarioId: 'a', payload: 1 }]
        throw new Error('the wire broke')
      }
      await expect(world.stores.definitions.stage(breaking())).rejects.toThrow('the wire broke')
      expect(await world.stores.definitions.list(projectId, { limit: 9 })).toEqual([])
    })

    it('keeps nothing if the transaction throws', async (world) => {
      const projectId = await world.project()
      const staged = await world.stores.definitions.stage(only({ scenarioId: 'a', payload: 1 }))
      const broken = world.persistence.transaction(async ({ definitions }) => {
        await definitions.add(aDefinition(world, projectId), staged)
        throw new Error('changed its mind')
      })
      await expect(broken).rejects.toThrow('changed its mind')
      expect(await world.stores.definitions.list(projectId, { limit: 9 })).toEqual([])
      expect((await add(world, projectId, 'A', [['a']])).version).toBe(1)
    })

    it('reads scenarios that ask the stores, and shows none before their definition', async (world) => {
      const projectId = await world.project()
      const { definitions } = world.stores
      const first = await add(world, projectId, 'A', [['a', 'b']])
      async function* again(): AsyncGenerator<readonly Scenario[]> {
        for (const scenarioId of await definitions.scenarioIds(first.definitionId)) {
          yield [{ scenarioId, payload: (await definitions.list(projectId, { limit: 9 })).length }]
        }
      }
      const staged = await definitions.stage(again())
      expect(staged.count).toBe(2)
      const second = await definitions.add(aDefinition(world, projectId, 'B'), staged)
      expect(await definitions.listScenarios(second.definitionId, { limit: 9 })).toEqual([
        { place: 1, scenarioId: 'a', payload: 1 },
        { place: 2, scenarioId: 'b', payload: 1 },
      ])
    })

    it('forgets what is discarded, and of what has a definition nothing', async (world) => {
      const projectId = await world.project()
      const { definitions } = world.stores
      const staged = await definitions.stage(only({ scenarioId: 'a', payload: 1 }))
      const { definitionId } = await definitions.add(aDefinition(world, projectId), staged)
      await definitions.discard(staged)
      expect(await definitions.scenarioIds(definitionId)).toEqual(['a'])
      const unused = await definitions.stage(only({ scenarioId: 'b', payload: 1 }))
      await definitions.discard(unused)
      await expect(definitions.discard(unused)).resolves.toBeUndefined()
    })

    it('keeps payloads by value', async (world) => {
      const projectId = await world.project()
      const payload = {
        text: 'Zażółć gęślą jaźń 🜚',
        numbers: [0, -1.5, 1e300, Number.MAX_SAFE_INTEGER],
        deep: { nothing: null, yes: true, '': [[]] },
      }
      const { definitions } = world.stores
      const staged = await definitions.stage(only({ scenarioId: '1', payload }))
      const { definitionId } = await definitions.add(aDefinition(world, projectId), staged)
      const [scenario] = await world.stores.definitions.listScenarios(definitionId, { limit: 1 })
      expect(present(scenario).payload).toEqual(payload)
    })

    it('takes thousands in batches', async (world) => {
      const projectId = await world.project()
      const batches = Array.from({ length: 10 }, (_, batch) =>
        Array.from({ length: 300 }, (_, index) => `s${batch * 300 + index}`),
      )
      const { definitionId, scenarioCount } = await add(world, projectId, 'Large', batches)
      expect(scenarioCount).toBe(3_000)
      expect(await world.stores.definitions.scenarioIds(definitionId)).toEqual(batches.flat())
      const middle = await world.stores.definitions.listScenarios(definitionId, {
        limit: 1,
        after: { place: 1_500 },
      })
      expect(middle).toMatchObject([{ place: 1_501, scenarioId: 's1500' }])
    })

    it('lists a project’s newest first', async (world) => {
      const [mine, theirs] = [await world.project(), await world.project()]
      const made: Definition[] = []
      for (let index = 0; index < 4; index++) {
        made.unshift(await add(world, mine, `D${index}`, [['s']]))
        if (index % 2 === 0) await world.clock.advance(1_000)
      }
      await add(world, theirs, 'D', [['s']])
      const { definitions } = world.stores
      expect(await definitions.list(mine, { limit: 9 })).toEqual(made)
      const { createdAt, definitionId: id } = present(made[1])
      expect(await definitions.list(mine, { limit: 1, after: { createdAt, id } })).toEqual([made[2]])
    })
  })
}

async function add(
  world: JobWorld,
  projectId: ProjectId,
  name: string,
  batches: readonly (readonly string[])[],
): Promise<Definition> {
  async function* scenarios(): AsyncGenerator<readonly Scenario[]> {
    for (const batch of batches)
      yield batch.map((scenarioId) => ({ scenarioId, payload: { of: scenarioId } }))
  }
  const { definitions } = world.stores
  return definitions.add(aDefinition(world, projectId, name), await definitions.stage(scenarios()))
}

function aDefinition({ ids, clock }: JobWorld, projectId: ProjectId, name = 'A') {
  return {
    definitionId: ids.next() as DefinitionId,
    projectId,
    name,
    jobType: 'probe:scenario',
    createdAt: clock.now(),
  }
}

async function* only(scenario: Scenario): AsyncGenerator<readonly Scenario[]> {
  yield [scenario]
}

import { ANNOTATE, openEngine, REVIEW } from '@muster/testing/worlds'
import { describe, expect, it } from 'vitest'

const SKILLED = { ...ANNOTATE, requiredSkills: [{ anyOf: ['da', 'nb'], minLevel: 3 }] }

describe('candidates', () => {
  it('come nearest first, each with what it was decided from, and say the reason that holds for most', async () => {
    const world = await openEngine({ steps: [SKILLED, REVIEW], config: { maxConcurrentPerUser: 4 } })
    const far = await world.person('Far')
    const near = await world.person('Near', { skills: { da: 2, nl: 5 }, scripted: true })
    const both = await world.person('Both', { skills: { da: 2 }, status: 'away' })
    const { taskId } = await world.task()
    const decision = await world.engine.candidates({ taskId })
    expect(decision).toMatchObject({
      requirements: [{ anyOf: ['da', 'nb'], minLevel: 3 }],
      considered: 3,
      eligible: 0,
      chosen: null,
      mainReason: 'missingSkill',
      reasons: { missingSkill: 3, inactive: 1 },
      nextCursor: null,
    })
    expect(decision.candidates.map(({ userId }) => userId)).toEqual(
      [near, far, both].map(({ userId }) => userId),
    )
    expect(decision.candidates[0]).toEqual({
      userId: near.userId,
      displayName: 'Near',
      status: 'active',
      scripted: true,
      eligible: false,
      reasons: [{ code: 'missingSkill', anyOf: ['da', 'nb'], minLevel: 3, level: 2 }],
      score: null,
      parts: {},
      skills: { da: 2 },
      live: 0,
      limit: 4,
      quality: 0.5,
    })
  })

  it('have those who may first, the best of them at the head, and no main reason then', async () => {
    const world = await openEngine()
    const [busy, idle] = [await world.person('Busy'), await world.person('Idle')]
    await world.person('Away', { status: 'away' })
    await world.task()
    await world.claim(busy)
    const { taskId } = await world.task()
    const { candidates, mainReason, chosen, eligible } = await world.engine.candidates({ taskId })
    expect(candidates.map(({ displayName }) => displayName)).toEqual(['Idle', 'Busy', 'Away'])
    expect([mainReason, chosen, eligible]).toEqual([null, idle.userId, 2])
  })

  it('come a page at a time, whoever joins meanwhile', async () => {
    const world = await openEngine()
    for (let nth = 0; nth < 5; nth++) await world.person(`Person ${nth}`)
    const { taskId } = await world.task()
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const part = await world.engine.candidates({
        taskId,
        limit: 2,
        ...(cursor !== undefined && { cursor }),
      })
      seen.push(...part.candidates.map(({ displayName }) => displayName))
      if (cursor === undefined) await world.person('Late', { status: 'away' })
      cursor = part.nextCursor ?? undefined
    } while (cursor !== undefined)
    expect(seen).toEqual([...Array.from({ length: 5 }, (_, nth) => `Person ${nth}`), 'Late'])
    await expect(world.engine.candidates({ taskId, limit: 201 })).rejects.toMatchObject({
      code: 'validation_failed',
    })
  })

  it('name the reason of the step if it holds for as many as another does', async () => {
    const world = await openEngine()
    const ann = await world.person('Ann')
    const { taskId } = await world.task()
    await world.claim(ann)
    expect(await world.engine.candidates({ taskId })).toMatchObject({
      mainReason: 'noFreeSlot',
      reasons: { alreadyAssigned: 1, noFreeSlot: 1 },
    })
  })

  it('say that nobody is there to ask', async () => {
    const world = await openEngine()
    const { taskId } = await world.task()
    expect(await world.engine.candidates({ taskId })).toMatchObject({
      considered: 0,
      mainReason: 'noEligiblePerson',
      candidates: [],
    })
  })
})

import { openEngine } from '@muster/testing/worlds'
import { describe, expect, it } from 'vitest'

describe('an outlook', () => {
  it('counts what is open, what may be theirs, each reason, and the skills that are missing most', async () => {
    const world = await openEngine()
    const ann = await world.person('Ann', { skills: { nl: 2 } })
    const needs = (skill: string, minLevel: number) => ({ requiredSkills: [{ anyOf: [skill], minLevel }] })
    await world.addTasks({}, {}, needs('nl', 4), needs('nl', 2), needs('da', 1), needs('da', 1))
    expect(await world.engine.outlook(ann.userId)).toEqual({
      open: 6,
      forMe: 3,
      reasons: { missingSkill: 3 },
      missing: [
        { anyOf: ['da'], minLevel: 1, count: 2 },
        { anyOf: ['nl'], minLevel: 4, count: 1 },
      ],
    })
    expect(await world.live(ann)).toBe(0)
  })

  it('is read again once it is 5 s old, and not before', async () => {
    const world = await openEngine()
    const ann = await world.person('Ann')
    expect(await world.engine.outlook(ann.userId)).toMatchObject({ open: 0 })
    await world.task()
    await world.clock.advance(4_999)
    expect(await world.engine.outlook(ann.userId)).toMatchObject({ open: 0 })
    await world.clock.advance(1)
    expect(await world.engine.outlook(ann.userId)).toMatchObject({ open: 1, forMe: 1 })
  })

  it('says nothing is theirs while they are away, and tells somebody unknown of nothing', async () => {
    const world = await openEngine()
    const ann = await world.person('Ann')
    await world.task()
    await world.people.change(ann.userId, { status: 'away' })
    expect(await world.engine.outlook(ann.userId)).toMatchObject({
      open: 1,
      forMe: 0,
      reasons: { inactive: 1 },
    })
    expect(await world.engine.outlook(world.admin.userId)).toMatchObject({ open: 0, forMe: 0 })
  })
})

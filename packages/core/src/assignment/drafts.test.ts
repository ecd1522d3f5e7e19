import { ANNOTATE, openEngine, REVIEW } from '@muster/testing/worlds'
import { describe, expect, it } from 'vitest'
import type { NewForm } from '../forms/form.ts'
import { formTemplates } from '../forms/templates.ts'

const RUBRIC = formTemplates.find(({ name }) => name === 'rubric') as NewForm

async function held() {
  const world = await openEngine({ steps: [{ ...ANNOTATE, form: RUBRIC }] })
  const ann = await world.person('Ann')
  await world.task({ payload: RUBRIC.example?.payload ?? null })
  const row = await world.claimAndStart(ann)
  const { assignmentId } = row
  const save = (answers: object, more: { draftVersion?: number; attempt?: number; comment?: string } = {}) =>
    world.engine.saveDraft({ assignmentId, by: world.by(ann), answers: answers as never, ...more })
  const kept = async () => (await world.engine.work(assignmentId, world.by(ann))).draft
  return { world, ann, row, save, kept }
}

describe('a draft', () => {
  it('is kept with what is left to be answered, raises no version, and says no fact', async () => {
    const { world, row, save, kept } = await held()
    const facts = (await world.facts()).length
    const saved = await save({ correct: 3, constraints: false, reason: '' })
    expect(saved).toMatchObject({ draftVersion: 1, savedAt: world.clock.now() })
    expect(saved.open.map(({ question, rule }) => `${question} ${rule}`)).toEqual([
      'complete required',
      'clear required',
      'broken required',
    ])
    expect(await kept()).toEqual({
      answers: { correct: 3, constraints: false, reason: '' },
      draftVersion: 1,
      savedAt: world.clock.now(),
    })
    expect((await world.engine.get(row.assignmentId)).version).toBe(row.version)
    expect(await world.facts()).toHaveLength(facts)
  })

  it('refuses unknown questions, wrong types and sizes, and keeps what was there', async () => {
    const { save, kept } = await held()
    await save({ correct: 3 })
    for (const answers of [{ mood: 1 }, { correct: '3' }, { reason: 'x'.repeat(1001) }, []])
      await expect(save(answers, { draftVersion: 1 })).rejects.toThrow('answers')
    await expect(save({ reason: 'x'.repeat(262_144) }, { draftVersion: 1 })).rejects.toThrow('256 KiB')
    expect(await kept()).toMatchObject({ answers: { correct: 3 }, draftVersion: 1 })
  })

  it('is never overwritten by an older tab, which is told of the one that is kept', async () => {
    const { save, kept } = await held()
    await save({ correct: 1 })
    await save({ correct: 2 }, { draftVersion: 1 })
    for (const older of [{}, { draftVersion: 1 }, { draftVersion: 0 }])
      await expect(save({ correct: 5 }, older)).rejects.toMatchObject({
        code: 'conflict',
        details: { draft: { answers: { correct: 2 }, draftVersion: 2 } },
      })
    expect(await kept()).toMatchObject({ answers: { correct: 2 }, draftVersion: 2 })
  })

  it('extends a live hold whose attempt it names, and no other', async () => {
    const { world, row, save } = await held()
    await world.minutes(50)
    await save({ correct: 1 })
    expect((await world.engine.get(row.assignmentId)).expiresAt).toEqual(row.expiresAt)
    await save({ correct: 2 }, { draftVersion: 1, attempt: 1 })
    await world.minutes(50)
    await world.engine.expireDue()
    expect(await world.engine.get(row.assignmentId)).toMatchObject({ status: 'in_progress' })
  })

  it('outlives the hold, is offered again with it, and is gone when it is submitted', async () => {
    const { world, ann, row, save, kept } = await held()
    await save({ correct: 1 })
    await world.minutes(120)
    await world.engine.expireDue()
    await save({ correct: 2 }, { draftVersion: 1, attempt: 1 })
    expect((await world.engine.get(row.assignmentId)).status).toBe('expired')
    const again = await world.claimAndStart(ann)
    expect([again.assignmentId, again.attempt]).toEqual([row.assignmentId, 2])
    expect(await kept()).toMatchObject({ answers: { correct: 2 }, draftVersion: 2 })
    await world.submitAs(ann, again, RUBRIC.example?.result ?? null)
    expect(await kept()).toBeNull()
    await expect(save({ correct: 3 }, { draftVersion: 2 })).rejects.toThrow('it takes no draft')
  })

  it('keeps free words too, and a late submission lands in it with its own', async () => {
    const { world, ann, row, save, kept } = await held()
    await save({ correct: 1 }, { comment: 'Not sure' })
    expect(await kept()).toMatchObject({ answers: { correct: 1 }, comment: 'Not sure' })
    await save({ correct: 2 }, { draftVersion: 1 })
    expect(await kept()).not.toHaveProperty('comment')
    await world.minutes(120)
    const late = {
      assignmentId: row.assignmentId,
      by: world.by(ann),
      result: { correct: 9 },
      comment: 'Late',
    }
    await expect(world.engine.submit(late)).rejects.toMatchObject({ code: 'lease_lost' })
    expect(await kept()).toMatchObject({ answers: { correct: 9 }, comment: 'Late', draftVersion: 3 })
    expect(await world.claimAndStart(ann)).toMatchObject({ draftComment: 'Late', comment: null })
  })

  it('is forgotten some time after the hold ended, however it ended, and not while it is saved or held', async () => {
    const { world, ann, row, save, kept } = await held()
    const prune = () => world.stores.tasks.pruneDrafts(world.clock.now(), 100)
    await save({ correct: 1 })
    await world.minutes(30)
    expect(await prune()).toBe(0)
    await world.engine.release({ assignmentId: row.assignmentId, by: world.by(ann) })
    expect(await prune()).toBe(0)
    await world.minutes(1)
    await save({ correct: 2 }, { draftVersion: 1 })
    expect(await prune()).toBe(0)
    await world.claim(ann)
    await world.minutes(1)
    expect(await prune()).toBe(0)
    await world.minutes(120)
    await world.engine.expireDue()
    await world.minutes(1)
    expect([await prune(), await prune(), await kept()]).toEqual([1, 0, null])
    expect(await save({ correct: 3 }, { draftVersion: 2 })).toMatchObject({ draftVersion: 3 })
  })

  it('of a review asks for its verdict', async () => {
    const world = await openEngine({ steps: [ANNOTATE, { ...REVIEW, form: RUBRIC }] })
    const [ann, ben] = [await world.person('Ann'), await world.person('Ben')]
    await world.task({ payload: RUBRIC.example?.payload ?? null })
    await world.does(ann, 1)
    const { assignmentId } = await world.claimAndStart(ben)
    const save = (answers: object, draftVersion?: number) =>
      world.engine.saveDraft({ assignmentId, by: world.by(ben), answers: answers as never, draftVersion })
    const { open } = await save({ ...RUBRIC.example?.result, comment: 'Well' })
    expect(open).toEqual([{ question: 'verdict', rule: 'required' }])
    await expect(save({ comment: 'x'.repeat(10_001) }, 1)).rejects.toMatchObject({
      issues: [{ path: 'answers.comment', rule: 'tooLong' }],
    })
  })

  it('is for its holder and managers alone, and any JSON without a form', async () => {
    const world = await openEngine({ steps: [ANNOTATE] })
    const [ann, ben] = [await world.person('Ann'), await world.person('Ben')]
    await world.task()
    const { assignmentId } = await world.claim(ann)
    await expect(world.engine.saveDraft({ assignmentId, by: world.by(ben), answers: 1 })).rejects.toThrow(
      'Only its holder',
    )
    expect(
      await world.engine.saveDraft({ assignmentId, userId: ann.userId, answers: ['any'] }),
    ).toMatchObject({ open: [] })
  })
})

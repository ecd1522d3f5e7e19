import { type Json, jobType, type ProjectId, type RunId, type TaskId, type UserId } from '@muster/core'
import type { Calibration, NewCalibration, NewGate } from '@muster/core/evaluation'
import type { NewForm } from '@muster/core/forms'
import { all } from '@muster/testing/worlds'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createMuster } from './container.ts'
import type { Muster } from './muster.ts'
import { silentLogger } from './system/index.ts'

/** Answers what the scenario says that its model answers; null fails. */
const probe = jobType({
  name: 'probe',
  payload: z.looseObject({ say: z.record(z.string(), z.json()) }),
  retry: { maxAttempts: 1 },
  handler: ({ payload, model }): Json => {
    const said = payload.say[model ?? '']
    if (said === null || said === undefined) throw new Error('no answer')
    return said as Json
  },
})

const RIGHT: NewForm = {
  name: 'right',
  title: 'Is it right?',
  show: [{ name: 'answer', as: 'text', at: '/answer' }],
  questions: [{ id: 'right', type: 'yesNo', title: 'Right' }],
}

let muster: Muster<typeof probe>
let projectId: ProjectId
beforeEach(async () => {
  muster = await createMuster({ jobTypes: [probe], logger: silentLogger })
  projectId = (await muster.projects.add({ name: 'Answers' })).projectId
  await muster.work()
})
afterEach(() => muster.close())

/** So many scenarios of which nearly four in five are right, with a judge who is mostly of people's mind. */
function cases(count: number): { readonly family: string; readonly say: Readonly<Record<string, Json>> }[] {
  return Array.from({ length: count }, (_, n) => {
    const said = (right: boolean, nth: number): Json => ({
      text: `${right ? 'right' : 'wrong'} ${n}`,
      score: (right ? 0.6 : 0.1) + ((n * 37 + nth) % 40) / 100,
    })
    return {
      family: `f${n % 40}`,
      say: { mini: said((n * 7) % 10 < 8, 3), maxi: said((n * 11) % 10 < 9, 5) },
    }
  })
}

async function runOf(
  scenarios: readonly object[],
  models: readonly string[] = ['mini', 'maxi'],
  repeats = 1,
): Promise<RunId> {
  const run = await muster.runs.start(projectId, {
    jobType: probe,
    scenarios: scenarios.map((payload) => ({ payload: payload as never })),
    models,
    repeats,
  })
  await run.finished()
  return run.runId
}

/** A project of people who answer, each by the text that they see. */
async function people(assignmentsRequired = 1) {
  const { workflowId } = await muster.workflows.add({
    name: 'right',
    steps: [{ stepId: 'label', stepType: 'annotation', assignmentsRequired, form: RIGHT }],
  })
  const project = await muster.projects.add({
    name: 'People',
    workflowId,
    assignment: { maxConcurrentPerUser: 1_000 },
  })
  const crew: UserId[] = []
  for (let n = 0; n < assignmentsRequired; n++) {
    const { userId } = await muster.people.add({ displayName: `P${n}` })
    await muster.projects.addMember(project.projectId, userId)
    crew.push(userId)
  }
  const answerOf = (payload: Json): boolean => (payload as { answer: string }).answer.startsWith('right')
  return {
    projectId: project.projectId,
    /** Answers so many, or all. */
    async answer(
      count = Number.POSITIVE_INFINITY,
      says: (payload: Json, person: number) => boolean = answerOf,
    ): Promise<number> {
      let done = 0
      for (const [person, userId] of crew.entries()) {
        for (; done < count * (person + 1); done++) {
          const claimed = await muster.assignments.claimNext({ userId, projectId: project.projectId })
          if (claimed.kind === 'nothing') break
          const { assignmentId, taskId } = claimed.assignment
          const { payload } = await muster.tasks.get(taskId)
          await muster.assignments.accept({ assignmentId, userId })
          await muster.assignments.start({ assignmentId, userId })
          await muster.assignments.submit({ assignmentId, userId, result: { right: says(payload, person) } })
        }
      }
      return done
    },
  }
}

const asked = (runId: RunId, truth: ProjectId, more: Partial<NewCalibration> = {}): NewCalibration => ({
  runId,
  judge: { type: 'value', at: '/score' },
  range: [0, 1],
  truth: { projectId: truth, question: 'right' },
  budget: 60,
  seed: 7,
  taskPayload: { answer: '/result/text' },
  ...more,
})

describe('A calibration', () => {
  it.each(['uniform', 'stratified', 'active'] as const)(
    'estimates what people would say of each model, and their difference: %s',
    async (design) => {
      const crew = await people()
      const runId = await runOf(cases(400))
      const drawn = await muster.calibrations.start(projectId, asked(runId, crew.projectId, { design }))
      expect(drawn).toMatchObject({ status: 'labelling', units: 400, labelled: 0, kind: 'share', seed: 7 })
      expect(drawn.models.map(({ refused }) => refused?.code)).toEqual(['too_few_labels', 'too_few_labels'])
      const tasks = drawn.waiting
      await crew.answer()
      const { models, differences, ...after } = await muster.calibrations.get(drawn.calibrationId)
      expect(after).toMatchObject({ status: 'complete', waiting: 0, provisional: false, labelled: tasks / 2 })
      for (const [index, truth] of [0.8, 0.9].entries()) {
        const model = models[index]
        expect(model).toMatchObject({ refused: null, labelled: tasks / 2 })
        expect(model?.low).toBeLessThan(truth)
        expect(model?.high).toBeGreaterThan(truth)
        // What an active design saves depends on whether the judge's doubt means something.
        expect(model?.saved).toBeGreaterThan(design === 'active' ? -1 : 0.2)
        expect(model?.bias?.value).toBeCloseTo((model?.judgeMean ?? 0) - (model?.estimate ?? 0), 12)
        expect(model?.judge?.sensitivity.value).toBe(1)
      }
      expect(differences).toHaveLength(1)
      expect(differences[0]?.low).toBeLessThan(0.1)
      expect(differences[0]?.high).toBeGreaterThan(0.1)
      expect(JSON.stringify(models)).not.toMatch(/NaN|Infinity/)
    },
  )

  it('draws the same from the same seed, and more contains it', async () => {
    const crew = await people()
    const runId = await runOf(cases(300))
    for (const design of ['uniform', 'stratified', 'active'] as const) {
      const start = (budget: number) =>
        muster.calibrations.start(projectId, asked(runId, crew.projectId, { design, budget }))
      const linesOf = ({ calibrationId }: Calibration) => all(muster.calibrations.units(calibrationId))
      const [one, other] = [await linesOf(await start(50)), await linesOf(await start(50))]
      expect(other).toEqual(one)
      const small = await start(50)
      await muster.calibrations.extend(small.calibrationId, { budget: 90 })
      const [extended, large] = [await linesOf(small), await linesOf(await start(90))]
      for (const [place, line] of one.entries()) {
        expect(extended[place]?.drawn === true || !line.drawn).toBe(true)
        expect(extended[place]?.pi).toBeGreaterThanOrEqual(line.pi)
      }
      expect(extended).toEqual(large)
      for (const { pi } of one) expect(pi).toBeGreaterThan(0)
    }
  })

  it('shows people neither the model nor the score, in an order that says nothing', async () => {
    const crew = await people()
    const runId = await runOf(cases(100))
    const { calibrationId } = await muster.calibrations.start(projectId, asked(runId, crew.projectId))
    const { items } = await muster.tasks.list(crew.projectId, {}, { limit: 200 })
    expect(items).toHaveLength(120)
    const payloads = items.map(({ payload }) => payload as Readonly<Record<string, Json>>)
    for (const { of, ...shown } of payloads) {
      expect(JSON.stringify(shown)).not.toMatch(/score|mini|maxi/)
      expect(of).toMatchObject({ calibrationId, runId, repeat: 1 })
    }
    const models = payloads.map(({ of }) => (of as { model: string }).model)
    expect(models).not.toEqual([...models].sort())
    expect(items[0]?.externalId).toMatch(new RegExp(`^calibration/${calibrationId}/`))
    const bare = await muster.workflows.add({ name: 'b', steps: [{ stepId: 'a', stepType: 'annotation' }] })
    const blank = await muster.projects.add({ name: 'b', workflowId: bare.workflowId })
    await expect(muster.calibrations.start(projectId, asked(runId, blank.projectId))).rejects.toMatchObject({
      code: 'conflict',
    })
  })

  it('says what it would draw, and makes nothing', async () => {
    const crew = await people()
    const runId = await runOf(cases(400))
    const plan = await muster.calibrations.plan(projectId, asked(runId, crew.projectId, { budget: 100 }))
    expect(plan).toMatchObject({ units: 400, unscored: 0, drawn: 100, tasks: 200 })
    expect(plan.allocation.reduce((sum, { drawn }) => sum + drawn, 0)).toBe(100)
    for (const { halfWidth } of plan.halfWidths) expect(halfWidth).toBeGreaterThan(0.03)
    expect((await muster.tasks.list(crew.projectId, {}, {})).items).toEqual([])
    expect((await muster.calibrations.list(projectId, {})).items).toEqual([])
  })

  it('counts a prefix of what was drawn, so that who answers fast decides nothing', async () => {
    const crew = await people()
    const runId = await runOf(cases(200), ['mini'])
    const start = (anytime: boolean) =>
      muster.calibrations.start(
        projectId,
        asked(runId, crew.projectId, { models: ['mini'], design: 'uniform', anytime }),
      )
    const { calibrationId } = await start(true)
    await crew.answer(45)
    const looked = await muster.calibrations.get(calibrationId)
    expect(looked.waiting).toBe(15)
    expect(looked.labelled).toBeLessThanOrEqual(45)
    expect(looked.provisional).toBe(false)
    await crew.answer()
    const done = await muster.calibrations.get(calibrationId)
    const fixed = await start(false)
    await crew.answer()
    const held = await muster.calibrations.get(fixed.calibrationId)
    expect(held.models[0]?.estimate).toBe(done.models[0]?.estimate)
    const widthOf = ({ models: [model] }: Calibration): number => (model?.high ?? 0) - (model?.low ?? 0)
    // As much wider as it costs to be allowed to look.
    expect(widthOf(done) / widthOf(held)).toBeGreaterThan(1.2)
    expect(widthOf(done) / widthOf(held)).toBeLessThan(1.8)
  })

  it('tells managers how many units are labelled as labels come, and nobody else', async () => {
    const crew = await people()
    const told: Json[] = []
    for (const role of ['manager', 'annotator'] as const) {
      const { userId } = await muster.people.add({ displayName: role, role })
      await muster.projects.addMember(projectId, userId)
      const channel = { kind: 'project', projectId } as const
      const feed = await muster.feed.subscribe({ userId, tokenRole: role, channel })
      const read = (): void => {
        for (let item = feed.next(); item; item = feed.next())
          if (item.kind === 'event' && item.event.type === 'calibration_progress')
            told.push({ role, ...(item.event.data as object) } as Json)
      }
      feed.onReady(read)
      read()
    }
    const runId = await runOf(cases(100), ['mini'])
    const { calibrationId } = await muster.calibrations.start(projectId, asked(runId, crew.projectId))
    await crew.answer()
    const last = { role: 'manager', calibrationId, labelled: 60, waiting: 0 }
    await expect.poll(() => told.at(-1)).toEqual(last)
    expect(told.filter((one) => (one as { role: string }).role !== 'manager')).toEqual([])
  })

  it('takes an extension for what it is', async () => {
    const crew = await people()
    const runId = await runOf(cases(200), ['mini'])
    const { calibrationId } = await muster.calibrations.start(projectId, asked(runId, crew.projectId))
    await crew.answer()
    const extended = await muster.calibrations.extend(calibrationId, { budget: 80 })
    expect(extended).toMatchObject({ budget: 80, extended: true, waiting: 20, provisional: true })
    await expect(muster.calibrations.extend(calibrationId, { budget: 80 })).rejects.toMatchObject({
      issues: [{ path: 'budget', message: 'must be more than 80, which it is now' }],
    })
    const cancelled = await muster.calibrations.cancel(calibrationId)
    expect(cancelled).toMatchObject({ status: 'cancelled', waiting: 0 })
    expect(await muster.calibrations.cancel(calibrationId)).toEqual(cancelled)
    await expect(muster.calibrations.extend(calibrationId, { budget: 90 })).rejects.toMatchObject({
      code: 'conflict',
    })
  })
})

it('calibrates a run with repeats by the mean of each unit, once all its repeats are answered', async () => {
  const crew = await people()
  const runId = await runOf(cases(60), ['mini'], 2)
  const request = asked(runId, crew.projectId, { design: 'uniform', budget: 40 })
  const { calibrationId, waiting } = await muster.calibrations.start(projectId, request)
  expect(waiting).toBe(80)
  await crew.answer(79)
  const before = await muster.calibrations.get(calibrationId)
  expect(before.waiting).toBe(1)
  expect(before.labelled).toBeLessThan(40)
  await crew.answer()
  const done = await muster.calibrations.get(calibrationId)
  expect(done).toMatchObject({ status: 'complete', labelled: 40 })
  const units = await all(muster.calibrations.units(calibrationId))
  const labelled = units.filter(({ y }) => y !== null)
  expect(labelled).toHaveLength(40)
  expect(labelled.every(({ y }) => y === 0 || y === 1)).toBe(true)
  expect(done.models[0]?.refused).toBeNull()
  const curve = done.models[0]?.curve ?? []
  expect(curve.reduce((count, { n }) => count + n, 0)).toBe(40)
  for (const { answer, low, high, n } of curve) {
    expect(low === null).toBe(n < 2)
    expect(low ?? 0).toBeLessThanOrEqual(answer)
    expect(high ?? 1).toBeGreaterThanOrEqual(answer)
  }
  // The judge's score is 0.1 to 0.49 of what is wrong, and 0.6 to 0.99 of what is right.
  for (const { score, answer } of curve) expect(answer).toBe(score < 0.5 ? 0 : 1)
  expect(curve.map(({ score }) => score)).toEqual(curve.map(({ score }) => score).toSorted((a, b) => a - b))
})

describe('A gate by what people would say', () => {
  it('carries the judge’s uncertainty in, and says why it cannot', async () => {
    const crew = await people()
    const runId = await runOf(cases(400))
    const { calibrationId } = await muster.calibrations.start(
      projectId,
      asked(runId, crew.projectId, { budget: 120 }),
    )
    const metrics = [{ name: 'right', score: { type: 'value', at: '/score' } }] as const
    const [mini, maxi] = [
      { runId, model: 'mini' },
      { runId, model: 'maxi' },
    ]
    const gate = (
      baseline: NewGate['baseline'],
      candidate: NewGate['candidate'],
      ...rules: NewGate['rules']
    ) => muster.gates.run(projectId, { version: 1, baseline, candidate, metrics, rules })
    const rule = { metric: 'right', tier: 'critical', calibrationId } as const
    const early = await gate(mini, maxi, { ...rule, maxDrop: 0 })
    expect(early).toMatchObject({ decision: 'INCONCLUSIVE', rules: [{ reason: 'provisional' }] })
    await crew.answer()
    const { models, differences } = await muster.calibrations.get(calibrationId)
    const held = await gate(mini, maxi, { ...rule, maxDrop: 0.05, minValue: 0.7 })
    expect(held.decision).toBe('GO')
    const [drop, floor] = held.rules
    expect(drop).toMatchObject({ n: 120, difference: differences[0]?.estimate, low: differences[0]?.low })
    expect(floor).toMatchObject({ value: models[1]?.estimate, low: models[1]?.low, verdict: 'PASS' })
    const broken = await gate(mini, maxi, { ...rule, minValue: 0.99 })
    expect(broken).toMatchObject({ decision: 'NO-GO', rules: [{ verdict: 'BLOCK' }] })
    const back = await gate(maxi, mini, { ...rule, maxDrop: 0.01 })
    expect(back.rules[0]?.difference).toBe(-(differences[0]?.estimate ?? 0))
    const elsewhere = await runOf(cases(50), ['maxi'])
    const other = await gate(
      maxi,
      { runId: elsewhere, model: 'maxi' },
      { ...rule, maxDrop: 0.01 },
      { ...rule, minValue: 0, calibrationId: elsewhere },
    )
    expect(other.rules.map(({ reason }) => reason)).toEqual(['not_drawn_here', 'not_drawn_here'])
    const sliced = { ...rule, maxDrop: 0, slice: { at: '/family', is: 'f1' } }
    await expect(gate(mini, maxi, sliced)).rejects.toMatchObject({ issues: [{ path: 'rules[0].slice' }] })
  })
})

describe('A calibration gives no number', () => {
  const refusals = ({ models }: Calibration) =>
    models.map(({ refused, estimate }) => [refused?.code, estimate])

  it('of too few labels, or too few clusters', async () => {
    const crew = await people()
    const runId = await runOf(cases(200), ['mini'])
    const few = asked(runId, crew.projectId, { design: 'uniform', budget: 29 })
    const one = await muster.calibrations.start(projectId, few)
    const families = cases(200).map((one, n) => ({ ...one, family: `f${n % 9}` }))
    const clustered = await runOf(families, ['mini'])
    const two = await muster.calibrations.start(
      projectId,
      asked(clustered, crew.projectId, { design: 'uniform', clusterBy: '/family' }),
    )
    await crew.answer()
    expect(refusals(await muster.calibrations.get(one.calibrationId))).toEqual([['too_few_labels', null]])
    expect(refusals(await muster.calibrations.get(two.calibrationId))).toEqual([['too_few_labels', null]])
  })

  it('if more than one label in twenty will not come; fewer widen the interval', async () => {
    const crew = await people()
    const runId = await runOf(cases(300), ['mini'])
    const start = () =>
      muster.calibrations.start(projectId, asked(runId, crew.projectId, { design: 'uniform', budget: 100 }))
    const cancelled = async (count: number): Promise<Calibration> => {
      const { calibrationId } = await start()
      const { items } = await muster.tasks.list(crew.projectId, { status: ['open'] }, { limit: 200 })
      for (const { taskId } of items.slice(0, count)) await muster.tasks.cancel(taskId as TaskId)
      await crew.answer()
      return muster.calibrations.get(calibrationId)
    }
    const [whole, some, many] = [await cancelled(0), await cancelled(5), await cancelled(6)]
    expect(refusals(many)).toEqual([['labels_missing', null]])
    expect(some.models[0]).toMatchObject({ refused: null, labelled: 95 })
    const widthOf = ({ models: [model] }: Calibration): number => (model?.high ?? 0) - (model?.low ?? 0)
    expect(widthOf(some)).toBeGreaterThan(widthOf(whole))
  })

  it('if the judge left out more than one unit in twenty', async () => {
    const crew = await people()
    const holes = cases(100).map((one, n) =>
      n % 10 === 0 ? { ...one, say: { mini: { text: 'right' } } } : one,
    )
    const runId = await runOf(holes, ['mini'])
    const { calibrationId, unscored } = await muster.calibrations.start(
      projectId,
      asked(runId, crew.projectId),
    )
    expect(unscored).toBe(10)
    await crew.answer()
    expect(refusals(await muster.calibrations.get(calibrationId))).toEqual([['unscored', null]])
  })

  it('by labels whose weights say little', async () => {
    const crew = await people()
    const sure = cases(2_000).map((one, n) => ({
      ...one,
      say: { mini: { text: 'right', score: n < 40 ? 0.5 : n % 2 } },
    }))
    const runId = await runOf(sure, ['mini'])
    const request = asked(runId, crew.projectId, { design: 'active', floor: 0.2, budget: 50 })
    const { calibrationId } = await muster.calibrations.start(projectId, request)
    await crew.answer()
    expect(refusals(await muster.calibrations.get(calibrationId))).toEqual([['unstable_weights', null]])
  })

  it('of a run that was retried since', async () => {
    const crew = await people()
    const failing = cases(100).map((one, n) => (n === 0 ? { ...one, say: { mini: null } } : one))
    const runId = await runOf(failing, ['mini'])
    const { calibrationId } = await muster.calibrations.start(projectId, asked(runId, crew.projectId))
    await crew.answer()
    expect(refusals(await muster.calibrations.get(calibrationId))).toEqual([[undefined, expect.any(Number)]])
    await muster.runs.retryFailed(runId)
    await muster.runs.finished(runId)
    expect(refusals(await muster.calibrations.get(calibrationId))).toEqual([['run_changed', null]])
    await expect(muster.calibrations.extend(calibrationId, { budget: 70 })).rejects.toMatchObject({
      code: 'conflict',
    })
  })

  it('by people who do not agree', async () => {
    const crew = await people(2)
    const runId = await runOf(cases(300), ['mini'])
    const { calibrationId } = await muster.calibrations.start(
      projectId,
      asked(runId, crew.projectId, { budget: 200, design: 'uniform' }),
    )
    // Yes and no in turns, whatever they see, but now and then both the same: else nothing is settled.
    let nth = 0
    await crew.answer(Number.POSITIVE_INFINITY, (_payload, person) => {
      nth++
      return person === 0 ? nth % 2 === 0 : nth % 4 < 2
    })
    expect(refusals(await muster.calibrations.get(calibrationId))).toEqual([['people_disagree', null]])
  })

  it.each<[what: string, more: Partial<NewCalibration>, path: string]>([
    ['a judge outside of its range', { range: [0, 0.5] }, 'range'],
    ['a judge without a value', { judge: { type: 'value', at: '/nowhere' } }, 'judge'],
    ['an unknown model', { models: ['giant'] }, 'models[0]'],
    ['an unknown question', { truth: { projectId: '', question: 'wrong' } }, 'truth.question'],
    ['a budget that the strata cannot share', { budget: 39 }, 'budget'],
    ['people as the judge', { judge: { type: 'people', projectId: '', question: 'right' } }, 'judge'],
    ['looks at a stratified sample', { anytime: true }, 'anytime'],
    ['clusters of these very outputs', { clusterBy: '/family', target: 'run' }, 'clusterBy'],
    ['a range the wrong way round', { range: [1, 0] }, 'range'],
    ['a payload that says where it is from', { taskPayload: { of: '/result' } }, 'taskPayload'],
  ])('of %s: it is refused by its place', async (_what, more, path) => {
    const crew = await people()
    const runId = await runOf(cases(100))
    const request = asked(runId, crew.projectId, more)
    const { truth, judge } = request
    const given = {
      ...request,
      truth: { ...truth, projectId: crew.projectId },
      ...(judge.type === 'people' && { judge: { ...judge, projectId: crew.projectId } }),
    }
    await expect(muster.calibrations.start(projectId, given)).rejects.toMatchObject({ issues: [{ path }] })
    expect((await muster.calibrations.list(projectId, {})).items).toEqual([])
    expect((await muster.tasks.list(crew.projectId, {}, {})).items).toEqual([])
  })
})

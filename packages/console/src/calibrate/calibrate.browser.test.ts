import { jobType, type ProjectId, type RunId, type UserId } from '@muster/core'
import type { NewForm } from '@muster/core/forms'
import { json } from '@muster/core/schemas'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  BROKEN,
  breakCalls,
  focusOn,
  headed,
  looksWellInAll,
  type Person,
  press,
  shot,
  type Tab,
  World,
} from '../app/world.test.support.ts'

const SCENARIOS = 240
const RIGHT: NewForm = {
  name: 'right',
  title: 'Is it right?',
  show: [{ name: 'text', as: 'text', at: '/result/text', title: 'Answer' }],
  questions: [{ id: 'right', type: 'yesNo', title: 'Right' }],
}

let world: World
let manager: Person
let annotator: UserId
let projectId: ProjectId
let people: ProjectId
let tab: Tab
beforeAll(async () => {
  const guess = jobType({
    name: 'guess',
    payload: json,
    handler: async ({ payload, model }) => {
      const { n } = payload as { readonly n: number }
      const right = model === 'old' ? (n * 7) % 10 < 6 : (n * 11) % 10 < 9
      return { text: `${right ? 'right' : 'wrong'} ${n}`, score: (right ? 0.6 : 0.1) + ((n * 37) % 40) / 100 }
    },
  })
  world = await World.open({ jobTypes: [guess] })
  manager = await world.person('Ingrid Berg', 'manager')
  annotator = (await world.person('Amina Osei')).userId
  const members = [manager.userId, annotator]
  projectId = await world.place({ name: 'Language id', payloads: [], people: members })
  await world.place({ name: 'No form here', payloads: [], people: members })
  people = await world.place({
    name: 'Is it right',
    form: RIGHT,
    payloads: [],
    people: members,
    assignment: { maxConcurrentPerUser: 1_000 },
  })
  tab = await world.tab(await manager.link())
})
afterAll(() => world?.close())

const audited = (name: string) => looksWellInAll(tab.page, name)

/** Runs two models on so many scenarios. */
async function runOf(name: string, count: number): Promise<RunId> {
  const { definitionId } = await world.muster.definitions.add(projectId, {
    name,
    jobType: 'guess',
    scenarios: Array.from({ length: count }, (_, n) => ({ scenarioId: `${name}-${n}`, payload: { n } })),
  })
  const run = await world.muster.runs.start(projectId, { definitionId, models: ['old', 'new'] })
  const worker = await world.muster.work()
  await run.finished()
  await worker.close()
  return run.runId
}

/** Answers so many tasks by what they show, or all there are. */
async function answer(count = Number.POSITIVE_INFINITY): Promise<void> {
  const { muster } = world
  for (let done = 0; done < count; done++) {
    const claimed = await muster.assignments.claimNext({ userId: annotator, projectId: people })
    if (claimed.kind === 'nothing') return
    const { assignmentId, taskId } = claimed.assignment
    const { payload } = await muster.tasks.get(taskId)
    const { text } = (payload as { readonly result: { readonly text: string } }).result
    const move = { assignmentId, userId: annotator }
    await muster.assignments.start(move)
    await muster.assignments.submit({ ...move, result: { right: text.startsWith('right') } })
  }
}

describe('Calibrate', () => {
  it('says what there is to do without a calibration, and without a completed run', async () => {
    const { page } = tab
    await page.goto(`${world.origin}/console/#/calibrate?project=${projectId}`)
    await headed(page, 'Calibrate')
    await page.getByText('No judge was checked yet').waitFor()
    await audited('calibrate-empty')
    await press(page, 'n')
    const dialog = page.getByRole('dialog', { name: 'New calibration' })
    await dialog.getByText('No run of this project is completed').waitFor()
    await audited('calibrate-no-run')
    await press(page, 'Escape')
    await dialog.waitFor({ state: 'detached' })
    expect(tab.faults).toEqual([])
  })

  it('plans as one types, says which field is wrong, and starts with the number of its tasks', async () => {
    const { page } = tab
    const runId = await runOf('udhr', SCENARIOS)
    await page.goto(`${world.origin}/console/#/run?project=${projectId}&item=${runId}`)
    await page.getByRole('link', { name: 'Calibrate…' }).click()
    const dialog = page.getByRole('dialog', { name: 'New calibration' })
    await dialog.getByLabel('Project').selectOption({ label: 'No form here' })
    await dialog.getByRole('textbox', { name: 'Question' }).fill('right')
    await dialog.getByText(/has no form/).waitFor()
    await audited('calibrate-no-form')
    await dialog.getByLabel('Project').selectOption({ label: 'Is it right' })
    await dialog.getByRole('combobox', { name: 'Question' }).waitFor()
    await dialog.getByRole('button', { name: 'Start: 200 tasks' }).waitFor()
    await dialog.getByLabel('In the result at').fill('score')
    await dialog.getByText(/must be a JSON Pointer/).waitFor()
    expect(await dialog.getByLabel('In the result at').getAttribute('aria-invalid')).toBe('true')
    await dialog.getByLabel('Most', { exact: true }).fill('-1')
    await dialog.getByText('must be two numbers, the lesser first').waitFor()
    await dialog.getByLabel('Models').fill('old, newest')
    await dialog.getByLabel('Budget').fill('many')
    await dialog
      .getByText(/expected number|must be|Invalid/i)
      .nth(2)
      .waitFor()
    expect(await dialog.getByRole('button', { name: 'Start', exact: true }).isDisabled()).toBe(true)
    await audited('calibrate-wrong')
    await dialog.getByLabel('In the result at').fill('/score')
    await dialog.getByLabel('Most', { exact: true }).fill('1')
    await dialog.getByLabel('Budget').fill('80')
    await dialog.getByText('names no model of the run: newest').waitFor()
    await dialog.getByLabel('Models').fill('')
    await dialog.getByText('80 of 240 units, 160 tasks').waitFor()
    const widths = dialog.getByRole('group', { name: 'About so wide with so many labels' })
    await widths.getByText('±').first().waitFor()
    await audited('calibrate-planned')
    await dialog.getByRole('button', { name: 'Not now' }).scrollIntoViewIfNeeded()
    await shot(page, 'calibrate-plan')
    // Another budget is taken from the table of widths, by keyboard.
    await focusOn(widths.getByRole('button', { name: '40', exact: true }))
    await press(page, 'Enter')
    await dialog.getByText('40 of 240 units, 80 tasks').waitFor()
    expect(await dialog.getByLabel('Budget').inputValue()).toBe('40')
    await focusOn(dialog.getByRole('button', { name: 'Start: 80 tasks' }))
    await press(page, 'Enter')
    await headed(page, '/score beside people')
    await page.getByText(/Provisional: labels are missing/).waitFor()
    await page.getByText('0 labels count').first().waitFor()
    await audited('calibrate-begun')
    const { items } = await world.muster.tasks.list(people, {}, {})
    expect(items.every(({ externalId }) => externalId?.startsWith('calibration/'))).toBe(true)
    expect(tab.faults).toEqual([])
  })

  it('follows the labels as they come, and shows judge and people, widths and the curve', async () => {
    const { page } = tab
    const open = page.getByRole('definition').nth(1)
    await open.getByText('80', { exact: true }).waitFor()
    await answer(10)
    await open.getByText('70', { exact: true }).waitFor()
    await answer()
    await page.getByText('complete', { exact: true }).waitFor()
    await page.getByText('Provisional').waitFor({ state: 'detached' })
    await page.getByRole('img', { name: /^old: 0\.\d+, from .+; the judge says 0\.\d+$/ }).waitFor()
    await page.getByRole('img', { name: /^old: half-width 0\.\d+ with 40 labels, about/ }).waitFor()
    await page.getByRole('img', { name: /^old: people .+ where the judge says/ }).waitFor()
    await page.getByText('new less old').waitFor()
    await audited('calibrate')
    await page.getByRole('region', { name: 'Calibration curve' }).scrollIntoViewIfNeeded()
    await shot(page, 'calibrate-pictures')
    await focusOn(page.getByRole('navigation', { name: 'Pictures of' }).getByRole('link', { name: 'new' }))
    await press(page, 'Enter')
    await page.getByRole('img', { name: /^new: half-width/ }).waitFor()
    for (const [title, column] of [
      ['Judge beside people', 'Sensitivity'],
      ['Labels against width', 'Without the judge'],
      ['Calibration curve', 'People'],
    ] as const) {
      const panel = page.getByRole('region', { name: title })
      await focusOn(panel.getByRole('button', { name: 'As a table' }))
      await press(page, 'Enter')
      await panel.getByRole('group', { name: title }).getByText(column, { exact: true }).waitFor()
    }
    await audited('calibrate-tables')
    const saved = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Save report' }).click()
    expect((await saved).suggestedFilename()).toBe('calibration-_score.html')
    await page.getByRole('link', { name: 'see the tasks' }).click()
    await headed(page, 'Tasks')
    await page.getByText('80', { exact: true }).first().waitFor()
    await page.goBack()
    await headed(page, '/score beside people')
    expect(tab.faults).toEqual([])
  })

  it('extends with a larger budget alone, and cancels with the number of tasks that end', async () => {
    const { page } = tab
    await focusOn(page.getByRole('button', { name: 'Extend…' }))
    await press(page, 'Enter')
    const dialog = page.getByRole('dialog', { name: 'Extend the calibration' })
    await dialog.getByLabel('Budget').fill('40')
    await dialog.getByRole('button', { name: 'Draw up to 40 units' }).click()
    await dialog.locator('.field-fault').getByText('must be more than 40').waitFor()
    await audited('calibrate-extend')
    await dialog.getByLabel('Budget').fill('60')
    await focusOn(dialog.getByRole('button', { name: 'Draw up to 60 units' }))
    await press(page, 'Enter')
    await dialog.waitFor({ state: 'detached' })
    await page.getByText(/^Extended: the level/).waitFor()
    await page.getByText('labelling', { exact: true }).waitFor()
    await focusOn(page.getByRole('button', { name: 'Cancel…' }))
    await press(page, 'Enter')
    const asked = page.getByRole('dialog', { name: 'Cancel the calibration?' })
    await asked.getByText(/Answers that were given stay/).waitFor()
    await audited('calibrate-cancel')
    await focusOn(asked.getByRole('button', { name: 'Cancel 40 tasks' }))
    await press(page, 'Enter')
    await page.getByText('cancelled', { exact: true }).waitFor()
    expect(await page.getByRole('button', { name: 'Extend…' }).count()).toBe(0)
    const [kept] = (await world.muster.calibrations.list(projectId, {})).items
    expect(kept).toMatchObject({ status: 'cancelled', waiting: 0, budget: 60 })
    expect(tab.faults).toEqual([])
  })

  it('takes a whole request as JSON, says what may be looked at, and lists calibrations as they are drawn', async () => {
    const { page } = tab
    await page.getByRole('link', { name: 'All calibrations' }).click()
    const table = page.getByRole('grid', { name: 'Calibrate' })
    await table.getByText('/score beside right').waitFor()
    await audited('calibrate-list')
    await press(page, 'n')
    const dialog = page.getByRole('dialog', { name: 'New calibration' })
    await dialog.getByLabel('Project').selectOption({ label: 'Is it right' })
    await dialog.getByLabel('Design').selectOption('anytime')
    await dialog.getByLabel('Models').fill('new')
    await dialog.getByRole('button', { name: 'Start: 100 tasks' }).waitFor()
    await dialog.getByRole('button', { name: 'As JSON' }).click()
    const field = dialog.getByRole('textbox', { name: 'As JSON' })
    const given = JSON.parse(await field.inputValue()) as Record<string, unknown>
    expect(given).toMatchObject({ design: 'uniform', anytime: true, models: ['new'], budget: 100 })
    await field.fill('{')
    await dialog.locator('.field-fault').waitFor()
    await field.fill(JSON.stringify({ ...given, floor: 0.3 }))
    await dialog.getByText('floor needs the design active', { exact: true }).waitFor()
    await audited('calibrate-json')
    await field.fill(JSON.stringify({ ...given, budget: 50, seed: 4 }))
    await dialog.getByRole('button', { name: 'Start: 50 tasks' }).click()
    await headed(page, '/score beside people')
    await page.getByText(/^It may be looked at after each label/).waitFor()
    await page.getByText(/seed 4 ·/).waitFor()
    await page.getByRole('link', { name: 'All calibrations' }).click()
    const row = table.getByRole('row').filter({ hasText: 'labelling' })
    await row.getByText('0 of 50').waitFor()
    await answer()
    await row.waitFor({ state: 'detached' })
    await table.getByText('50 of 50').waitFor()
    await table.getByText(/^new 0\.\d+ \(0\.\d+ to/).waitFor()
    const [last] = (await world.muster.calibrations.list(projectId, {})).items
    await world.muster.calibrations.start(projectId, {
      ...(given as never as Parameters<typeof world.muster.calibrations.start>[1]),
      runId: last?.runId ?? '',
      budget: 30,
    })
    await page.getByRole('button', { name: '1 new' }).click()
    await table.getByText('0 of 30').waitFor()
    await focusOn(table)
    await press(page, 'j', 'Enter')
    await headed(page, '/score beside people')
    expect(tab.faults).toEqual([])
  })

  it('leads from Activity to the calibration, and says why one cannot be read or saved', async () => {
    const { page } = tab
    await page.goto(`${world.origin}/console/#/activity?project=${projectId}`)
    await page.getByRole('link', { name: 'A calibration is complete' }).first().click()
    await headed(page, '/score beside people')
    const mend = await breakCalls(page, '**/report.html')
    await page.getByRole('button', { name: 'Save report' }).click()
    await page.getByText(BROKEN).waitFor()
    await audited('calibrate-not-saved')
    await mend()
    await page.goto(`${world.origin}/console/#/calibrate?project=${projectId}&item=${crypto.randomUUID()}`)
    await page.getByRole('alert').waitFor()
    await audited('calibrate-error')
    await press(page, 'g', 'b')
    await headed(page, 'Calibrate')
    expect(tab.faults).toEqual([])
  })
})

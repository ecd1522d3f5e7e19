import { jobType, type ProjectId } from '@muster/core'
import { json } from '@muster/core/schemas'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  BROKEN,
  breakCalls,
  headed,
  looksWellInAll,
  type Person,
  press,
  violations,
  World,
} from './world.test.support.ts'

let world: World
let manager: Person
let annotator: Person
let projectId: ProjectId
beforeAll(async () => {
  world = await World.open({
    jobTypes: [jobType({ name: 'guess', payload: json, handler: ({ payload }) => payload })],
  })
  const { muster } = world
  manager = await world.person('Mia Berg', 'manager')
  annotator = await world.person('Ann Ferrer')
  projectId = await world.place({
    name: 'Languages',
    payloads: Array.from({ length: 12 }, (_, nth) => ({ text: `word ${nth}` })),
    people: [manager.userId, annotator.userId],
  })
  const elsewhere = await world.place({ name: 'Elsewhere', payloads: [{}], people: [] })
  for (const [project, name] of [
    [projectId, 'Greetings'],
    [elsewhere, 'Greetings of others'],
  ] as const) {
    const { definitionId } = await muster.definitions.add(project, {
      name,
      jobType: 'guess',
      scenarios: [{ payload: {} }],
    })
    await muster.runs.start(project, { definitionId, models: ['t5-large'] })
  }
  await muster.people.change(manager.userId, { status: 'away' })
})
afterAll(() => world?.close())

const options = (page: Page): Promise<string[]> =>
  page
    .getByRole('dialog')
    .getByRole('option')
    .evaluateAll((found) =>
      found.map((option) =>
        [...option.querySelectorAll('span, small')].map((part) => part.textContent).join(' | '),
      ),
    )

/** Opens the palette, types, and waits until these lines are found, and no others. */
async function finds(page: Page, words: string, lines: readonly string[]): Promise<void> {
  const field = page.getByRole('combobox', { name: 'What to look for' })
  if (!(await field.isVisible())) await page.keyboard.press('Control+k')
  await field.fill(words)
  if (lines.length === 0) await page.getByText('Nothing is called that.').waitFor()
  await expect.poll(() => options(page)).toEqual(lines)
}

const RUN = 'Greetings v1: t5-large | run · not begun · Languages'

it('finds runs, people and tasks by keyboard, and leads to each', async () => {
  const { page, faults } = await world.tab(await manager.link())
  await page.getByText('live', { exact: true }).waitFor()
  await finds(page, 't5', [RUN, 't5 | task · open · Languages'])
  await looksWellInAll(page, 'palette-found')
  await press(page, 'Enter')
  await headed(page, 'Greetings')

  await finds(page, 'ferrer', ['Ann Ferrer | person · Languages'])
  await press(page, 'Enter')
  await page.getByRole('heading', { level: 2, name: 'Ann Ferrer' }).waitFor()

  await finds(
    page,
    't1',
    ['t12', 't11', 't10', 't1'].map((name) => `${name} | task · open · Languages`),
  )
  await press(page, 'ArrowDown', 'ArrowDown', 'ArrowDown', 'Enter')
  await headed(page, 't1')

  await finds(page, 'nothing of that name', [])
  expect(await violations(page)).toEqual([])
  expect(faults).toEqual([])
})

it('says what could not be looked through, and finds the rest', async () => {
  const { page } = await world.tab(await manager.link())
  await page.getByText('live', { exact: true }).waitFor()
  const mend = await breakCalls(page, '**/api/v1/tasks?**')
  await finds(page, 't5', [RUN])
  await page.getByRole('alert').getByText(BROKEN).waitFor()
  expect(await violations(page)).toEqual([])
  await mend()
  await finds(page, 't6', ['t6 | task · open · Languages'])
  expect(await page.getByRole('alert').count()).toBe(0)
})

it('keeps the line that is chosen when more is found', async () => {
  const { page } = await world.tab(await manager.link())
  await page.getByText('live', { exact: true }).waitFor()
  const gate = Promise.withResolvers<void>()
  await page.route('**/api/v1/runs?**', async (route) => {
    await gate.promise
    await route.fallback()
  })
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'What to look for' }).fill('t5')
  const task = page.getByRole('option', { name: 't5', selected: true })
  await task.waitFor()
  gate.resolve()
  await page.getByRole('option', { name: 'Greetings v1' }).waitFor()
  expect(await task.isVisible()).toBe(true)
  await press(page, 'Enter')
  await headed(page, 't5')
})

it('asks for nothing that a role may not read', async () => {
  const { page, faults } = await world.tab(await annotator.link())
  await page.getByText('live', { exact: true }).waitFor()
  const asked: string[] = []
  page.on('request', (request) => asked.push(new URL(request.url()).pathname))
  await finds(page, 't5', [RUN])
  await finds(page, 'ferrer', [])
  const lists = asked.filter((path) => /\/(runs|tasks|members|people)$/.test(path))
  expect(lists).toEqual(['/api/v1/runs'])
  expect(faults).toEqual([])
})

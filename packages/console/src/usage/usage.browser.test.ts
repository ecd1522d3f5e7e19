import { jobType, type ProjectId } from '@muster/core'
import { json } from '@muster/core/schemas'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  BROKEN,
  breakCalls,
  focusOn,
  headed,
  looksWell,
  looksWellInAll,
  type Person,
  press,
  type Tab,
  World,
} from '../app/world.test.support.ts'

const ask = jobType({
  name: 'ask',
  payload: json,
  handler: async ({ payload }, { usage }) => {
    const { model, input } = payload as { readonly model: string; readonly input: number }
    await usage({ model, input, output: 10 })
    return null
  },
})

let world: World
let admin: Person
let manager: Person
let projectId: ProjectId
let tab: Tab
beforeAll(async () => {
  world = await World.open({ jobTypes: [ask] })
  const { projects, usage } = world.muster
  admin = await world.person('Ada Byron', 'admin')
  manager = await world.person('Mia Berg', 'manager')
  projectId = (await projects.add({ name: 'Language id' })).projectId
  await projects.addMember(projectId, manager.userId)
  await usage.putPrices({
    items: [{ model: 'big', from: new Date('2026-01-01'), inputMicros: 2_500_000, outputMicros: 10_000_000 }],
  })
  tab = await world.tab(await manager.link())
})
afterAll(() => world?.close())

const at = (query = ''): string => `${world.origin}/console/#/usage?project=${projectId}${query}`
const row = (page: Tab['page'], text: string) => page.getByRole('row').filter({ hasText: text })
const field = (page: Tab['page'], name: string) => page.getByRole('dialog').getByLabel(name, { exact: true })
const panel = (page: Tab['page'], text: string) => page.locator('.panel').filter({ hasText: text })
const figure = (page: Tab['page'], title: string) =>
  page.locator('.key-figures > div').filter({ hasText: title }).locator('dd')

async function enter(page: Tab['page'], name: string): Promise<void> {
  await focusOn(page.getByRole('button', { name, exact: true }).last())
  await press(page, 'Enter')
}

it('adds up what was used, to the last digit, however it is split', async () => {
  const { page, faults } = tab
  const { queue } = world.muster
  await page.getByText('live', { exact: true }).waitFor()
  await press(page, 'g', 'u')
  await headed(page, 'Usage')
  await page.getByText('No call was reported in this time').waitFor()
  await looksWell(page, 'usage-empty')
  await queue.add(projectId, { type: 'ask', payload: { model: 'big', input: 1_000_001 } })
  await queue.add(projectId, { type: 'ask', payload: { model: 'free', input: 7 } })
  await world.muster.work()
  await row(page, 'free').waitFor()
  // 1 000 001 at 2.50 and 10 at 10.00 for a million, rounded up once.
  await row(page, 'big').getByText('2.500103', { exact: true }).waitFor()
  expect(await figure(page, 'Cost').innerText()).toBe('2.500103')
  expect(await figure(page, 'Input').innerText()).toContain('1\u202f000\u202f008')
  await page.getByText('They count as free').waitFor()
  await looksWellInAll(page, 'usage-full')
  for (const [by, part] of [
    ['run', 'jobs of no run'],
    ['project', 'Language id'],
    ['day', new Date().toISOString().slice(0, 4)],
  ] as const) {
    await page.getByLabel('By', { exact: true }).selectOption(by)
    await row(page, part).getByText('2.500103', { exact: true }).first().waitFor()
  }
  await page.getByLabel('From', { exact: true }).fill('2031-01-01')
  await page.getByText('No call was reported in this time').waitFor()
  await page.getByLabel('To', { exact: true }).fill('2030-01-01')
  await page.locator('.field-fault').first().waitFor()
  const mend = await breakCalls(page, '**/usage?*')
  await page.getByLabel('To', { exact: true }).fill('2032-01-01')
  await page.getByText(BROKEN).first().waitFor()
  await looksWell(page, 'usage-error')
  await mend()
  expect(faults).toEqual([])
})

it('makes, changes and removes a budget by keys, on top of what others change meanwhile', async () => {
  const { page, faults } = tab
  const { budgets } = world.muster
  await page.goto(at('&show=budgets'))
  await page.getByText('There is no budget yet').waitFor()
  await press(page, 'n')
  await focusOn(field(page, 'Cap'))
  await page.keyboard.type('1,5')
  await page.getByText('must be an amount').waitFor()
  await press(page, 'Control+a')
  await page.keyboard.type('20.25')
  await field(page, 'Warns at').fill('200')
  await enter(page, 'Save')
  await page.getByRole('dialog').locator('.field-fault').waitFor()
  await looksWellInAll(page, 'usage-budget-refused')
  await field(page, 'Warns at').fill('50')
  await enter(page, 'Save')
  await panel(page, 'the project, for ever').getByText('of 20.25 spent').waitFor()
  const [made] = (await budgets.list(projectId, {})).items
  expect(made).toMatchObject({ capMicros: 20_250_000, soft: 0.5, hard: true, atCap: 'pause' })
  if (made === undefined) throw new Error('There is no budget')
  await press(page, 'n')
  await field(page, 'Cap').fill('5')
  await enter(page, 'Save')
  await page
    .getByRole('dialog')
    .getByText(/^conflict/)
    .waitFor()
  await field(page, 'Of').selectOption('day')
  await field(page, 'Zone of the day').fill('Nowhere')
  await enter(page, 'Save')
  await page.getByRole('dialog').locator('.field-fault').waitFor()
  await field(page, 'Zone of the day').fill('Europe/Berlin')
  await enter(page, 'Save')
  await panel(page, 'Europe/Berlin').getByText('begins anew').waitFor()
  await panel(page, 'for ever').getByRole('button', { name: 'Change…' }).click()
  await field(page, 'Cap').fill('30')
  await budgets.put(made.budgetId, { capMicros: 20_250_000, soft: 0.9 })
  await enter(page, 'Save')
  await page.getByText('Somebody else changed this budget meanwhile.').waitFor()
  expect(await field(page, 'Warns at').inputValue()).toBe('90')
  await enter(page, 'Save')
  await panel(page, 'for ever').getByText('of 30.00 spent').waitFor()
  expect(await budgets.get(made.budgetId)).toMatchObject({ capMicros: 30_000_000, soft: 0.9 })
  await budgets.put(made.budgetId, { capMicros: 3_000_000 })
  await panel(page, 'for ever').getByText('of 3.00 spent').waitFor()
  await looksWellInAll(page, 'usage-budgets')
  await panel(page, 'for ever').getByRole('button', { name: 'Remove…' }).click()
  await page.getByText('jobs that it held back begin at once').waitFor()
  await enter(page, 'Remove')
  await panel(page, 'for ever').waitFor({ state: 'detached' })
  expect((await budgets.list(projectId, {})).items).toHaveLength(1)
  expect(faults).toEqual([])
})

it('shows managers prices, and lets admins set them and see all projects', async () => {
  const { page } = tab
  await page.goto(at('&show=prices'))
  await row(page, 'big').getByText('2.50', { exact: true }).first().waitFor()
  expect(await page.getByRole('button', { name: 'Set a price…' }).count()).toBe(0)
  expect(await page.getByRole('link', { name: 'All projects' }).count()).toBe(0)
  const other = await world.tab(await admin.link())
  await other.page.goto(at('&show=prices'))
  await other.page.getByRole('button', { name: 'Set a price…' }).click()
  await field(other.page, 'Model').fill('free')
  await field(other.page, 'Input').fill('0.000001')
  await field(other.page, 'Output').fill('x')
  await other.page.locator('.field-fault').getByText('must be an amount').waitFor()
  await field(other.page, 'Output').fill('4')
  await looksWellInAll(other.page, 'usage-price')
  await field(other.page, 'From').fill('2020-01-01T00:00')
  await enter(other.page, 'Save')
  await other.page.getByText(/^price_used/).waitFor()
  await field(other.page, 'From').fill('')
  await enter(other.page, 'Save')
  await row(other.page, 'free').getByText('0.000001', { exact: true }).first().waitFor()
  await other.page.getByRole('link', { name: 'All projects' }).click()
  await other.page.goto(at('&show=budgets&all=1'))
  await panel(other.page, 'Language id').waitFor()
  expect(other.faults).toEqual([])
})

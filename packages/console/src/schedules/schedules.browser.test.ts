import { jobType, type ProjectId } from '@muster/core'
import type { ScheduleId } from '@muster/core/schedules'
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

const rescore = jobType({ name: 'rescore', payload: json, handler: () => null })

let world: World
let manager: Person
let projectId: ProjectId
let tab: Tab
beforeAll(async () => {
  world = await World.open({ jobTypes: [rescore] })
  manager = await world.person('Mia Berg', 'manager')
  projectId = await world.place({ name: 'Language id', payloads: [], people: [manager.userId] })
  await world.muster.definitions.add(projectId, {
    name: 'UDHR',
    jobType: 'rescore',
    scenarios: [{ scenarioId: 'a', payload: { text: 'og' } }],
  })
  tab = await world.tab(await manager.link())
})
afterAll(() => world?.close())

const at = (query = ''): string => `${world.origin}/console/#/schedules?project=${projectId}${query}`
const row = (page: Tab['page'], text: string) => page.getByRole('row').filter({ hasText: text })
const field = (page: Tab['page'], name: string) => page.getByRole('dialog').getByLabel(name, { exact: true })
const faultOf = (page: Tab['page'], name: string) =>
  page
    .getByRole('dialog')
    .locator('.field')
    .filter({ has: page.getByLabel(name, { exact: true }) })
    .locator('.field-fault')

/** Presses a button by keys alone. */
async function enter(page: Tab['page'], name: string): Promise<void> {
  await focusOn(page.getByRole('button', { name, exact: true }).last())
  await press(page, 'Enter')
}

async function add(name: string, more: object = {}): Promise<ScheduleId> {
  const { scheduleId } = await world.muster.schedules.add(projectId, {
    name,
    when: { cron: '0 0 1 1 *', zone: 'Europe/Berlin' },
    start: { job: { type: 'rescore', payload: { until: { $: '/tick' } } } },
    ...more,
  })
  return scheduleId
}

it('makes a schedule by keys alone, reads its rule back, pauses, fires and removes it', async () => {
  const { page, faults } = tab
  const { jobs, schedules } = world.muster
  await page.getByText('live', { exact: true }).waitFor()
  await press(page, 'g', 'h')
  await headed(page, 'Schedules')
  await page.getByText('Nothing starts by the clock yet').waitFor()
  await looksWell(page, 'schedules-empty')
  await press(page, 'n')
  await focusOn(field(page, 'Name'))
  await page.keyboard.type('Rescore')
  await focusOn(field(page, 'Expression'))
  await press(page, 'Control+a')
  await page.keyboard.type('30 2 * * MON-FRI')
  await field(page, 'Zone').selectOption('Europe/Berlin')
  await page.getByText('every weekday at 02:30 in Berlin').waitFor()
  expect(await page.getByRole('dialog').locator('.schedule-next li').count()).toBe(5)
  await field(page, 'What it starts').selectOption('job')
  await focusOn(field(page, 'Job type'))
  await page.keyboard.type('rescore')
  await looksWellInAll(page, 'schedules-new')
  await enter(page, 'Save')
  await page.getByRole('heading', { name: 'Rescore', exact: true }).waitFor()
  await row(page, 'Rescore').getByText('every weekday at 02:30 in Berlin').waitFor()
  await row(page, 'Rescore').getByText('job rescore').waitFor()
  const [made] = (await schedules.list(projectId, {})).items
  expect(made).toMatchObject({ when: { cron: '30 2 * * MON-FRI', zone: 'Europe/Berlin' }, paused: false })
  await press(page, 'p')
  await row(page, 'Rescore').getByText('paused').waitFor()
  expect((await schedules.list(projectId, {})).items).toMatchObject([{ paused: true, version: 2 }])
  await press(page, 'p')
  await row(page, 'Rescore').getByText('on', { exact: true }).waitFor()
  await enter(page, 'Start now…')
  await enter(page, 'Start now')
  await page.locator('.drawer').getByText('by hand').waitFor()
  await page.locator('.drawer').getByRole('link', { name: 'Its job' }).waitFor()
  expect((await jobs.search([projectId], {})).items).toMatchObject([{ type: 'rescore' }])
  await enter(page, 'Remove…')
  await page.getByText('Jobs and runs that it started stay.').waitFor()
  await enter(page, 'Remove')
  await page.getByText('Nothing starts by the clock yet').waitFor()
  expect((await schedules.list(projectId, {})).items).toEqual([])
  expect(faults).toEqual([])
})

it('says what is refused beside its field, and makes nothing', async () => {
  const { page } = tab
  await page.goto(at('&new=1'))
  await field(page, 'Expression').fill('61 * * * *')
  await faultOf(page, 'Expression').getByText(/61/).waitFor()
  await field(page, 'Name').fill('Refused')
  await field(page, 'Expression').fill('0 0 31 2 *')
  await faultOf(page, 'Expression').waitFor()
  await field(page, 'Expression').fill('0 0 * * *')
  await faultOf(page, 'Expression').waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Save' }).click()
  await faultOf(page, 'Models').waitFor()
  await field(page, 'What it starts').selectOption('job')
  await field(page, 'Job type').fill('gone')
  await page.getByText('When things go wrong').click()
  await field(page, 'Grace').fill('-1')
  await page.getByRole('button', { name: 'Save' }).click()
  await faultOf(page, 'Grace').waitFor()
  await field(page, 'Grace').fill('60')
  await page.getByRole('button', { name: 'Save' }).click()
  await faultOf(page, 'Job type').waitFor()
  await field(page, 'Payload, as JSON').fill('{')
  await page.getByRole('button', { name: 'Save' }).click()
  await faultOf(page, 'Payload, as JSON').getByText('is no JSON').waitFor()
  await looksWellInAll(page, 'schedules-refused')
  await field(page, 'When').selectOption('every')
  await field(page, 'Every').fill('1.00001')
  await faultOf(page, 'Every').waitFor()
  await field(page, 'When').selectOption('once')
  await field(page, 'At').fill('2020-01-01T00:00')
  await faultOf(page, 'At').waitFor()
  await field(page, 'Payload, as JSON').fill('{}')
  await field(page, 'Job type').fill('rescore')
  await page.getByRole('button', { name: 'Save' }).click()
  await faultOf(page, 'At').waitFor()
  expect((await world.muster.schedules.list(projectId, {})).items).toEqual([])
})

it('keeps what was typed on top of what somebody else saved meanwhile, and tells a name that is taken', async () => {
  const { page } = tab
  const { schedules } = world.muster
  await add('Taken')
  const id = await add('Two')
  await page.goto(at(`&item=${id}`))
  await page.getByRole('button', { name: '2 new schedules' }).click()
  await row(page, 'Two').waitFor()
  await page.getByRole('button', { name: 'Change…' }).click()
  await field(page, 'Expression').fill('0 5 1 1 *')
  await schedules.change(id, { graceSeconds: 120, name: 'Theirs' })
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Somebody else changed this schedule meanwhile.').waitFor()
  expect(await field(page, 'Name').inputValue()).toBe('Theirs')
  expect(await field(page, 'Expression').inputValue()).toBe('0 5 1 1 *')
  await field(page, 'Name').fill('Taken')
  await page.getByRole('button', { name: 'Save' }).click()
  await page
    .getByRole('dialog')
    .getByText(/^conflict/)
    .waitFor()
  await field(page, 'Name').fill('Ours')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await row(page, 'Ours').getByText('in January').waitFor()
  expect(await schedules.get(id)).toMatchObject({
    name: 'Ours',
    graceSeconds: 120,
    when: { cron: '0 5 1 1 *', zone: 'Europe/Berlin' },
    start: { job: { type: 'rescore' } },
  })
})

it('follows what others do and ticks as they come, and makes up for one that was passed over', async () => {
  const { page, faults } = tab
  const { schedules } = world.muster
  await page.goto(at())
  await row(page, 'Ours').waitFor()
  const id = await add('Each second', { when: { everySeconds: 1 } })
  const fresh = page.getByRole('button', { name: '1 new schedules' })
  await fresh.click()
  // Nobody fires it until a process schedules.
  await row(page, 'Each second').getByText('due').waitFor()
  // Of one that comes and goes nothing is left to ask for.
  const brief = await add('Brief')
  await fresh.waitFor()
  await schedules.remove(brief)
  await fresh.waitFor({ state: 'detached' })
  await world.muster.schedule()
  await row(page, 'Each second').getByText('overlapped').waitFor()
  await schedules.pause(id)
  await row(page, 'Each second').getByText('paused').waitFor()
  await row(page, 'Each second').click()
  const drawer = page.locator('.drawer')
  await drawer.getByText('started').waitFor()
  await looksWellInAll(page, 'schedules-open')
  await drawer.getByRole('button', { name: 'Start it…' }).first().click()
  await page.getByRole('button', { name: 'Start now', exact: true }).click()
  await drawer.getByText('by hand').waitFor()
  await schedules.remove(id)
  await drawer.getByRole('button', { name: 'Close' }).click()
  await page.locator('.virtual-row.dimmed').getByText('Each second').waitFor()
  const mend = await breakCalls(page, '**/schedules?*')
  await page.goto(`${world.origin}/console/#/queue`)
  await headed(page, 'My queue')
  await page.goto(at())
  await page.getByText(BROKEN).first().waitFor()
  await looksWell(page, 'schedules-error')
  await mend()
  expect(faults).toEqual([])
})

it('shows annotators names and next times, and no deed', async () => {
  const annotator = await world.person('Olena', 'annotator')
  await world.muster.projects.addMember(projectId, annotator.userId)
  await add(`<img src=x onerror=alert(1)> ${'w'.repeat(150)}`)
  const { page, faults } = await world.tab(await annotator.link())
  await page.goto(at('&new=1'))
  await row(page, 'Taken').waitFor()
  await looksWellInAll(page, 'schedules-annotator')
  expect(await page.getByRole('dialog').count()).toBe(0)
  expect(await page.getByRole('button', { name: 'New schedule…' }).count()).toBe(0)
  await row(page, 'Taken').click()
  await page.locator('.drawer .schedule-next time').first().waitFor()
  expect(await page.locator('.drawer footer').count()).toBe(0)
  expect(await page.locator('.drawer').getByText('What it starts').count()).toBe(0)
  expect(await page.getByText('job rescore').count()).toBe(0)
  expect(faults).toEqual([])
})

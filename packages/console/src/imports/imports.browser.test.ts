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

const probe = jobType({ name: 'probe', payload: json, handler: () => null })

let world: World
let manager: Person
let projectId: ProjectId
let tab: Tab
beforeAll(async () => {
  world = await World.open({ jobTypes: [probe] })
  manager = await world.person('Mia Berg', 'manager')
  projectId = await world.place({ name: 'Language id', payloads: [], people: [manager.userId] })
  tab = await world.tab(await manager.link())
})
afterAll(() => world?.close())

const at = (query = ''): string => `${world.origin}/console/#/imports?project=${projectId}${query}`
const row = (page: Tab['page'], text: string) => page.getByRole('row').filter({ hasText: text })

async function choose(page: Tab['page'], name: string, text: string): Promise<void> {
  const buffer = Buffer.from(text)
  await page.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/plain', buffer })
  await page.getByText(name, { exact: true }).waitFor()
}

async function enter(page: Tab['page'], name: string): Promise<void> {
  await focusOn(page.getByRole('button', { name, exact: true }).last())
  await press(page, 'Enter')
}

const figure = (page: Tab['page'], title: string) =>
  page.locator('.key-figures > div').filter({ hasText: title }).locator('dd')

it('shows what becomes of a file, tries it without making anything, and then makes it', async () => {
  const { page, faults } = tab
  const { imports, tasks } = world.muster
  await page.getByText('live', { exact: true }).waitFor()
  await press(page, 'g', 'i')
  await headed(page, 'Import')
  await page.getByText('No file was brought yet').waitFor()
  await looksWell(page, 'imports-empty')
  await press(page, 'n')
  await headed(page, 'New import')
  await looksWellInAll(page, 'imports-new')
  await choose(
    page,
    'answers.csv',
    'externalId,text,score\nq-1,hello,0.5\nq-2,<img src=x onerror=alert(1)>,1\n',
  )
  await page.getByText('taken for csv').waitFor()
  await page.getByRole('row').filter({ hasText: '/payload/text' }).waitFor()
  await page.getByLabel('Type of score').selectOption('number')
  await page.getByText('0.5', { exact: true }).waitFor()
  await looksWellInAll(page, 'imports-preview')
  await enter(page, 'Dry run')
  await headed(page, 'answers')
  // Nothing is checked before a process schedules.
  await page.locator('.page-head').getByText('checking').waitFor()
  await world.muster.schedule()
  await page.locator('.page-head').getByText('checked').waitFor()
  await page.getByText('It was checked, and nothing was made.').waitFor()
  expect(await figure(page, 'Would be made').innerText()).toBe('2')
  await looksWellInAll(page, 'imports-checked')
  expect((await tasks.list(projectId, {}, {})).items).toEqual([])
  await enter(page, 'Import it now')
  await page.locator('.page-head').getByText('completed').waitFor()
  await page.getByRole('link', { name: 'See the tasks' }).waitFor()
  expect((await tasks.list(projectId, { order: 'asc' }, {})).items).toMatchObject([
    { externalId: 'q-1', payload: { text: 'hello', score: 0.5 } },
    { externalId: 'q-2', payload: { score: 1 } },
  ])
  await page.getByRole('link', { name: 'All imports' }).click()
  await row(page, 'tasks, dry run').getByText('checked').waitFor()
  await row(page, 'completed').waitFor()
  await looksWellInAll(page, 'imports-full')
  expect((await imports.list(projectId, {})).items).toHaveLength(2)
  expect(faults).toEqual([])
})

it('tells line by line what is refused, and saves the report', async () => {
  const { page, faults } = tab
  await page.goto(at('&new=1'))
  const lines = [
    '{"externalId":"r-1","payload":{"text":"a"}}',
    '{"externalId":"r-1","payload":{"text":"b"}}',
    'no json',
  ]
  await choose(page, 'answers.ndjson', lines.join('\n'))
  await page.getByText('taken for ndjson').waitFor()
  await page.getByLabel('If an id is taken by another').selectOption('skip')
  await enter(page, 'Import')
  await headed(page, 'answers')
  await page.locator('.page-head').getByText('refused').waitFor()
  await page.getByText('A part is at fault, so nothing was made.').waitFor()
  await row(page, 'id_repeated').getByText('2', { exact: true }).waitFor()
  await row(page, 'bad_json').getByText('3', { exact: true }).waitFor()
  await looksWellInAll(page, 'imports-refused')
  await page.getByRole('link', { name: 'Notes' }).click()
  await page.getByText('Nothing of this level was found').waitFor()
  const saved = page.waitForEvent('download')
  await enter(page, 'Save report')
  expect((await saved).suggestedFilename()).toBe('import-answers-report.ndjson')
  await enter(page, 'Import the rest')
  await page.locator('.page-head').getByText('completed').waitFor()
  expect(await figure(page, 'Made').innerText()).toBe('1')
  expect(faults).toEqual([])
})

it('says beside its field what the reader does not take, and leads to what a file became before', async () => {
  const { page, faults } = tab
  await page.goto(at('&new=1'))
  await choose(page, 'scenarios.ndjson', '{"scenarioId":"s","payload":{"text":"a"}}')
  await page.getByText('How it is read').click()
  const more = page.getByLabel('Further options, as JSON')
  await more.fill('{"speed":1}')
  await page
    .locator('.field-fault')
    .getByText(/must be one of/)
    .waitFor()
  await more.fill('{')
  await page
    .locator('.field-fault')
    .getByText(/is no JSON/)
    .waitFor()
  await looksWell(page, 'imports-words')
  await more.fill('')
  await page.getByLabel('It becomes').selectOption('definition')
  await page.getByLabel('Job type').fill('probe')
  await page.getByText('taken for ndjson').waitFor()
  await enter(page, 'Import')
  await page.getByRole('link', { name: 'See the runs of its definition' }).waitFor()
  const made = page.url()
  await page.goto(at('&new=1'))
  await choose(page, 'scenarios.ndjson', '{"scenarioId":"s","payload":{"text":"a"}}')
  await page.getByLabel('It becomes').selectOption('definition')
  await page.getByLabel('Job type').fill('probe')
  await enter(page, 'Import')
  await page.getByText('This file was brought before').waitFor()
  expect(page.url()).toContain(new URL(made).hash)
  expect(faults).toEqual([])
})

it('takes a file that is dropped, can stop its upload, and follows and cancels what others bring', async () => {
  const { page, faults } = tab
  await page.goto(at())
  await headed(page, 'Import')
  const dropped = await page.evaluateHandle(() => {
    const data = new DataTransfer()
    data.items.add(new File(['text\nhello\n'], 'dropped.csv'))
    return data
  })
  await page.locator('.drops').dispatchEvent('drop', { dataTransfer: dropped })
  await page.getByText('dropped.csv', { exact: true }).waitFor()
  await page.getByText('taken for csv').waitFor()
  // The server never answers: the upload lasts until it is stopped.
  await page.route('**/imports?*', () => undefined)
  await enter(page, 'Import')
  await enter(page, 'Stop')
  await page.getByText('It was stopped before all of it was sent.').waitFor()
  await page.unroute('**/imports?*')
  await page.getByRole('link', { name: 'All imports' }).click()
  await row(page, 'scenarios').first().waitFor()
  const gate = Promise.withResolvers<void>()
  const source = async function* () {
    yield Buffer.from('text\none\n')
    await gate.promise
  }
  const receiving = world.muster.imports.start(projectId, { source: source(), name: 'theirs' })
  await expect
    .poll(async () => (await world.muster.imports.list(projectId, {})).items[0]?.name)
    .toBe('theirs')
  const [theirs] = (await world.muster.imports.list(projectId, {})).items
  await page.goto(at(`&item=${theirs?.importId}`))
  await page.locator('.page-head').getByText('receiving').waitFor()
  await looksWell(page, 'imports-receiving')
  await enter(page, 'Cancel…')
  await enter(page, 'Cancel the import')
  await page.locator('.page-head').getByText('cancelled').waitFor()
  gate.resolve()
  await receiving.catch(() => undefined)
  const mend = await breakCalls(page, '**/imports?*')
  await page.getByRole('link', { name: 'All imports' }).click()
  await page.getByText(BROKEN).first().waitFor()
  await looksWell(page, 'imports-error')
  await mend()
  expect(faults).toEqual([])
})

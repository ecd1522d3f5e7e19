import { jobType, type ProjectId } from '@muster/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  BROKEN,
  breakCalls,
  focusOn,
  headed,
  looksWell,
  type Person,
  press,
  type Tab,
  WINDOWS,
  World,
} from '../app/world.test.support.ts'

const probe = jobType({
  name: 'probe:language',
  payload: { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } },
  limits: ({ payload }) => [String(payload), 'provider:x'],
  handler: () => null,
})

let world: World
let admin: Person
let manager: Person
let projectId: ProjectId
let waiting: string
beforeAll(async () => {
  world = await World.open({ jobTypes: [probe] })
  const { limits, projects, queue } = world.muster
  admin = await world.person('Ada Byron', 'admin')
  manager = await world.person('Mia Berg', 'manager')
  projectId = (await projects.add({ name: 'Language identification' })).projectId
  await projects.addMember(projectId, manager.userId)
  await limits.put('model:adaptive', { concurrency: 200, adaptive: { min: 2, start: 12 } })
  await limits.put('model:full', { concurrency: 0 })
  await limits.put('model:paused', { perMinute: 600, unitsPerMinute: 90_000, estimate: 1_500, paused: true })
  await limits.put(`a:<img src=x onerror=alert(1)>${'w'.repeat(60)}`.replaceAll(' ', '-'), { perMinute: 0.5 })
  for (let n = 0; n < 3; n++) {
    const job = await queue.add(projectId, { type: 'probe:language', payload: 'model:full' })
    waiting = job.jobId
  }
  await limits.cool('provider:x', 3_000)
})
afterAll(() => world?.close())

const at = (query = ''): string => `${world.origin}/console/#/limits${query}`
const row = (page: Tab['page'], text: string) => page.getByRole('row').filter({ hasText: text })
const field = (page: Tab['page'], name: string) =>
  page.getByRole('dialog').getByRole('textbox', { name, exact: true })

/** Presses a button by keys alone. */
async function enter(page: Tab['page'], name: string): Promise<void> {
  await focusOn(page.getByRole('button', { name }).last())
  await press(page, 'Enter')
}

describe.each(WINDOWS)('in %s at %i × %i', (colorScheme, width, height) => {
  it('passes the audit full, open, asking, refused, empty and in error', async () => {
    const { page, faults } = await world.tab('about:blank', { colorScheme, viewport: { width, height } })
    const look = (name: string): Promise<void> => looksWell(page, `limits-${name}-${colorScheme}-${width}`)
    await page.goto(await admin.link())
    await page.goto(at())
    await headed(page, 'Limits')
    await page.getByText(/^cools for/).waitFor()
    await look('full')
    await page.goto(at('?item=model:adaptive'))
    await page.getByText('200 jobs').waitFor()
    await look('open')
    await page.getByRole('button', { name: 'Change…' }).click()
    await field(page, 'At once').fill('many')
    await field(page, 'Adaptive from').fill('0')
    await page.getByRole('button', { name: 'Save' }).click()
    await page
      .getByText(/expected number/)
      .first()
      .waitFor()
    await look('refused')
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Cool…' }).click()
    await look('cool')
    await page.keyboard.press('Escape')
    await page.goto(at('?prefix=none:'))
    await page.getByText('No key begins so').waitFor()
    await look('empty')
    const mend = await breakCalls(page, '**/api/v1/limits?*')
    await page.goto(`${world.origin}/console/#/queue`)
    await headed(page, 'My queue')
    await page.goto(at())
    await page.getByText(BROKEN).first().waitFor()
    await look('error')
    await mend()
    expect(faults).toEqual([])
  })
})

it('sets a key, cools and warms it and gives it back to its default by keys alone', async () => {
  const { limits } = world.muster
  const { page, faults } = await world.tab(await admin.link())
  await page.getByText('live', { exact: true }).waitFor()
  await press(page, 'g', 'l')
  await headed(page, 'Limits')
  await press(page, 'n')
  await focusOn(field(page, 'Key'))
  await page.keyboard.type('model:keys')
  await focusOn(field(page, 'At once'))
  await page.keyboard.type('4')
  await focusOn(field(page, 'Starts a minute'))
  await page.keyboard.type('0.5')
  await enter(page, 'Save')
  await page.getByRole('heading', { name: 'model:keys' }).waitFor()
  await page.getByText('0.5 starts').waitFor()
  expect(await limits.get('model:keys')).toMatchObject({ concurrency: 4, perMinute: 0.5, paused: false })
  await enter(page, 'Cool…')
  await focusOn(field(page, 'For'))
  await press(page, 'Control+a', '9', '0', '0')
  await focusOn(page.getByRole('dialog').getByRole('button', { name: 'Cool' }))
  await press(page, 'Enter')
  await page
    .locator('.drawer')
    .getByText(/^cools for 1[45] min/)
    .waitFor()
  await enter(page, 'Warm')
  await page.getByRole('button', { name: 'Cool…' }).waitFor()
  expect((await limits.get('model:keys')).coolUntil).toBeNull()
  await enter(page, 'Back to the default…')
  await enter(page, 'Drop the settings')
  await page.locator('.drawer').getByText('the application').waitFor()
  expect(await limits.get('model:keys')).toMatchObject({ origin: 'code', concurrency: null })
  expect(faults).toEqual([])
})

it('says what is refused beside its field, and changes nothing', async () => {
  const { limits } = world.muster
  await limits.put('model:refused', { concurrency: 5, perMinute: 100 })
  const { page } = await world.tab(await admin.link())
  await page.goto(at('?item=model:refused'))
  await page.getByRole('button', { name: 'Change…' }).click()
  const faultOf = (name: string) =>
    page.locator('.field').filter({ has: page.getByRole('textbox', { name, exact: true }) })
  await field(page, 'At once').fill('1,5')
  await field(page, 'Starts a minute').fill('20000000')
  await page.getByRole('button', { name: 'Save' }).click()
  await faultOf('At once')
    .getByText(/expected number/)
    .waitFor()
  await faultOf('Starts a minute')
    .getByText(/10000000/)
    .waitFor()
  await field(page, 'At once').fill('')
  await field(page, 'Starts a minute').fill('100')
  await field(page, 'Burst').fill('200')
  await field(page, 'Adaptive from').fill('2')
  await page.getByRole('button', { name: 'Save' }).click()
  await faultOf('Burst').getByText('must not be greater than perMinute').waitFor()
  await faultOf('Adaptive from').getByText('needs concurrency beside it').waitFor()
  expect(await page.getByRole('dialog').getByRole('alert').count()).toBe(0)
  await page.keyboard.press('Escape')
  await press(page, 'n')
  await field(page, 'Key').fill('no key')
  await page.getByRole('button', { name: 'Save' }).click()
  await faultOf('Key')
    .getByText(/must be/)
    .waitFor()
  expect(await limits.get('model:refused')).toMatchObject({ concurrency: 5, perMinute: 100, version: 1 })
})

it('keeps what was typed on top of what somebody else saved meanwhile', async () => {
  const { limits } = world.muster
  await limits.put('model:two', { concurrency: 5, perMinute: 100 })
  const { page } = await world.tab(await admin.link())
  await page.goto(at('?item=model:two'))
  await page.getByRole('button', { name: 'Change…' }).click()
  await field(page, 'At once').fill('6')
  await limits.put('model:two', { concurrency: 5, perMinute: 300 })
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Somebody else changed this key meanwhile.').waitFor()
  expect(await field(page, 'At once').inputValue()).toBe('6')
  expect(await field(page, 'Starts a minute').inputValue()).toBe('300')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  expect(await limits.get('model:two')).toMatchObject({ concurrency: 6, perMinute: 300 })
  await press(page, 'n')
  await field(page, 'Key').fill('model:two')
  await field(page, 'At once').fill('9')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('This key has been set already.').waitFor()
  expect(await field(page, 'Starts a minute').inputValue()).toBe('300')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  expect(await limits.get('model:two')).toMatchObject({ concurrency: 9, perMinute: 300 })
})

it('narrows by the beginning of a key, and follows what others do, but not while the tab is hidden', async () => {
  const { limits } = world.muster
  await limits.put('moving:a', { concurrency: 3 })
  const { page, faults } = await world.tab(await admin.link())
  await page.goto(at())
  await row(page, 'model:paused').waitFor()
  await press(page, '/')
  await page.keyboard.type('moving:')
  await press(page, 'Enter')
  await row(page, 'model:paused').waitFor({ state: 'detached' })
  await row(page, 'moving:a').getByText('0 of 3').waitFor()
  await limits.put('moving:a', { concurrency: 7 })
  await row(page, 'moving:a').getByText('0 of 7').waitFor()
  await limits.put('moving:b', { concurrency: 1 })
  await page.getByRole('button', { name: '1 new keys' }).click()
  await row(page, 'moving:b').waitFor()
  const see = (state: 'hidden' | 'visible'): Promise<void> =>
    page.evaluate((now) => {
      Object.defineProperty(document, 'visibilityState', { get: () => now, configurable: true })
      document.dispatchEvent(new Event('visibilitychange'))
    }, state)
  await page.clock.install()
  await see('hidden')
  let asked = 0
  page.on('request', (request) => {
    if (request.url().includes('/limits')) asked += 1
  })
  await limits.put('moving:a', { concurrency: 8 })
  await page.clock.runFor(60_000)
  expect(asked).toBe(0)
  await see('visible')
  await row(page, 'moving:a').getByText('0 of 8').waitFor()
  expect(faults).toEqual([])
})

it('lets managers change keys of their projects alone, and annotators see nothing', async () => {
  const { limits } = world.muster
  const { page, faults } = await world.tab(await manager.link())
  await page.goto(at())
  await row(page, 'model:full').waitFor()
  expect(await row(page, 'model:paused').count()).toBe(0)
  await page.goto(at('?item=model:full'))
  await page.getByText('only admins change it').waitFor()
  expect(await page.getByRole('button', { name: 'Change…' }).count()).toBe(0)
  await press(page, 'n')
  expect(await field(page, 'Key').inputValue()).toBe(`project:${projectId}:`)
  await field(page, 'Key').fill(`project:${projectId}:tenant-7`)
  await field(page, 'At once').fill('2')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('button', { name: 'Change…' }).waitFor()
  expect(await limits.get(`project:${projectId}:tenant-7`)).toMatchObject({ concurrency: 2 })
  await press(page, 'n')
  await field(page, 'Key').fill('model:other')
  await page.getByRole('button', { name: 'Save' }).click()
  await page
    .getByRole('dialog')
    .getByText(/^forbidden/)
    .waitFor()
  expect(faults).toEqual([])
  const annotator = await world.person('Olena', 'annotator')
  const { page: other } = await world.tab(await annotator.link())
  await other.goto(at())
  await headed(other, 'There is nothing here')
})

it('is where a job that waits for a key leads to', async () => {
  const { page, faults } = await world.tab(await manager.link())
  await page.goto(`${world.origin}/console/#/jobs?item=${waiting}`)
  await page.getByText('The limit model:full is full.').waitFor()
  await page.getByRole('link', { name: 'Show model:full' }).click()
  await headed(page, 'Limits')
  await page.getByRole('heading', { name: 'model:full' }).waitFor()
  await page.getByText('0 of 0').first().waitFor()
  expect(faults).toEqual([])
})

import { jobType } from '@muster/core'
import type { ProcessId } from '@muster/core/operating'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { focusOn, headed, type Person, shot, type Tab, violations, World } from '../app/world.test.support.ts'

const slow = jobType({
  name: 'probe:language',
  payload: { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } },
  concurrency: 4,
  handler: () => null,
})
const nobodys = jobType({ ...slow, name: 'translate' })

let world: World
let admin: Person
let close: () => Promise<void>
beforeAll(async () => {
  world = await World.open({ jobTypes: [slow, nobodys] })
  const { muster } = world
  admin = await world.person('Ada Byron', 'admin')
  await world.person('<img src=x onerror=alert(1)>', 'manager')
  const { projectId } = await muster.projects.add({ name: 'Language identification' })
  for (let n = 0; n < 3; n++) await muster.queue.add(projectId, { type: 'translate', payload: n })
  await muster.queue.add(projectId, { type: 'probe:language', payload: 1 })
  const worker = await muster.work({ types: ['probe:language'] })
  close = () => worker.close()
  // One that died half a minute ago.
  const now = Date.now()
  await muster.persistence.stores.processes.report(
    {
      processId: '01890000-0000-7000-8000-000000000001' as ProcessId,
      roles: ['worker'],
      host: 'lost-host',
      pid: 7,
      version: '1.2.3',
      since: new Date(now - 3_600_000),
      slots: 50,
      active: 47,
      types: [],
      lagP99Ms: 1_500,
    },
    { now: new Date(now - 75_000), until: new Date(now - 30_000) },
  )
  await vi.waitFor(async () =>
    expect((await muster.system.processes()).processes.map(({ roles }) => roles)).toContainEqual([
      'api',
      'scheduler',
      'worker',
    ]),
  )
})
afterAll(async () => {
  await close?.()
  await world?.close()
})

const at = (): string => `${world.origin}/console/#/system`
const row = (page: Tab['page'], text: string) => page.getByRole('row').filter({ hasText: text })

describe.each([
  ['light', 1280, 800],
  ['dark', 1280, 800],
  ['light', 360, 740],
  ['dark', 360, 740],
] as const)('in %s at %i × %i', (colorScheme, width, height) => {
  it('passes the audit full, with its question, held, empty and in error', async () => {
    const { page, faults } = await world.tab('about:blank', { colorScheme, viewport: { width, height } })
    const look = async (name: string): Promise<void> => {
      await shot(page, `system-${name}-${colorScheme}-${width}`)
      expect([name, await violations(page)]).toEqual([name, []])
      const wider = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      expect([name, wider]).toEqual([name, 0])
    }
    await page.goto(await admin.link())
    await page.goto(at())
    await headed(page, 'System')
    await page.getByText('No worker that is alive does jobs of type translate, and 3 wait for one.').waitFor()
    if (width > 640) {
      await row(page, 'lost-host').getByText('silent').waitFor()
      await row(page, '<img src=x').waitFor()
    }
    expect((await page.getByRole('table').count()) > 0).toBe(width > 640)
    await look('full')
    await page.keyboard.press('.')
    await page.getByText(/^held at/).waitFor({ state: 'attached' })
    await look('held')
    await page.keyboard.press('.')
    await page.getByRole('button', { name: 'Pause everything…' }).click()
    await page.getByRole('dialog').waitFor()
    await look('dialog')
    await page.keyboard.press('Escape')
    await page.route('**/system/processes', (route) =>
      route.fulfill({ json: { workers: [], processes: [] } }),
    )
    await page.route('**/system/queue', (route) =>
      route.fulfill({
        json: {
          paused: true,
          counts: { pending: 0, active: 0, completed: 0, failed: 0, cancelled: 0 },
          types: [],
        },
      }),
    )
    await page.goto(`${world.origin}/console/#/queue`)
    await headed(page, 'My queue')
    await page.goto(at())
    await page.getByRole('button', { name: 'Resume everything' }).waitFor()
    if (width > 640) await page.getByText('No process tells of itself.').waitFor()
    await look('empty')
    await page.route('**/api/v1/system', (route) =>
      route.fulfill({
        status: 500,
        contentType: 'application/problem+json',
        body: '{"status":500,"code":"internal","detail":"It broke","requestId":"r-17"}',
      }),
    )
    await page.goto(`${world.origin}/console/#/queue`)
    await headed(page, 'My queue')
    await page.goto(at())
    await page.getByText('internal · r-17').waitFor()
    await look('error')
    expect(faults).toEqual([])
    await page.context().close()
  })
})

it('is reached and paused by keys alone, and follows what others do', async () => {
  const { page, faults } = await world.tab(await admin.link())
  await page.getByText('live', { exact: true }).waitFor()
  for (const key of ['g', 's']) await page.keyboard.press(key)
  await headed(page, 'System')
  const pause = page.getByRole('button', { name: 'Pause everything…' })
  await focusOn(pause)
  await page.keyboard.press('Enter')
  const deed = page.getByRole('dialog').getByRole('button', { name: 'Pause all queues' })
  await focusOn(deed)
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Resume everything' }).waitFor()
  expect((await world.muster.system.status()).paused).toBe(true)
  await world.muster.system.resume()
  await pause.waitFor()
  const worker = await world.muster.work({ types: ['translate'], schedule: false })
  await page.getByText('No worker that is alive does jobs of type translate').waitFor({ state: 'detached' })
  await worker.close()
  expect(faults).toEqual([])
  await page.context().close()
})

it('is there for admins alone', async () => {
  const manager = await world.person('Mia Berg', 'manager')
  const { page } = await world.tab(await manager.link())
  await page.getByText('live', { exact: true }).waitFor()
  expect(await page.getByRole('link', { name: 'System' }).count()).toBe(0)
  await page.goto(at())
  await headed(page, 'There is nothing here')
  await page.context().close()
})

import { readFile } from 'node:fs/promises'
import { jobType, type ProjectId } from '@muster/core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  BROKEN,
  breakCalls,
  focusOn,
  headed,
  looksWell,
  type Person,
  press,
  type Tab,
  violations,
  WINDOWS,
  World,
} from '../app/world.test.support.ts'

interface Probe {
  readonly n: number
  readonly fails?: string
}

/** Does what its payload says: fails by a time that differs each time, or by a word, or gives a number. */
const probe = jobType({
  name: 'probe:language',
  payload: { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value: value as Probe }) } },
  retry: { maxAttempts: 1 },
  handler: ({ payload: { n, fails } }) => {
    if (fails === 'slow') throw new Error(`Timed out after ${1_000 + n} ms`)
    if (fails !== undefined) throw new Error(fails)
    return { n }
  },
})

let world: World
let manager: Person
let projectId: ProjectId
beforeAll(async () => {
  world = await World.open({ jobTypes: [probe] })
  const { muster } = world
  manager = await world.person('Mia Berg', 'manager')
  const project = await muster.projects.add({ name: 'Language identification' })
  projectId = project.projectId
  await muster.projects.addMember(projectId, manager.userId)
  const add = (payload: object): Promise<unknown> =>
    muster.queue.add(projectId, { type: 'probe:language', payload: payload as never })
  for (let n = 0; n < 12; n++) await add({ n, fails: 'slow' })
  for (let n = 0; n < 3; n++) await add({ n, fails: '<img src=x onerror=alert(1)> is no language' })
  for (let n = 0; n < 5; n++) await add({ n })
  const worker = await muster.work()
  await vi.waitFor(async () =>
    expect((await muster.queue.status(projectId, {})).counts).toMatchObject({ failed: 15, completed: 5 }),
  )
  await worker.close()
  await muster.queue.add(projectId, { type: 'probe:language', payload: { n: 99 } })
})
afterAll(() => world?.close())

const at = (query = ''): string => `${world.origin}/console/#/jobs?project=${projectId}${query}`
const row = (page: Tab['page'], text: string | RegExp) => page.getByRole('row').filter({ hasText: text })

describe.each(WINDOWS)('in %s at %i × %i', (colorScheme, width, height) => {
  it('passes the audit full, with a drawer and a dialog, filtered to nothing, and in error', async () => {
    const { page, faults } = await world.tab('about:blank', { colorScheme, viewport: { width, height } })
    const look = (name: string) => looksWell(page, `jobs-${name}-${colorScheme}-${width}`)
    await page.goto(await manager.link())
    await page.goto(at('&state=failed'))
    await row(page, 'Timed out').first().waitFor()
    await page.getByText('Timed out after #').first().waitFor()
    await look('failed')
    await row(page, 'Timed out').first().click()
    await page.getByRole('heading', { name: 'Attempts' }).waitFor()
    await look('drawer')
    await page.goto(at('&state=cancelled'))
    await page.getByText('No job matches these filters').waitFor()
    await look('empty')
    await breakCalls(page, '**/jobs?*')
    await page.goto(`${world.origin}/console/#/queue`)
    await headed(page, 'My queue')
    await page.goto(at())
    await page.getByText(BROKEN).waitFor()
    await look('error')
    expect(faults).toEqual([])
    await page.context().close()
  })
})

it('is worked by keys alone: found, read, narrowed to a cause, and tried again in bulk to its end', async () => {
  const { page, faults } = await world.tab(await manager.link())
  await page.getByText('live', { exact: true }).waitFor()
  await press(page, 'g', 'j')
  await headed(page, 'Jobs')
  await row(page, 'pending').first().waitFor()
  await press(page, '/')
  await page.keyboard.type('state:fa')
  await press(page, 'ArrowDown', 'Enter')
  await expect.poll(() => page.url()).toContain('state=failed')
  await page.keyboard.type('no language')
  await press(page, 'Enter', 'Escape')
  await row(page, 'Timed out').first().waitFor({ state: 'detached' })
  await row(page, 'onerror').first().waitFor()
  await press(page, 'j', 'Enter')
  const drawer = page.getByRole('region', { name: /probe:language/ })
  await drawer.getByText('handler_failed').first().waitFor()
  await press(page, 'Escape')
  await drawer.waitFor({ state: 'detached' })

  await page.goto(at('&state=failed'))
  await row(page, 'Timed out').first().waitFor()
  await row(page, 'Timed out').first().click()
  await press(page, 'Escape', 'e')
  await expect.poll(() => page.url()).toContain('cause=')
  await row(page, 'onerror').first().waitFor({ state: 'detached' })
  await press(page, 'r')
  const dialog = page.getByRole('dialog')
  const deed = dialog.getByRole('button', { name: 'Retry 12 jobs' })
  await deed.waitFor()
  expect(await violations(page)).toEqual([])
  await focusOn(deed)
  await press(page, 'Enter')
  await dialog.waitFor({ state: 'detached' })
  const scheduler = await world.muster.schedule()
  await page.getByText('Retried 12 of 12').waitFor()
  await scheduler.close()
  await page.getByText('No job matches these filters').waitFor()
  expect((await world.muster.queue.status(projectId, {})).counts).toMatchObject({ failed: 3, pending: 13 })

  // A name that is no filter hides nothing, and says so; nothing is moved by such an address.
  await page.goto(at('&state=failed&runId=r'))
  await page.getByText('The address asks for what is no filter here: runId').waitFor()
  await row(page, 'onerror').first().waitFor()
  expect(await page.getByRole('button', { name: 'Retry…' }).count()).toBe(0)

  // One job after the other: nothing of the first stays while the second is read; the end of one is asked for.
  await page.goto(at('&state=pending'))
  const heading = drawer.getByRole('heading', { level: 2 }).first()
  await row(page, 'pending').nth(1).click()
  await drawer.waitFor()
  const [first, itemAt] = [await heading.innerText(), /item=([\w-]+)/]
  const [, one = ''] = itemAt.exec(page.url()) ?? []
  let go = (): void => {}
  const gone = new Promise<void>((resolve) => {
    go = resolve
  })
  await page.route(/\/jobs\/[\w-]+$/, async (route) => {
    await gone
    await route.continue()
  })
  await row(page, 'pending').nth(2).click()
  await expect.poll(() => page.url()).not.toContain(one)
  await expect.poll(() => page.getByText(first, { exact: true }).count()).toBe(0)
  expect(await page.getByRole('button', { name: 'Cancel this job…' }).count()).toBe(0)
  go()
  await page.getByRole('button', { name: 'Cancel this job…' }).press('Enter')
  await dialog.getByRole('button', { name: 'Cancel this job' }).press('Enter')
  await dialog.waitFor({ state: 'detached' })
  await drawer.getByText('cancelled').first().waitFor()
  expect((await world.muster.queue.status(projectId, {})).counts).toMatchObject({ pending: 12, cancelled: 1 })
  await page.unroute(/\/jobs\/[\w-]+$/)

  // What is held stands, its figures too, until it is let go.
  const pending = page.getByRole('navigation', { name: 'State' }).getByRole('link', { name: /^pending/ })
  await expect.poll(() => pending.innerText()).toMatch(/\b12$/)
  await press(page, 'Escape', '.')
  await page.getByText(/^held at/).waitFor()
  await world.muster.queue.add(projectId, { type: 'probe:language', payload: { n: 100 } as never })
  await page.getByText(/^held at .* · [1-9]\d* changes?/).waitFor()
  expect(await pending.innerText()).toMatch(/\b12$/)
  await press(page, '.')
  await expect.poll(() => pending.innerText()).toMatch(/\b13$/)
  expect(faults).toEqual([])
})

it('selects rows by keys, exports what is selected, and moves these alone', async () => {
  const { page, faults } = await world.tab(await manager.link())
  await page.goto(at('&state=pending'))
  await row(page, 'pending').nth(2).waitFor()
  const press = async (...keys: readonly string[]): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key)
  }
  await press('j', 'x', 'Shift+ArrowDown')
  await page.getByText('2 selected').waitFor()
  await page.getByRole('button', { name: 'Export' }).click()
  expect(await violations(page)).toEqual([])
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'Export as CSV' }).click(),
  ])
  expect(file.suggestedFilename()).toBe('jobs.csv')
  const lines = (await readFile(await file.path(), 'utf8')).trim().split('\r\n')
  expect(lines).toHaveLength(3)
  expect(lines[0]).toContain('jobId,projectId,type,state')
  await press('Escape', 'Control+a', 'Control+a')
  await page.getByText(/match, all selected/).waitFor()
  await page.getByRole('button', { name: 'Clear' }).click()
  await press('j', 'x')
  await page.getByText('1 selected').waitFor()
  const before = (await world.muster.queue.status(projectId, {})).counts.cancelled
  await page.getByRole('button', { name: 'Cancel…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel 1 job' }).click()
  const scheduler = await world.muster.schedule()
  await page.getByText('Cancelled 1 of 1').waitFor()
  await scheduler.close()
  expect((await world.muster.queue.status(projectId, {})).counts.cancelled).toBe(before + 1)
  expect(faults).toEqual([])
})

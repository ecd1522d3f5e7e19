import { jobType } from '@muster/core'
import { json } from '@muster/core/schemas'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { focusOn, headed, type Tab, World } from './world.test.support.ts'

const ITEMS = 24
const JOBS = 3_000

let world: World
beforeAll(async () => {
  const guess = jobType({ name: 'guess', payload: json, handler: () => null })
  world = await World.open({ jobTypes: [guess] })
})
afterAll(() => world?.close())

/** What the page holds after a collection, in MB, as Chromium says. */
async function heapMb({ context, page }: Tab): Promise<number> {
  const cdp = await context.newCDPSession(page)
  await cdp.send('HeapProfiler.collectGarbage')
  return (await cdp.send('Runtime.getHeapUsage')).usedSize / 1_000_000
}

it('needs few files until somebody works, and holds little after many items', async () => {
  const person = await world.person('Ada Quick')
  await world.place({
    name: 'Many short ones',
    form: {
      name: 'short',
      title: 'Answer quality',
      show: [{ name: 'text', as: 'text', at: '/text' }],
      questions: [{ id: 'helpful', type: 'scale', title: 'How helpful is it?', min: 1, max: 5 }],
    },
    payloads: Array.from({ length: ITEMS + 3 }, (_, n) => ({
      text: `${n} ${'free and equal '.repeat(300)}`,
    })),
    people: [person.userId],
  })
  const files: string[] = []
  const tab = await world.tab('about:blank')
  const { page } = tab
  page.on('request', (request) => {
    if (['document', 'script', 'stylesheet', 'font'].includes(request.resourceType()))
      files.push(request.url())
  })
  await page.goto(await person.link())
  const item = page.locator('article.item')
  await item.waitFor()
  await page.getByText('live', { exact: true }).waitFor()
  expect(files.length).toBeLessThanOrEqual(12)
  for (let n = 0; n < ITEMS; n++) {
    const before = await item.innerText()
    await page.keyboard.press('3')
    await page.keyboard.press('Enter')
    await expect.poll(() => item.innerText()).not.toBe(before)
  }
  expect(await heapMb(tab)).toBeLessThanOrEqual(20)
  expect(tab.faults).toEqual([])
})

it('is painted before any answer, and asks for its session and its parts before its own script runs', async () => {
  const person = await world.person('Fay First')
  await world.place({ name: 'First sight', payloads: [{ text: 'one' }], people: [person.userId] })
  const tab = await world.tab('about:blank')
  const { page } = tab
  const asked: string[] = []
  const letGo: (() => void)[] = []
  await page.route(/\/console\/(session|files\/index-[\w-]+\.js)$/, async (route) => {
    await new Promise<void>((resolve) => letGo.push(resolve))
    await route.continue()
  })
  page.on('request', (request) => asked.push(new URL(request.url()).pathname))
  await page.goto(await person.link(), { waitUntil: 'commit' })
  await expect.poll(() => letGo.length).toBe(2)
  await expect
    .poll(() => page.evaluate(() => performance.getEntriesByName('first-contentful-paint').length))
    .toBe(1)
  expect(await page.locator('#shell svg').isVisible()).toBe(true)
  await expect.poll(() => asked.filter((path) => path.includes('/files/page-')).length).toBeGreaterThan(0)
  for (const go of letGo) go()
  await headed(page, 'First sight')
  expect(await page.locator('#shell').count()).toBe(0)
  expect(tab.faults).toEqual([])
})

it('draws and holds little of a list, however long it is', async () => {
  const manager = await world.person('Mia Long', 'manager')
  const projectId = await world.place({ name: 'Many jobs', payloads: [], people: [manager.userId] })
  for (let from = 0; from < JOBS; from += 1_000)
    await world.muster.queue.addMany(
      projectId,
      Array.from({ length: 1_000 }, (_, n) => ({ type: 'guess', payload: { n: from + n } })),
    )
  const tab = await world.tab(await manager.link())
  const { page } = tab
  await page.getByText('live', { exact: true }).waitFor()
  await page.goto(`${world.origin}/console/#/jobs?project=${projectId}`)
  const rows = page.getByRole('row')
  await rows.nth(5).waitFor()
  const grid = page.getByRole('grid', { name: 'Jobs' })
  await focusOn(grid)
  for (let n = 0; n < 12; n++) {
    await page.keyboard.press('End')
    await expect.poll(() => rows.count()).toBeGreaterThan(5)
    expect(await rows.count()).toBeLessThanOrEqual(60)
  }
  expect(await heapMb(tab)).toBeLessThanOrEqual(60)
  expect(tab.faults).toEqual([])
})

it('hears nothing of a project while its tab is out of sight, and all of it once it is seen again', async () => {
  const manager = await world.person('Una Seen', 'manager')
  const projectId = await world.place({
    name: 'Out of sight',
    payloads: [{ text: 'first' }],
    people: [manager.userId],
  })
  const tab = await world.tab('about:blank')
  const { page } = tab
  const heard: string[] = []
  const asked: string[] = []
  page.on('websocket', (socket) => {
    socket.on('framereceived', ({ payload }) => heard.push(String(payload)))
    socket.on('framesent', ({ payload }) => asked.push(String(payload)))
  })
  await page.goto(`${await manager.link()}&to=/tasks?project=${projectId}`)
  await page.getByText('live', { exact: true }).waitFor()
  await page.getByRole('row').nth(1).waitFor()
  const isSeen = (state: 'hidden' | 'visible'): Promise<void> =>
    page.evaluate((now) => {
      Object.defineProperty(document, 'visibilityState', { get: () => now, configurable: true })
      document.dispatchEvent(new Event('visibilitychange'))
    }, state)
  await isSeen('hidden')
  const ofProject = (frame: string): boolean => frame.includes(`project:${projectId}`)
  await expect.poll(() => asked.some((one) => one.includes('"unsubscribe"') && ofProject(one))).toBe(true)
  const other = await world.tab(`${await manager.link()}&to=/tasks?project=${projectId}`)
  await other.page.getByText('live', { exact: true }).waitFor()
  await other.page.getByRole('row').nth(1).waitFor()
  await world.muster.tasks.add(projectId, [{ payload: { text: 'second' } }, { payload: { text: 'third' } }])
  // By then it was told to everybody who hears.
  await other.page.getByRole('button', { name: /^2 new/ }).waitFor()
  expect(heard.filter((one) => one.includes('"task_added"'))).toEqual([])
  await isSeen('visible')
  await page.getByRole('button', { name: /^2 new/ }).waitFor()
  expect(tab.faults).toEqual([])
})

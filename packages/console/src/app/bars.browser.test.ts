import { jobType } from '@muster/core'
import { json } from '@muster/core/schemas'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Tab, World } from './world.test.support.ts'

const ITEMS = 24
const JOBS = 3_000

let world: World
beforeAll(async () => {
  const guess = jobType({ name: 'guess', payload: json, handler: () => null })
  world = await World.open({ jobTypes: [guess] })
}, 120_000)
afterAll(() => world?.close())

/** What Chromium says of the page: times of the thread are its CPU's, which other work on the machine hardly changes. */
async function metersOf({ context, page }: Tab) {
  const cdp = await context.newCDPSession(page)
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' })
  return {
    threadMs: async () => {
      const { metrics } = await cdp.send('Performance.getMetrics')
      return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN) * 1_000
    },
    heapMb: async () => {
      await cdp.send('HeapProfiler.collectGarbage')
      return (await cdp.send('Runtime.getHeapUsage')).usedSize / 1_000_000
    },
  }
}

it('needs few files until somebody works, and little of the thread for an item', async () => {
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
  const { threadMs, heapMb } = await metersOf(tab)
  const submit = async (): Promise<void> => {
    const before = await item.innerText()
    await page.keyboard.press('3')
    await page.keyboard.press('Enter')
    await expect.poll(() => item.innerText()).not.toBe(before)
  }
  await submit()
  await submit()
  const from = await threadMs()
  for (let n = 2; n < ITEMS; n++) await submit()
  expect(((await threadMs()) - from) / (ITEMS - 2)).toBeLessThanOrEqual(45)
  expect(await heapMb()).toBeLessThanOrEqual(20)
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
  await grid.focus()
  for (let n = 0; n < 12; n++) {
    await page.keyboard.press('End')
    await expect.poll(() => rows.count()).toBeGreaterThan(5)
    expect(await rows.count()).toBeLessThanOrEqual(60)
  }
  const { heapMb } = await metersOf(tab)
  expect(await heapMb()).toBeLessThanOrEqual(60)
  expect(tab.faults).toEqual([])
})

import type { ProjectId, UserId } from '@muster/core'
import type { NewForm } from '@muster/core/forms'
import { systemClock } from '@muster/host'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { headed, type Tab, World } from '../app/world.test.support.ts'

let world: World
/** By how much the server's clock is ahead of this machine's. */
let ahead = 0
beforeAll(async () => {
  world = await World.open({
    clock: {
      now: () => new Date(Date.now() + ahead),
      wait: (ms, signal) => systemClock.wait(ms, signal),
      virtual: true,
    },
  })
})
afterAll(() => world?.close())

const FORM: NewForm = {
  name: 'one-question',
  title: 'Odd?',
  show: [{ name: 'text', as: 'text', at: '/text', title: 'Text' }],
  questions: [{ id: 'odd', type: 'yesNo', title: 'Odd?' }],
}

interface AtWork extends Tab {
  readonly projectId: ProjectId
  readonly userId: UserId
}

async function atWork(name: string, assignment: object = {}): Promise<AtWork> {
  const { userId, link } = await world.person(name)
  const projectId = await world.place({
    name: `${name}’s words`,
    form: FORM,
    payloads: ['one', 'two', 'three', 'four'].map((text) => ({ text })),
    people: [userId],
    assignment,
  })
  const tab = await world.tab(await link())
  await headed(tab.page, 'Odd?')
  return { ...tab, projectId, userId }
}

const held = async ({ userId }: AtWork): Promise<boolean[]> =>
  (await world.muster.personalQueue.list({ userId })).items
    .map((entry) => entry.ahead)
    .toSorted((one, other) => Number(one) - Number(other))

const shown = (page: Tab['page']): Promise<string> => page.locator('.plain-text').innerText()

describe('the next item', () => {
  it('is painted in the frame of the submission, before the server has heard of it', async () => {
    const tab = await atWork('Ann')
    const { page, faults } = tab
    await page.getByText('next is held').waitFor()
    expect(await held(tab)).toEqual([false, true])
    const before = await shown(page)
    await page.evaluate(() => {
      const events: string[] = []
      Object.assign(window, { events })
      addEventListener(
        'keydown',
        ({ key }) => {
          if (key !== 'Enter') return
          events.push('key')
          requestAnimationFrame(() => events.push('frame'))
        },
        { capture: true },
      )
      const real = window.fetch
      window.fetch = async (...asked) => {
        const response = await real(...asked)
        if (response.url.endsWith('/submit')) events.push('submitted')
        return response
      }
      const text = document.querySelector('.plain-text')?.textContent
      const seen = new MutationObserver(() => {
        if (document.querySelector('.plain-text')?.textContent === text) return
        seen.disconnect()
        events.push('painted')
      })
      seen.observe(document, { childList: true, subtree: true, characterData: true })
    })
    for (const key of ['y', 'Enter']) await page.keyboard.press(key)
    const events = (): Promise<string[]> =>
      page.evaluate(() => (window as never as { events: string[] }).events)
    await expect.poll(events).toContain('submitted')
    expect((await events()).filter((one) => one !== 'key')).toEqual(['painted', 'frame', 'submitted'])
    expect(await shown(page)).not.toBe(before)
    expect(faults).toEqual([])
  })

  it('is free again as soon as its tab is closed', async () => {
    const tab = await atWork('Bea')
    await tab.page.getByText('next is held').waitFor()
    await tab.page.close()
    await expect.poll(() => held(tab)).toEqual([false])
    const { items } = await world.muster.personalQueue.list({ userId: tab.userId, status: ['reassigned'] })
    const rows = await Promise.all(items.map((one) => world.muster.assignments.get(one.assignmentId)))
    expect(rows).toMatchObject([{ endReason: 'unseen' }])
    const { coolingDown } = (await world.muster.assignments.outlook(tab.userId)).reasons
    expect(coolingDown).toBeUndefined()
  })

  it('is free again once its lease is over if the browser is killed', async () => {
    const tab = await atWork('Cleo')
    await tab.page.getByText('next is held').waitFor()
    const gone = tab.page.waitForEvent('crash')
    await tab.page.goto('chrome://crash').catch(() => undefined)
    await gone
    expect(await held(tab)).toEqual([false, true])
    ahead += 46_000
    await world.muster.assignments.expireDue()
    expect(await held(tab)).toEqual([false])
    await tab.context.close()
  })

  it('is dropped when it lapsed, and another is held in its place', async () => {
    const tab = await atWork('Dan')
    await tab.page.getByText('next is held').waitFor()
    const first = (await world.muster.personalQueue.list({ userId: tab.userId })).items.find(
      (one) => one.ahead,
    )
    ahead += 46_000
    await world.muster.assignments.expireDue()
    const again = async (): Promise<number | undefined> => {
      const { items } = await world.muster.personalQueue.list({ userId: tab.userId })
      return items.find((one) => one.ahead && one.assignmentId === first?.assignmentId)?.attempt
    }
    await expect.poll(again).toBe(2)
  })

  it('comes with the submission for whoever may hold one alone', async () => {
    const tab = await atWork('Eve', { maxConcurrentPerUser: 1 })
    const { page, faults } = tab
    const asked: string[] = []
    page.on('request', (request) => {
      const path = new URL(request.url()).pathname.replace(/[0-9a-f-]{36}/, ':id')
      if (request.method() === 'POST' && /next|submit/.test(path)) asked.push(path)
    })
    for (let n = 0; n < 3; n++) {
      const before = await shown(page)
      for (const key of ['y', 'Enter']) await page.keyboard.press(key)
      await expect.poll(() => shown(page)).not.toBe(before)
    }
    expect(asked).toEqual(Array.from({ length: 3 }, () => '/api/v1/assignments/:id/submit'))
    expect(await held(tab)).toEqual([false])
    expect(faults).toEqual([])
  })

  it('is held by the tab that took over, and by no other', async () => {
    const tab = await atWork('Fay')
    await tab.page.getByText('next is held').waitFor()
    const second = await tab.context.newPage()
    await second.goto(`${world.origin}/console/`)
    await second.getByRole('button', { name: 'Take over' }).click()
    await headed(second, 'Odd?')
    await headed(tab.page, 'You are working in another tab')
    await second.getByText('next is held').waitFor()
    expect(await held(tab)).toEqual([false, true])
  })
})

import type { NewForm } from '@muster/core/forms'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  BROKEN,
  breakCalls,
  focusOn,
  headed,
  looksWell,
  type Person,
  press,
  shot,
  type Tab,
  violations,
  World,
} from './world.test.support.ts'

let world: World
let person: Person
beforeAll(async () => {
  world = await World.open()
  person = await world.person('Amina Osei')
  await world.place({
    name: 'Support assistant',
    form: FORM,
    payloads: Array.from({ length: 8 }, () => PAYLOAD),
    people: [person.userId],
  })
  const { userId } = person
  for (const how of ['submit', 'release'] as const) {
    const claimed = await world.muster.assignments.claimNext({ userId })
    if (claimed.kind !== 'claimed') throw new Error('Nothing to claim')
    const move = { userId, assignmentId: claimed.assignment.assignmentId }
    await world.muster.assignments.start(move)
    if (how === 'submit')
      await world.muster.assignments.submit({ ...move, result: { policy: 'partly', helpful: 3 } })
    else await world.muster.assignments.release(move)
  }
})
afterAll(() => world?.close())

const FORM: NewForm = {
  name: 'support',
  title: 'Answer quality',
  show: [
    { name: 'conversation', as: 'chat', at: '/conversation', title: 'Conversation' },
    { name: 'reference', as: 'markdown', at: '/reference', title: 'Reference' },
    { name: 'state', as: 'json', at: '/state', title: 'State' },
    { name: 'change', as: 'diff', at: '/change', title: 'Change' },
  ],
  questions: [
    {
      id: 'policy',
      type: 'choice',
      title: 'Does the answer follow the policy?',
      options: [
        { value: 'yes', title: 'Yes' },
        { value: 'partly', title: 'Partly' },
        { value: 'no', title: 'No' },
      ],
    },
    {
      id: 'helpful',
      type: 'scale',
      title: 'How helpful is it?',
      min: 1,
      max: 5,
      labels: { 1: 'useless', 5: 'excellent' },
    },
  ],
  comment: true,
}

const PAYLOAD = {
  conversation: [
    {
      role: 'user',
      content:
        'I was charged twice for the March invoice. Can you refund the second one? I need it before Friday.',
    },
    {
      role: 'assistant',
      content: 'Let me look at the charges on your account.',
      toolCalls: [{ id: 'c1', name: 'billing.charges', arguments: { month: '2026-03' } }],
    },
    {
      role: 'tool',
      toolCallId: 'c1',
      content: '2 charges: 49.00 on 1 Mar, settled · 49.00 on 3 Mar, pending',
    },
    {
      role: 'assistant',
      content:
        'The second charge is **still pending**, so it will drop off by itself within five working days.',
    },
  ],
  reference: 'Policy 4.2: a pending duplicate *may be voided on request* by the assistant.',
  state: {
    account: 'a-17',
    charges: [
      { amount: 49, settled: true },
      { amount: 49, settled: false },
    ],
  },
  change: '@@ -1 +1 @@\n-refund()\n+voidCharge()\n same()',
}

describe.each([
  ['light', 1280, 768],
  ['dark', 1280, 768],
  ['light', 360, 740],
  ['dark', 320, 640],
] as const)('in %s at %i × %i', (colorScheme, width, height) => {
  it('has no page, list or dialog that the audit finds fault with, or that scrolls sideways', async () => {
    const { page, faults } = await world.tab('about:blank', {
      colorScheme,
      viewport: { width, height },
      hasTouch: width < 640,
    })
    const look = (name: string) => looksWell(page, `${name}-${colorScheme}-${width}`)
    const dialog = page.getByRole('dialog')
    await page.goto(await person.link())
    await headed(page, 'Answer quality')
    await page.keyboard.press('2')
    await page.getByText(/^Saved/).waitFor()
    await look('work')
    if (width > 640) {
      await page.keyboard.press('?')
      await dialog.waitFor()
      await look('help')
      await page.keyboard.press('Escape')
    } else {
      await page.getByRole('button', { name: 'More' }).click()
      await dialog.waitFor()
      await look('menu')
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'Next question' }).click()
      await page.getByRole('button', { name: '4', exact: true }).tap()
      await page.getByText('2 of 3').waitFor()
    }
    await page.getByRole('link', { name: 'My queue' }).click()
    await headed(page, 'My queue')
    await page.getByText('at work').waitFor()
    await look('queue')
    await page.getByRole('link', { name: 'Done' }).click()
    await page.getByText('submitted').first().waitFor()
    await look('queue-done')
    expect(faults).toEqual([])
    await page.context().close()
  })
})

it('goes from page to page by keys, and leads from the list to the item', async () => {
  const { page, faults } = await world.tab(await person.link())
  await headed(page, 'Answer quality')
  await press(page, 'g', 'q')
  await headed(page, 'My queue')
  expect(await page.title()).toBe('My queue · Muster')
  await page.getByRole('link', { name: /^…/ }).first().click()
  await headed(page, 'Answer quality')
  await page.goBack()
  await headed(page, 'My queue')
  await press(page, 'g', 'w')
  await headed(page, 'Answer quality')
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox').fill('my q')
  expect(await violations(page)).toEqual([])
  await page.keyboard.press('Enter')
  await headed(page, 'My queue')
  expect(faults).toEqual([])
})

it('answers for a page that a role lacks as for one there is not', async () => {
  const { page, faults } = await world.tab(await person.link())
  await headed(page, 'Answer quality')
  for (const address of ['#/system', '#/nothing']) {
    await page.goto(`${world.origin}/console/${address}`)
    await headed(page, 'There is nothing here')
    expect(await page.locator('main').innerText()).toContain('does not exist, or is not for you')
  }
  expect(await violations(page)).toEqual([])
  expect(faults).toEqual([])
})

it('says that there is a newer version once the server that it is connected to again has one', async () => {
  const { page, faults } = await world.tab(await person.link())
  await headed(page, 'Answer quality')
  await page.getByText('live', { exact: true }).waitFor()
  await page.keyboard.press('2')
  await page.getByText(/^Saved/).waitFor()
  await page.route('**/api/v1/session', async (route) => {
    const answer = await route.fetch()
    await route.fulfill({ response: answer, json: { ...(await answer.json()), version: '99.0.0' } })
  })
  await page.context().setOffline(true)
  await page.getByText(/^Live updates are interrupted/).waitFor()
  await page.context().setOffline(false)
  await page.getByText(/^A newer version of this page is there/).waitFor()
  expect(await violations(page)).toEqual([])
  await shot(page, 'frame-old')
  await page.getByRole('button', { name: 'Reload' }).click()
  await headed(page, 'Answer quality')
  await page.getByText('live', { exact: true }).waitFor()
  expect(await page.getByText(/^A newer version/).count()).toBe(0)
  expect(
    await page
      .getByRole('button', { name: 'Partly', pressed: true })
      .or(page.getByRole('radio', { name: 'Partly', checked: true }))
      .count(),
  ).toBe(1)
  expect(faults.filter((fault) => !fault.includes('ERR_INTERNET_DISCONNECTED'))).toEqual([])
})

it('keeps the colours that were chosen, and says when a session has ended', async () => {
  const { page, faults } = await world.tab(await person.link())
  await headed(page, 'Answer quality')
  await page.getByRole('button', { name: /^Amina/ }).click()
  await page.getByRole('button', { name: 'Dark' }).click()
  await page.keyboard.press('Escape')
  const ground = (): Promise<string> =>
    page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
  expect(await ground()).toBe('rgb(15, 16, 18)')
  await page.reload()
  await headed(page, 'Answer quality')
  expect(await ground()).toBe('rgb(15, 16, 18)')

  const elsewhere = await world.tab(await person.link())
  await headed(elsewhere.page, 'Answer quality')
  await expect
    .poll(() => elsewhere.page.evaluate(() => document.documentElement.dataset['theme']))
    .toBe('dark')
  await elsewhere.context.close()

  await page.context().clearCookies()
  await page.route('**/api/v1/**', (route) =>
    route.fulfill({
      status: 401,
      contentType: 'application/problem+json',
      body: '{"status":401,"code":"unauthorized","detail":"no"}',
    }),
  )
  await page.keyboard.press('1')
  await page.getByRole('heading', { name: 'Your session has ended' }).waitFor()
  expect(await violations(page)).toEqual([])
  await headed(page, 'Answer quality')
  expect(faults).toEqual([])
})

it('lets a person choose other keys, refuses one that is taken by name, and keeps them', async () => {
  const person = await world.person('Keya Lund', 'manager')
  const { page, faults } = await world.tab(await person.link())
  await page.getByText('live', { exact: true }).waitFor()
  await page.keyboard.press('?')
  const dialog = page.getByRole('dialog', { name: 'Keys' })
  await dialog.getByRole('button', { name: 'Change keys…' }).click()
  const skip = dialog.getByRole('listitem').filter({ hasText: 'Skip…' })
  await skip.getByRole('button', { name: 'Skip…: s' }).click()
  await page.keyboard.press('f')
  await skip.getByRole('alert').getByText('f is taken by “Flag for the managers…”.').waitFor()
  await shot(page, 'frame-keys')
  expect(await violations(page)).toEqual([])
  await page.keyboard.press('w')
  await skip.getByRole('button', { name: 'Skip…: w' }).waitFor()
  const hold = dialog.getByRole('listitem').filter({ hasText: 'Hold what is shown' })
  await hold.getByRole('button', { name: 'Off' }).click()
  await hold.getByRole('button', { name: 'Hold what is shown: Off' }).waitFor()
  await expect
    .poll(() => world.muster.people.settingsOf(person.userId))
    .toMatchObject({ keys: { skip: 'w', hold: '' } })
  await page.reload()
  await page.getByText('live', { exact: true }).waitFor()
  await page.keyboard.press('?')
  await dialog.getByText('Skip…').waitFor()
  await expect.poll(() => dialog.locator('dt', { hasText: /^w$/ }).count()).toBe(1)
  expect(faults).toEqual([])
})

describe('what opens over the page', () => {
  const atWork = async (name: string): Promise<Tab> => {
    const late = await world.person(name)
    await world.place({ name, form: FORM, payloads: [PAYLOAD], people: [late.userId] })
    const tab = await world.tab(await late.link())
    await headed(tab.page, 'Answer quality')
    return tab
  }
  const answers = async (page: Page): Promise<string> =>
    (await page.locator('[aria-pressed="true"]').allInnerTexts()).join()

  it.each([
    ['help', '?', 'Keys'],
    ['palette', 'Control+k', 'Go to anything, do anything'],
    ['skip', 's', 'Why do you skip it?'],
  ])('is left by Escape while it is still on its way (%s)', async (part, key, title) => {
    const { page, context, faults } = await atWork(`Lou ${part}`)
    const file = new RegExp(`files/${part}-[\\w-]+\\.js$`)
    const letGo = Promise.withResolvers<void>()
    await page.route(file, async (route) => {
      await letGo.promise
      await route.continue()
    })
    const asked = page.waitForRequest(file)
    await page.keyboard.press(key)
    await asked
    // Meant for what was asked for, these answer nothing and lead nowhere.
    await press(page, '3', 'g', 'q', '1')
    await page.keyboard.press('Escape')
    const loaded = page.waitForResponse(file)
    letGo.resolve()
    await (await loaded).finished()
    await press(page, '2')
    await expect.poll(() => answers(page)).toContain('Partly')
    await headed(page, 'Answer quality')
    expect(await page.getByRole('dialog').count()).toBe(0)

    await page.keyboard.press(key)
    await page.getByRole('dialog', { name: title }).waitFor()
    // It has the keys as soon as it is seen.
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await answers(page)).toContain('Partly')
    expect(faults).toEqual([])
    await context.close()
  })

  it('gives the focus back to the deed that opened it', async () => {
    const { page, context, faults } = await atWork('Lou Focus')
    const skip = page.getByRole('button', { name: /^Skip/ })
    const isBack = (): Promise<boolean> => skip.evaluate((node) => node === document.activeElement)
    await focusOn(skip)
    for (const leave of [
      () => page.keyboard.press('Escape'),
      () => page.getByRole('button', { name: 'Close' }).click(),
    ]) {
      await page.keyboard.press('Enter')
      const dialog = page.getByRole('dialog', { name: 'Why do you skip it?' })
      await dialog.waitFor()
      expect(await isBack()).toBe(false)
      await leave()
      await dialog.waitFor({ state: 'detached' })
      await expect.poll(isBack).toBe(true)
    }
    expect(faults).toEqual([])
    await context.close()
  })

  it('says that it could not be loaded, and is there once it can be', async () => {
    const { page, context } = await atWork('Lou away')
    await page.route(/files\/help-/, (route) => route.abort())
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'This could not be loaded' }).waitFor()
    expect(await violations(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.unroute(/files\/help-/)
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keys' }).waitFor()
    await context.close()
  })
})

it('says why My queue could not give an item back, and goes through it by keys', async () => {
  const { page, faults } = await world.tab(await person.link())
  await headed(page, 'Answer quality')
  await press(page, 'g', 'q')
  await headed(page, 'My queue')
  const entry = page.getByRole('listitem').filter({ hasText: 'at work' })
  await entry.waitFor()
  await press(page, 'j')
  expect(await page.evaluate(() => document.activeElement?.closest('.entry') !== null)).toBe(true)
  const mend = await breakCalls(page, '**/api/v1/assignments/*/release')
  await press(page, 'b')
  await entry.first().getByRole('alert').getByText(BROKEN).waitFor()
  expect(await violations(page)).toEqual([])
  await shot(page, 'queue-refused')
  await mend()
  const count = await page.locator('.entry').count()
  await press(page, 'j', 'b')
  await expect.poll(() => page.locator('.entry').count()).toBe(count - 1)
  expect(faults).toEqual([])
})

it('says why a break or giving back was refused in Work, and stays where it was', async () => {
  const other = await world.person('Noor Vos')
  await world.place({
    name: 'One',
    form: FORM,
    payloads: [PAYLOAD],
    people: [other.userId],
    assignment: { cooldownMinutes: 60 },
  })
  const { page } = await world.tab(await other.link())
  await headed(page, 'Answer quality')
  await page.route('**/api/v1/assignments/*/release', (route) => route.abort())
  // The item may still be taken up: a key that came too soon is pressed again.
  const refused = page.getByText('The server cannot be reached.')
  await expect
    .poll(async () => {
      await page.keyboard.press('b')
      return refused.count()
    })
    .toBe(1)
  await headed(page, 'Answer quality')
  await page.unroute('**/api/v1/assignments/*/release')
  await page.getByRole('button', { name: 'Give back' }).click()
  await headed(page, 'Nothing for you right now')
  await breakCalls(page, '**/api/v1/me')
  await page.getByRole('button', { name: 'Take a break' }).click()
  await page.getByText('It broke.').waitFor()
  await headed(page, 'Nothing for you right now')
  expect(await violations(page)).toEqual([])
})

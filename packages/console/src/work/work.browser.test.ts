import { formTemplates, type NewForm } from '@muster/core/forms'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { headed, press, results, shot, type Tab, violations, World } from '../app/world.test.support.ts'

let world: World
beforeAll(async () => {
  world = await World.open()
})
afterAll(() => world?.close())

const FORM: NewForm = {
  name: 'three-questions',
  title: 'What is it?',
  show: [{ name: 'text', as: 'text', at: '/text', title: 'Text' }],
  questions: [
    { id: 'kind', type: 'choice', title: 'Kind', options: [{ value: 'fruit' }, { value: 'tool', key: 't' }] },
    { id: 'sure', type: 'scale', title: 'Sure?', min: 1, max: 5 },
    { id: 'odd', type: 'yesNo', title: 'Odd?' },
  ],
}

const words = (count: number): { text: string }[] =>
  Array.from({ length: count }, (_, n) => ({ text: `word ${n + 1}` }))

async function atWork(name: string, count = 12, more: object = {}): Promise<Tab & { projectId: never }> {
  const person = await world.person(name)
  const projectId = await world.place({
    name: `${name}’s words`,
    form: FORM,
    payloads: words(count),
    people: [person.userId],
    ...more,
  })
  const tab = await world.tab(await person.link())
  await headed(tab.page, 'What is it?')
  return { ...tab, projectId: projectId as never }
}

const shown = (page: Tab['page']): Promise<string> => page.locator('.plain-text').innerText()

describe('work by keyboard alone', () => {
  it('labels ten items, each in turn, without a pointer', async () => {
    const { page, faults, projectId } = await atWork('Ann')
    const seen: string[] = []
    for (let n = 1; n <= 10; n++) {
      seen.push(await shown(page))
      await press(page, 't', 'Enter', '4', 'Enter', 'y', 'Enter')
      await expect.poll(() => shown(page)).not.toBe(seen.at(-1))
    }
    expect(new Set(seen).size).toBe(10)
    expect(await results(world.muster, projectId, 10)).toEqual(
      Array.from({ length: 10 }, () => ({ kind: 'tool', sure: 4, odd: true })),
    )
    expect(faults).toEqual([])
  })

  it('takes a key that comes as soon as the item is there', async () => {
    const person = await world.person('Amy')
    await world.place({ name: 'Amy’s words', form: FORM, payloads: words(1), people: [person.userId] })
    const { page } = await world.tab('about:blank')
    await page.addInitScript(() => {
      const seen = new MutationObserver(() => {
        if (document.querySelector('h1')?.textContent !== 'What is it?') return
        seen.disconnect()
        document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 't', bubbles: true }))
      })
      seen.observe(document, { childList: true, subtree: true })
    })
    await page.goto(await person.link())
    expect(await page.locator('[aria-pressed="true"]').innerText()).toContain('tool')
  })

  it('holds the next item ahead, and gives it back when the tab is closed', async () => {
    const { page, projectId } = await atWork('Bea')
    const live = async (): Promise<string[]> => {
      const tasks = (await world.muster.tasks.list(projectId, {}, { limit: 50 })).items
      const views = await Promise.all(
        tasks.map(({ taskId }) =>
          world.muster.tasks.view(taskId, { userId: '' as never, role: 'admin', memberships: new Set() }),
        ),
      )
      return views.flatMap(({ assignments }) => assignments.map(({ status }) => status)).sort()
    }
    await expect.poll(live).toEqual(['assigned', 'in_progress'])
    await page.getByText('next is held').waitFor()
    await page.close()
    await expect.poll(live).toEqual(['in_progress', 'reassigned'])
  })

  it('never submits what nobody answered, however a key is held or pressed', async () => {
    const { page, projectId } = await atWork('Cleo')
    const first = await shown(page)
    await page.keyboard.press('Control+Enter')
    await page.getByText('This question needs an answer').waitFor()
    await press(page, '1', 'Enter', '2', 'Enter', 'n')
    // Held down: the browser repeats the key.
    await page.keyboard.down('Enter')
    for (let n = 0; n < 8; n++) await page.keyboard.down('Enter')
    await page.keyboard.up('Enter')
    await expect.poll(() => shown(page)).not.toBe(first)
    for (let n = 0; n < 5; n++) await page.keyboard.press('Control+Enter')
    expect(await results(world.muster, projectId, 1)).toEqual([{ kind: 'fruit', sure: 2, odd: false }])
  })

  it('skips with a reason by number, and leaves the form alone while it asks', async () => {
    const { page, projectId } = await atWork('Dan')
    const first = await shown(page)
    await page.keyboard.press('s')
    await page.getByRole('dialog').waitFor()
    expect(await violations(page)).toEqual([])
    await page.keyboard.press('4')
    await expect.poll(() => shown(page)).not.toBe(first)
    const rejected = (await world.muster.tasks.list(projectId, {}, { limit: 50 })).items.map(
      async ({ taskId }) =>
        (
          await world.muster.tasks.view(taskId, {
            userId: '' as never,
            role: 'admin',
            memberships: new Set(),
          })
        ).assignments.map(({ rejectReason }) => rejectReason?.code),
    )
    expect((await Promise.all(rejected)).flat().filter(Boolean)).toEqual(['broken_item'])
  })
})

describe('a submission', () => {
  const answer = async (page: Tab['page'], keys: readonly string[]): Promise<void> => {
    const before = await shown(page)
    await press(page, ...keys)
    await expect.poll(() => shown(page)).not.toBe(before)
  }
  const rows = async (name: string) => {
    const { items } = await world.muster.people.list({ limit: 200 })
    const userId = items.find(({ displayName }) => displayName === name)?.userId as never
    return (await world.muster.personalQueue.list({ userId, status: ['in_progress', 'submitted'] })).items
  }

  it('is taken back by u with its answers, put back in front, and handed in anew; what is done stays readable', async () => {
    const { page, faults } = await atWork('Uma', 4, { assignment: { undoSeconds: 30 } })
    const first = await shown(page)
    await answer(page, ['t', 'Enter', '4', 'Enter', 'y', 'Enter'])
    const second = await shown(page)
    await page.locator('.undo').getByText('Submitted').waitFor()
    await page.keyboard.press('1')
    expect(await violations(page)).toEqual([])
    await shot(page, 'work-undo')
    await expect
      .poll(async () => (await rows('Uma')).filter(({ submitsAt }) => submitsAt !== null))
      .toHaveLength(1)

    await page.keyboard.press('u')
    await expect.poll(() => shown(page)).toBe(first)
    for (const name of ['tool', '4', 'Yes'])
      expect(await page.getByRole('button', { name, exact: true }).getAttribute('aria-pressed')).toBe('true')
    await expect
      .poll(async () => (await rows('Uma')).filter(({ submitsAt }) => submitsAt !== null))
      .toHaveLength(0)
    // Nobody answered since it came back.
    await page.keyboard.press('Control+Enter')
    await page.getByText('Give an answer to this item first.').waitFor()
    await answer(page, ['ArrowUp', 'ArrowUp', '1', 'Control+Enter'])
    expect(await shown(page)).toBe(second)
    expect(await page.getByRole('button', { name: 'fruit', exact: true }).getAttribute('aria-pressed')).toBe(
      'true',
    )

    await page.keyboard.press('[')
    await page.getByRole('dialog').getByText(first).waitFor()
    expect(await page.getByRole('dialog').locator('td').allInnerTexts()).toEqual(['fruit', '4', 'Yes'])
    expect(await violations(page)).toEqual([])
    await shot(page, 'work-past')
    await page.keyboard.press(']')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await shown(page)).toBe(second)

    expect(faults).toEqual([])
  })

  it('that waits is no item to begin with after a reload, and goes through with the tab closed', async () => {
    const { page, context, projectId } = await atWork('Una', 3, { assignment: { undoSeconds: 1 } })
    const first = await shown(page)
    await answer(page, ['t', 'Enter', '4', 'Enter', 'y', 'Enter'])
    await expect.poll(async () => (await rows('Una')).some(({ submitsAt }) => submitsAt !== null)).toBe(true)
    await page.reload()
    await headed(page, 'What is it?')
    expect(await shown(page)).not.toBe(first)
    await context.close()
    await expect
      .poll(async () => {
        await world.muster.assignments.expireDue()
        return (await rows('Una')).filter(({ status }) => status === 'submitted').length
      })
      .toBe(1)
    expect(await results(world.muster, projectId, 1)).toEqual([{ kind: 'tool', sure: 4, odd: true }])
  })
})

describe('a draft', () => {
  it('is on the server soon, and there again in another browser', async () => {
    const person = await world.person('Eve')
    await world.place({ name: 'Eve’s words', form: FORM, payloads: words(3), people: [person.userId] })
    const { page, context } = await world.tab(await person.link())
    await headed(page, 'What is it?')
    const before = await shown(page)
    await press(page, 't', 'Enter', '3')
    await page.getByText(/^Saved ·/).waitFor()
    await context.close()
    const again = await world.tab(await person.link())
    await headed(again.page, 'What is it?')
    expect(await shown(again.page)).toBe(before)
    expect(
      await again.page.getByRole('button', { name: 'tool', exact: true }).getAttribute('aria-pressed'),
    ).toBe('true')
    expect(
      await again.page.getByRole('button', { name: '3', exact: true }).getAttribute('aria-pressed'),
    ).toBe('true')
  })

  it('and a submission survive a connection that is cut', async () => {
    const { page, context, projectId } = await atWork('Fay')
    await page.getByText('next is held').waitFor()
    await context.setOffline(true)
    await press(page, 't', 'Enter', '4', 'Enter', 'y', 'Enter')
    await page.getByText('1 to send once the server is back').waitFor()
    await press(page, '1', 'Enter', '1')
    await context.setOffline(false)
    expect(await results(world.muster, projectId, 1)).toEqual([{ kind: 'tool', sure: 4, odd: true }])
    await page.getByText(/^Saved/).waitFor()
  })
})

describe('one place at a time', () => {
  it('lets a second tab take over, and says so in the first', async () => {
    const { page, context } = await atWork('Gil')
    const second = await context.newPage()
    await second.goto(`${world.origin}/console/`)
    await second.getByRole('button', { name: 'Take over' }).click()
    await headed(second, 'What is it?')
    await headed(page, 'You are working in another tab')
    expect(await violations(page)).toEqual([])
  })
})

describe('nothing to do', () => {
  it('says why, and goes on by itself when there is something', async () => {
    const person = await world.person('Hal')
    const projectId = await world.place({
      name: 'Hal’s words',
      form: FORM,
      payloads: words(2),
      steps: [{ stepId: 'label', stepType: 'annotation', requiredSkills: [{ anyOf: ['sw'], minLevel: 2 }] }],
      people: [person.userId],
    })
    const { page, faults } = await world.tab(await person.link())
    await headed(page, 'Nothing for you right now')
    expect(await page.locator('.why').first().innerText()).toMatch(/2\s+need a skill that you do not have/)
    expect(await page.locator('.why').last().innerText()).toMatch(/2\s+sw at level 2/)
    expect(await violations(page)).toEqual([])
    await page.getByText('live', { exact: true }).waitFor()
    await world.muster.people.change(person.userId, { skills: { sw: 3 } })
    await world.muster.tasks.add(projectId, [{ payload: { text: 'more' } }])
    await headed(page, 'What is it?')
    expect(faults).toEqual([])
  })

  it('goes on as well if something came while the answer was on its way that there is nothing', async () => {
    const person = await world.person('Han')
    const projectId = await world.place({
      name: 'Han’s words',
      form: FORM,
      payloads: [],
      people: [person.userId],
    })
    const { page, faults } = await world.tab('about:blank')
    const told = Promise.withResolvers<void>()
    page.on('websocket', (socket) =>
      socket.on('framereceived', ({ payload }) => {
        if (String(payload).includes('task_opened')) told.resolve()
      }),
    )
    const [answered, letGo] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    await page.route('**/api/v1/queue/next*', async (route) => {
      const response = await route.fetch()
      answered.resolve()
      await letGo.promise
      await route.fulfill({ response })
    })
    await page.goto(await person.link())
    await page.getByText('live', { exact: true }).waitFor()
    await answered.promise
    await world.muster.tasks.add(projectId, [{ payload: { text: 'late' } }])
    await told.promise
    letGo.resolve()
    await headed(page, 'What is it?')
    expect(faults).toEqual([])
  })
})

describe('signing in', () => {
  it('works once, leaves no code and no token behind, and survives a reload', async () => {
    const person = await world.person('Ina')
    await world.place({ name: 'Ina’s words', form: FORM, payloads: words(2), people: [person.userId] })
    const link = await person.link()
    const { page, context, faults } = await world.tab(link)
    await headed(page, 'What is it?')
    expect(page.url()).toBe(`${world.origin}/console/`)
    await page.reload()
    await headed(page, 'What is it?')
    const kept = JSON.stringify([
      await context.storageState(),
      await page.evaluate(() => Object.entries(localStorage).concat(Object.entries(sessionStorage))),
    ])
    expect(kept).not.toContain(`annotator.${person.userId}`)
    expect(kept).not.toContain(link.split('#code=')[1])
    expect(await page.evaluate(() => document.cookie)).toBe('')

    const other = await world.tab(link)
    await other.page.getByText('The link was used already, or is older than 15 minutes.').waitFor()
    expect(await violations(other.page)).toEqual([])

    await page.getByRole('button', { name: /^Ina/ }).click()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await headed(page, 'Sign in to Muster')
    await page.reload()
    await headed(page, 'Sign in to Muster')
    expect(faults).toEqual([])
  })
})

describe('every template of a form', () => {
  it('is shown and passes the audit, one after the other', async () => {
    const person = await world.person('Tess')
    const forms = await Promise.all(formTemplates.map((form) => world.muster.forms.add(form)))
    const projectId = await world.place({
      name: 'All forms',
      form: FORM,
      payloads: [],
      people: [person.userId],
    })
    const { page, faults } = await world.tab('about:blank')
    for (const [place, form] of forms.entries()) {
      await world.muster.tasks.add(projectId, [{ payload: form.example?.payload ?? {}, formId: form.formId }])
      if (place === 0) await page.goto(await person.link())
      await page.getByRole('button', { name: 'To the item' }).click()
      await headed(page, form.title)
      expect([form.name, await violations(page)]).toEqual([form.name, []])
      await shot(page, `form-${form.name}`)
      await page.keyboard.press('Shift+S')
      await page.getByRole('dialog').waitFor()
      await page.keyboard.press('1')
    }
    expect(faults).toEqual([])
  })
})

import type { NewForm } from '@muster/core/forms'
import type { CDPSession } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { focusOn, headed, results, type Tab, World } from '../app/world.test.support.ts'

let world: World
beforeAll(async () => {
  world = await World.open()
})
afterAll(() => world?.close())

const FORM: NewForm = {
  name: 'layouts',
  title: 'What is it?',
  show: [{ name: 'text', as: 'text', at: '/text' }],
  questions: [
    {
      id: 'kind',
      type: 'choice',
      title: 'Kind',
      options: [
        { value: 'fruit', title: 'Fruit' },
        { value: 'tool', title: 'Tool', key: 'q' },
      ],
    },
    { id: 'sure', type: 'scale', title: 'Sure?', min: 1, max: 5 },
    { id: 'odd', type: 'yesNo', title: 'Odd?' },
  ],
  comment: true,
}

/** A key as a layout makes it: the character, the place, and what is held with it. */
interface Pressed {
  readonly key: string
  readonly code: string
  /** 1: alt, 2: ctrl, 8: shift. AltGr is alt and ctrl on Windows. */
  readonly modifiers?: number
  /** The character that it writes, if any. */
  readonly text?: string
  readonly location?: number
}

interface AtKeys extends Tab {
  readonly keys: CDPSession
  readonly press: (...pressed: readonly Pressed[]) => Promise<void>
  readonly isChosen: (name: string) => Promise<boolean>
  readonly projectId: Awaited<ReturnType<World['place']>>
}

async function atKeys(name: string): Promise<AtKeys> {
  const person = await world.person(name)
  const projectId = await world.place({
    name,
    form: FORM,
    payloads: [{ text: 'one' }, { text: 'two' }, { text: 'three' }],
    people: [person.userId],
  })
  const tab = await world.tab(await person.link())
  await headed(tab.page, 'What is it?')
  const keys = await tab.context.newCDPSession(tab.page)
  return {
    ...tab,
    keys,
    projectId,
    async press(...pressed) {
      for (const { key, code, ...more } of pressed) {
        await keys.send('Input.dispatchKeyEvent', { type: 'keyDown', key, code, ...more })
        await keys.send('Input.dispatchKeyEvent', { type: 'keyUp', key, code, ...more })
      }
    },
    isChosen: async (option) =>
      (await tab.page.getByRole('button', { name: option, exact: true }).getAttribute('aria-pressed')) ===
      'true',
  }
}

const ENTER: Pressed = { key: 'Enter', code: 'Enter' }

/** What the second option, 4 of 5, yes and the way on are on a layout. */
const LAYOUTS: Readonly<Record<string, readonly Pressed[]>> = {
  // Digits need shift there: without it the place counts. `q` stands where others have `a`.
  AZERTY: [
    { key: 'q', code: 'KeyA' },
    ENTER,
    { key: "'", code: 'Digit4' },
    ENTER,
    { key: 'y', code: 'KeyY' },
  ],
  // Letters are what is written on them: `q` stands where others have `x`, `y` where others have `t`.
  Dvorak: [
    { key: 'q', code: 'KeyX' },
    ENTER,
    { key: '4', code: 'Digit4' },
    ENTER,
    { key: 'y', code: 'KeyT' },
  ],
  // No letter is Latin, so that its place counts.
  Cyrillic: [
    { key: 'й', code: 'KeyQ' },
    ENTER,
    { key: '4', code: 'Digit4' },
    ENTER,
    { key: 'н', code: 'KeyY' },
  ],
  // Nor are the digits.
  Arabic: [
    { key: 'ض', code: 'KeyQ' },
    ENTER,
    { key: '٤', code: 'Digit4' },
    ENTER,
    { key: 'غ', code: 'KeyY' },
  ],
}

it.each(Object.entries(LAYOUTS))('answers a form on %s', async (layout, pressed) => {
  const { press, isChosen, projectId, page, faults } = await atKeys(layout)
  await press(...pressed)
  expect(await Promise.all(['Tool', '4', 'Yes'].map(isChosen))).toEqual([true, true, true])
  await press({ ...ENTER, modifiers: 2 })
  expect(await results(world.muster, projectId, 1)).toEqual([{ kind: 'tool', sure: 4, odd: true }])
  expect(faults).toEqual([])
  await page.close()
})

it('moves by letters of the page on layouts that have no Latin ones', async () => {
  const { press, page, faults } = await atKeys('Moves')
  await press({ key: 'п', code: 'KeyG' }, { key: 'й', code: 'KeyQ' })
  await headed(page, 'My queue')
  await press({ key: 'п', code: 'KeyG' }, { key: 'ц', code: 'KeyW' })
  await headed(page, 'What is it?')
  // The question mark needs another key on each layout.
  await press({ key: '?', code: 'KeyM', modifiers: 8 })
  await page.getByRole('dialog').waitFor()
  expect(faults).toEqual([])
  await page.close()
})

it('takes no key that is held with AltGr', async () => {
  const { press, isChosen, page, keys } = await atKeys('AltGr')
  for (const modifiers of [1, 1 | 2]) await press({ key: 'q', code: 'KeyQ', modifiers })
  // As a German layout writes `@`: the browser says so of the modifier, too.
  await keys.send('Input.dispatchKeyEvent', {
    type: 'keyDown',
    key: 'AltGraph',
    code: 'AltRight',
    modifiers: 1,
  })
  await press({ key: '@', code: 'KeyQ', modifiers: 1 | 2 }, { key: 'y', code: 'KeyY', modifiers: 1 | 2 })
  await keys.send('Input.dispatchKeyEvent', { type: 'keyUp', key: 'AltGraph', code: 'AltRight' })
  expect(await Promise.all(['Fruit', 'Tool', 'Yes'].map(isChosen))).toEqual([false, false, false])
  expect(await page.getByRole('dialog').count()).toBe(0)

  // In a text it writes what it writes.
  const comment = page.getByRole('textbox', { name: 'Comment' })
  await focusOn(comment)
  await press({ key: '@', code: 'KeyQ', modifiers: 1 | 2, text: '@' })
  await keys.send('Input.insertText', { text: '€' })
  expect(await comment.inputValue()).toContain('€')
  expect(await isChosen('Tool')).toBe(false)
  await page.close()
})

it('leaves keys to an input method while it composes', async () => {
  const { press, keys, page, projectId, faults } = await atKeys('Composing')
  await press({ key: 'q', code: 'KeyQ' }, ENTER, { key: '4', code: 'Digit4' }, ENTER, {
    key: 'y',
    code: 'KeyY',
  })
  const comment = page.getByRole('textbox', { name: 'Comment' })
  await focusOn(comment)
  await keys.send('Input.imeSetComposition', { text: 'にほ', selectionStart: 2, selectionEnd: 2 })
  // The key that takes the candidate, also with ctrl, submits nothing.
  await page.evaluate(() => {
    const field = document.activeElement
    for (const ctrlKey of [false, true])
      field?.dispatchEvent(
        new KeyboardEvent('keydown', {
          key: 'Enter',
          code: 'Enter',
          ctrlKey,
          isComposing: true,
          bubbles: true,
          cancelable: true,
        }),
      )
  })
  expect(await page.locator('.plain-text').first().innerText()).toBe('one')
  await keys.send('Input.insertText', { text: '日本' })
  expect(await comment.inputValue()).toBe('日本')
  await press({ ...ENTER, modifiers: 2 })
  expect(await results(world.muster, projectId, 1)).toEqual([{ kind: 'tool', sure: 4, odd: true }])
  for await (const { submissions } of world.muster.tasks.results(projectId))
    expect(submissions.at(-1)?.comment).toBe('日本')
  expect(faults).toEqual([])
  await page.close()
})

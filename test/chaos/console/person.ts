import type { UserId } from '@muster/core'
import type { SeededRandom } from '@muster/testing'
import type { BrowserContext, Locator, Page } from 'playwright-core'

/** What a person typed into an item, in its order. */
export interface Typed {
  readonly item: string
  readonly word: string
  /** When the page had it, as `performance.now()` counts. */
  readonly at: number
}

/** A result as the page took it. */
export interface Sent {
  readonly helpful: number
  readonly words: readonly string[]
}

/** What a round does for a person that they cannot do themselves. */
export interface Helper {
  readonly address: () => string
  /** Takes the item from them, by a manager. */
  readonly takeAway: (userId: UserId, item: string) => Promise<boolean>
  /** Whether something of theirs went through for the item. */
  readonly wentThrough: (item: string) => Promise<boolean>
  readonly broken: (rule: string, what: string) => void
  /** Whether there is nothing to go on for. */
  readonly isOver: () => boolean
}

/** How a page is broken on purpose. */
export type Tooth = 'drafts are not kept' | 'nothing is taken back'

/** What people do. */
const DEEDS = [
  'type',
  'type',
  'type',
  'submit',
  'submit',
  'submit',
  'undo',
  'think',
  'reload',
  'crash the tab',
  'close the tab',
  'go offline',
  'take over',
  'lose the item',
] as const
/** One of what people do. */
export type Deed = (typeof DEEDS)[number]

/** A keystroke may be lost if the page goes so soon after it. */
const KEPT_MS = 2_000
const OFTEN = 0.7
/** Between two looks whether something went through. */
const LOOK_MS = 500
/** For what must be there soon; if it is not, the deed is given up, and the round goes on. */
const SOON_MS = 4_000
const OPEN_MS = 20_000
/** A server that is away is back by then, however busy the machine is. */
const BACK_MS = 180_000

/** Somebody at work in a browser, who does what a seed says. */
export class Person {
  readonly userId: UserId
  readonly typed: Typed[] = []
  readonly sent = new Map<string, Sent>()
  /** Items that a manager has taken from them: what they made of these is no longer theirs to finish. */
  readonly lost = new Set<string>()
  readonly done = new Map<Deed, number>()
  readonly #context: BrowserContext
  readonly #helper: Helper
  readonly #random: SeededRandom
  readonly #name: string
  readonly #goneThroughMs: number
  #page: Page | undefined
  #words = 0
  /** Words that the page may lose, because it ended soon after them. */
  readonly #young = new Set<string>()

  constructor(parts: {
    readonly userId: UserId
    readonly name: string
    readonly context: BrowserContext
    readonly helper: Helper
    readonly random: SeededRandom
    /** A submission that is not taken back has gone through by then. */
    readonly goneThroughMs: number
  }) {
    this.userId = parts.userId
    this.#name = parts.name
    this.#context = parts.context
    this.#helper = parts.helper
    this.#random = parts.random
    this.#goneThroughMs = parts.goneThroughMs
  }

  /** Words that must not be lost. */
  get owed(): readonly Typed[] {
    return this.typed.filter(({ item, word }) => !this.#young.has(word) && !this.lost.has(item))
  }

  /** @param link gives one that was not used: each works once, also for a page that was given up. */
  async signIn(link: () => Promise<string>): Promise<void> {
    this.#page = await this.#open(link)
  }

  /** Does so many things, one after the other. */
  async live(
    { deeds, only = DEEDS }: { readonly deeds: number; readonly only?: readonly Deed[] },
    until: number,
  ): Promise<void> {
    for (let n = 0; n < deeds && performance.now() < until && !this.#helper.isOver(); n++) {
      const deed = oneOf(this.#random, only)
      if (await this.#do(deed)) this.done.set(deed, (this.done.get(deed) ?? 0) + 1)
    }
  }

  /** Hands in whatever they are given until nothing is left. */
  async finish(until: number): Promise<void> {
    await this.#context.setOffline(false)
    await this.#reopen()
    while (performance.now() < until) {
      if (
        (await this.#page?.getByText('Nothing for you', { exact: false }).count()) !== 0 &&
        (await this.#isIdle())
      )
        return
      await this.#submit()
    }
  }

  async close(): Promise<void> {
    await this.#context.close()
  }

  /** Whether the deed could be done: much of it needs an item in sight, or a server. */
  async #do(deed: Deed): Promise<boolean> {
    switch (deed) {
      case 'type':
        return this.#type()
      case 'submit':
        return this.#submit()
      case 'undo':
        return this.#undo()
      case 'think':
        await this.#pause(3_000)
        return true
      case 'reload':
      case 'crash the tab':
      case 'close the tab':
        return this.#leave(deed)
      case 'go offline':
        return this.#offline()
      case 'take over':
        return this.#takeOver()
      case 'lose the item':
        return this.#lose()
    }
  }

  /** Types a word that nobody else types behind those that are there. */
  async #type(): Promise<boolean> {
    const item = await this.#item()
    const field = this.#field()
    if (item === undefined || field === undefined) return false
    this.#words += 1
    const word = `${this.#name}w${this.#words}`
    return soon(async () => {
      await field.focus({ timeout: SOON_MS })
      await field.press('End', { timeout: SOON_MS })
      await field.pressSequentially(`${word} `, { timeout: SOON_MS })
      const isThere = (await field.inputValue({ timeout: SOON_MS })).includes(word)
      // Another item may have come into sight while the keys were pressed.
      if (!isThere || (await this.#item()) !== item) return false
      this.typed.push({ item, word, at: performance.now() })
      return true
    })
  }

  async #submit(): Promise<boolean> {
    const item = await this.#item()
    const page = this.#page
    if (item === undefined || page === undefined) return false
    const helpful = oneOf(this.#random, [1, 2, 3, 4, 5])
    return soon(async () => {
      await page
        .getByRole('button', { name: String(helpful), exact: true })
        .first()
        .click({ timeout: SOON_MS })
      const words = (await this.#field()?.inputValue({ timeout: SOON_MS })) ?? ''
      if ((await this.#item()) !== item) return false
      await page.keyboard.press('Control+Enter')
      await page.waitForFunction(
        (before) => document.querySelector('article.item .plain-text')?.textContent !== before,
        item,
        { timeout: SOON_MS },
      )
      this.sent.set(item, { helpful, words: words.split(' ').filter((word) => word !== '') })
      return true
    })
  }

  /** Takes back what was handed in last, and waits until it would have gone through. */
  async #undo(): Promise<boolean> {
    const page = this.#page
    if (page === undefined) return false
    const before = await this.#item()
    const isBack = await soon(async () => {
      const undo = page.getByRole('button', { name: /Undo/ })
      // Nothing waits for that which is not there; on a busy machine a click takes its time.
      if ((await undo.count()) === 0) return false
      await undo.click({ timeout: SOON_MS })
      await page.waitForFunction(
        (other) => {
          const now = document.querySelector('article.item .plain-text')?.textContent
          return now !== undefined && now !== other
        },
        before,
        { timeout: SOON_MS },
      )
      return true
    })
    const item = await this.#item()
    if (!isBack || item === undefined || !this.sent.has(item)) return false
    this.sent.delete(item)
    const until = performance.now() + this.#goneThroughMs
    let isThrough = false
    while (!isThrough && performance.now() < until) {
      await pause(LOOK_MS)
      isThrough = await this.#helper.wentThrough(item)
    }
    if (!this.lost.has(item) && isThrough)
      this.#helper.broken('what was taken back does not go through', `${this.#name}: ${item}`)
    return true
  }

  async #leave(how: 'reload' | 'crash the tab' | 'close the tab'): Promise<boolean> {
    await this.#oftenKept()
    this.#pageGoes()
    if (how === 'reload') {
      const isThere = await soon(async () => {
        await this.#page?.reload({ timeout: SOON_MS })
        return true
      })
      if (isThere) return true
    }
    if (how === 'crash the tab') await this.#crash()
    await this.#reopen()
    return true
  }

  async #offline(): Promise<boolean> {
    await this.#context.setOffline(true)
    const deeds: readonly (() => Promise<unknown>)[] = [
      () => this.#type(),
      () => this.#submit(),
      () => this.#pause(2_000),
    ]
    for (let n = 0; n < 2; n++) await oneOf(this.#random, deeds)()
    await this.#context.setOffline(false)
    return true
  }

  /** Goes on in another tab; keys in the one before do nothing any more. */
  async #takeOver(): Promise<boolean> {
    const stale = this.#page
    if (stale === undefined) return false
    await this.#oftenKept()
    this.#pageGoes()
    const fresh = await this.#open(() => `${this.#helper.address()}#/work`)
    const isHere = await soon(async () => {
      await fresh.getByRole('button', { name: /take over/i }).click({ timeout: SOON_MS })
      await stale.getByRole('button', { name: /take over/i }).waitFor({ timeout: SOON_MS })
      for (const key of ['3', 'Control+Enter', 'u']) await stale.keyboard.press(key)
      return true
    })
    this.#page = fresh
    await stale.close()
    return isHere
  }

  async #lose(): Promise<boolean> {
    const item = await this.#item()
    if (item === undefined) return false
    const isLost = await this.#helper.takeAway(this.userId, item)
    // Also if nobody answered: it may have been taken all the same.
    this.lost.add(item)
    return isLost
  }

  /** Most pages go when what was typed has to be kept: that is what is asked here. */
  async #oftenKept(): Promise<void> {
    if (this.#random.next() < OFTEN) await pause(KEPT_MS + 100)
  }

  /** What was typed just now may be lost with the page. */
  #pageGoes(): void {
    const now = performance.now()
    for (const { word, at } of this.typed) if (now - at < KEPT_MS) this.#young.add(word)
  }

  async #crash(): Promise<void> {
    const page = this.#page
    if (page === undefined) return
    const session = await this.#context.newCDPSession(page)
    const crashed = page.waitForEvent('crash')
    // It never answers.
    void session.send('Page.crash').catch(() => undefined)
    await crashed
  }

  async #reopen(): Promise<void> {
    this.#pageGoes()
    const before = this.#page
    this.#page = undefined
    await before?.close().catch(() => undefined)
    this.#page = await this.#open(() => `${this.#helper.address()}#/work`)
  }

  /** Opens a page, as often as it takes: a server that is away comes back. */
  async #open(address: () => string | Promise<string>): Promise<Page> {
    const until = performance.now() + BACK_MS
    while (performance.now() < until) {
      const page = await this.#context.newPage()
      const isOpen = await soon(async () => {
        await page.goto(await address(), { timeout: OPEN_MS })
        await page.locator('main:not([aria-busy]) h1').first().waitFor({ timeout: OPEN_MS })
        return (await page.getByText('Sign in to').count()) === 0
      })
      if (isOpen) return page
      await page.close()
      await pause(200)
    }
    throw new Error(`The page of ${this.#name} does not open`)
  }

  /** Nothing is on its way. */
  async #isIdle(): Promise<boolean> {
    return soon(
      async () =>
        (await this.#page?.evaluate(
          () => !Object.keys(localStorage).some((name) => name.startsWith('muster:outbox:')),
        )) === true,
    )
  }

  /** The item in sight. */
  async #item(): Promise<string | undefined> {
    let item: string | undefined
    await soon(async () => {
      const text = await this.#page
        ?.locator('article.item .plain-text')
        .first()
        .textContent({ timeout: 1_000 })
      item = text ?? undefined
      return true
    })
    return item
  }

  #field(): Locator | undefined {
    return this.#page?.getByRole('textbox').first()
  }

  async #pause(most: number): Promise<void> {
    await pause(this.#random.next() * most)
  }
}

function oneOf<Thing>(random: SeededRandom, things: readonly Thing[]): Thing {
  return things[Math.floor(random.next() * things.length)] as Thing
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Whether it came about. A page that goes away in the middle, or a server that is away, is what a round is about. */
async function soon(act: () => Promise<boolean>): Promise<boolean> {
  try {
    return await act()
  } catch (error) {
    const words = error instanceof Error ? error.message : ''
    if (/Timeout|timeout|crashed|closed|ERR_|Execution context|navigat|detached/i.test(words)) return false
    throw error
  }
}

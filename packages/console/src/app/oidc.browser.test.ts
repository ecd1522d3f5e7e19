import { UnauthorizedError } from '@muster/core'
import type { NewForm } from '@muster/core/forms'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Issuer } from './issuer.test.support.ts'
import { headed, type Person, shot, type Tab, violations, World } from './world.test.support.ts'

let issuer: Issuer
let world: World
/** Tokens made before this instant hold no longer. */
let endedAt = 0
beforeAll(async () => {
  issuer = await Issuer.open()
  const signed = issuer.authenticator()
  const taken = new Map<string, number>()
  world = await World.open({
    signIn: issuer.signIn,
    authenticator: {
      authenticate: async (token) => {
        const at = taken.get(token) ?? performance.now()
        taken.set(token, at)
        if (at < endedAt) throw new UnauthorizedError('The token has ended')
        return signed.authenticate(token)
      },
    },
  })
  issuer.serve(`${world.origin}/console/`)
})
afterAll(async () => {
  await world?.close()
  await issuer?.close()
})

const FORM: NewForm = {
  name: 'remark',
  title: 'Say something',
  show: [{ name: 'text', as: 'text', at: '/text' }],
  questions: [{ id: 'remark', type: 'text', title: 'Your remark', lines: 3 }],
}

async function workFor(name: string): Promise<Person> {
  const person = await world.person(name)
  await world.place({ name, form: FORM, payloads: [{ text: name }], people: [person.userId] })
  return person
}

/** A page that nobody has signed in at. */
async function atPage(hash = ''): Promise<Tab> {
  const tab = await world.tab(`${world.origin}/console/${hash}`)
  await headed(tab.page, 'Sign in to Muster')
  return tab
}

/** Presses *Sign in*, and says who one is at the issuer. */
async function signIn(page: Page, { userId }: Person): Promise<void> {
  await page.getByRole('link', { name: 'Sign in' }).click()
  await page.getByLabel('Who are you?').fill(userId)
  await page.getByRole('button', { name: 'It is me' }).click()
}

/** The faults of a tab but for the pages of the issuer, which are another's. */
const ours = ({ faults }: Tab): string[] => faults.filter((fault) => !fault.includes(issuer.address))

it('signs in through an issuer, where one was, and stays so after a reload', async () => {
  const person = await workFor('Ida')
  const tab = await atPage('#/queue')
  const { page, context } = tab
  expect(await violations(page)).toEqual([])
  await shot(page, 'sign-in-oidc')
  const seen: string[] = []
  page.on('framenavigated', (frame) => seen.push(frame.url()))
  await signIn(page, person)
  await headed(page, 'My queue')
  expect(page.url()).toBe(`${world.origin}/console/#/queue`)
  await page.reload()
  await headed(page, 'My queue')
  expect(ours(tab)).toEqual([])

  // Nothing that opens anything is kept where scripts or the disk have it.
  const kept = await page.evaluate(() =>
    JSON.stringify([localStorage, sessionStorage].flatMap(Object.entries)),
  )
  const cookies = (await context.cookies()).filter(({ name }) => name.startsWith('muster'))
  expect(kept).not.toMatch(/eyJ/)
  expect(seen.join(' ')).not.toMatch(/eyJ/)
  expect(cookies).toEqual([
    expect.objectContaining({
      name: 'muster_console',
      path: '/console/session',
      httpOnly: true,
      sameSite: 'Strict',
    }),
  ])

  // The way back through the issuer's answer opens nothing anew, and does no harm.
  const callback = seen.find((url) => url.includes('/oidc/callback?'))
  if (callback !== undefined) await page.goto(callback)
  await page.goto(`${world.origin}/console/oidc/callback?code=x&state=y`)
  await headed(page, 'Say something')
  await context.close()
})

it('says who said no, and lets one try again', async () => {
  const person = await workFor('Nils')
  const { page, context } = await atPage()
  await page.getByRole('link', { name: 'Sign in' }).click()
  await page.getByRole('button', { name: 'It is me' }).click()
  await page.getByRole('alert').filter({ hasText: 'The sign-in was refused, or broken off.' }).waitFor()
  expect(await violations(page)).toEqual([])
  await signIn(page, person)
  await headed(page, 'Say something')
  await context.close()
})

it('says so if the tokens of the issuer are for somebody else', async () => {
  const person = await workFor('Wanda')
  issuer.audience = 'another program'
  try {
    const tab = await atPage()
    const { page, context } = tab
    await signIn(page, person)
    await page.getByRole('alert').filter({ hasText: 'You are signed in, but not for this page.' }).waitFor()
    expect(ours(tab)).toEqual([])
    await context.close()
  } finally {
    issuer.audience = 'muster'
  }
})

it('goes through the issuer in silence once the token has ended, and keeps what was typed', async () => {
  const person = await workFor('Sven')
  const { page, context } = await atPage()
  await signIn(page, person)
  await headed(page, 'Say something')
  const field = page.getByRole('textbox', { name: 'Your remark' })
  await field.fill('Half a')
  const rounds: string[] = []
  page.on('request', (request) => {
    if (request.isNavigationRequest()) rounds.push(new URL(request.url()).pathname)
  })
  endedAt = performance.now()
  // The draft is the first call that meets the end of the token.
  await field.pressSequentially(' sentence')
  await expect.poll(() => rounds.some((path) => path.endsWith('/oidc/callback'))).toBe(true)
  await headed(page, 'Say something')
  expect(await field.inputValue()).toMatch(/^Half a sent/)
  expect(rounds.filter((path) => path.endsWith('/oidc/start'))).toHaveLength(1)
  await context.close()
})

it('asks for a sign-in if nobody is signed in at the issuer any more, and keeps what was typed', async () => {
  const person = await workFor('Ulla')
  const { page, context } = await atPage()
  await signIn(page, person)
  await headed(page, 'Say something')
  await page.getByRole('textbox', { name: 'Your remark' }).fill('Half a')
  await page.getByText(/^Saved/).waitFor()
  await context.clearCookies({ name: /^_/ })
  endedAt = performance.now()
  await page.getByRole('textbox', { name: 'Your remark' }).pressSequentially(' sentence')
  await headed(page, 'Sign in to Muster')
  expect(await page.getByRole('alert').count()).toBe(0)
  await signIn(page, person)
  await headed(page, 'Say something')
  expect(await page.getByRole('textbox', { name: 'Your remark' }).inputValue()).toMatch(/^Half a sent/)
  await context.close()
})

it('has a token that is too long for a cookie by the silent round', async () => {
  const person = await workFor('Lars')
  issuer.claims = { groups: 'g'.repeat(4_000) }
  try {
    const { page, context } = await atPage()
    await signIn(page, person)
    await headed(page, 'Say something')
    expect((await context.cookies()).filter(({ name }) => name === 'muster_console')).toEqual([])
    await page.reload()
    await headed(page, 'Say something')
    await context.close()
  } finally {
    issuer.claims = {}
  }
})

it('signs out in all tabs, and comes back by nobody’s hand but one’s own', async () => {
  const person = await workFor('Olga')
  const tab = await atPage()
  const { page, context } = tab
  await signIn(page, person)
  await headed(page, 'Say something')
  const other = await context.newPage()
  await other.goto(`${world.origin}/console/#/queue`)
  await headed(other, 'My queue')
  await other.getByRole('button', { name: /^Olga/ }).click()
  await other.getByRole('button', { name: 'Sign out' }).click()
  await headed(other, 'Sign in to Muster')
  await headed(page, 'Sign in to Muster')
  await page.reload()
  await headed(page, 'Sign in to Muster')
  await page.getByRole('link', { name: 'Sign in' }).click()
  await headed(page, 'Say something')
  expect(ours(tab)).toEqual([])
  await context.close()
})

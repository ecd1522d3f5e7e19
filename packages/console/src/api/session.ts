import { signal } from '@preact/signals'
import { mayRound, silentRound } from './round.ts'
import type { Operations } from './schema.ts'
import { askSession } from './session-call.ts'
import { settings } from './settings.ts'

/** Whoever works at this page. */
export type Me = Operations['GET /session']['answer']

/** Whether somebody is signed in: `ended` is a session that could not be renewed, over a page that stays. */
export type SessionState =
  | { readonly kind: 'opening' }
  | { readonly kind: 'in' }
  | { readonly kind: 'out'; readonly why: string }
  | { readonly kind: 'ended' }

/** Whether the server has come to be of another version than this page, which was loaded before. */
export const isOld = signal(false)

/** How this tab stands. */
export const sessionState = signal<SessionState>({ kind: 'opening' })
/** Who that is, once known. */
export const me = signal<Me | undefined>(undefined)

/** Nowhere but here: what browsers store can be read by whoever has the disk. */
let token: string | undefined
/** Tells other tabs. */
const SIGNED_OUT = 'muster:out'
let renewing: Promise<boolean> | undefined

/** The token that calls carry. */
export function bearer(): string | undefined {
  return token
}

/**
 * Opens the session: by the code of a link, or as it was before a reload. Says whether it is open.
 * @param asked the server's answer; undefined if it cannot be reached
 * @param fault what went wrong at the issuer, which is then not asked again
 */
export async function open(
  asked: Promise<Response | undefined>,
  code: string | undefined,
  fault?: string,
): Promise<boolean> {
  const answer = await asked
  if (answer === undefined) {
    sessionState.value = { kind: 'out', why: 'The server cannot be reached.' }
    return false
  }
  if (answer.ok) {
    const given = (await answer.json()) as { readonly token: string }
    token = given.token
    mayRound(true)
    return true
  }
  if (fault !== undefined) {
    sessionState.value = { kind: 'out', why: fault }
    return false
  }
  if (code === undefined && answer.status === 401 && silentRound()) return false
  if (settings.loginUrl !== null && answer.status === 401) {
    location.assign(settings.loginUrl)
    return false
  }
  const { detail } = (await answer.json().catch(() => ({}))) as { readonly detail?: string }
  sessionState.value = {
    kind: 'out',
    why: code === undefined ? '' : `${detail ?? 'The link does not hold'}.`,
  }
  return false
}

/** A fresh token in place of one that no longer holds; false if there is none to be had. All calls that ask at once wait for one answer. */
export async function renewed(before: string | undefined): Promise<boolean> {
  if (token !== before) return true
  renewing ??= renew(before).finally(() => {
    renewing = undefined
  })
  return renewing
}

async function renew(before: string | undefined): Promise<boolean> {
  const answer = await askSession('POST', {}).catch(() => undefined)
  const given = answer?.ok ? ((await answer.json()) as { readonly token: string }) : undefined
  if (given === undefined || given.token === before) {
    // What was typed is kept as the page is left, and is there again when the round is over.
    if (answer !== undefined && sessionState.value.kind === 'in' && !silentRound())
      sessionState.value = { kind: 'ended' }
    return false
  }
  token = given.token
  if (sessionState.value.kind === 'ended') sessionState.value = { kind: 'in' }
  return true
}

/** Ends the session in this browser, in all of its tabs, and forgets what they had not sent. */
export async function close(): Promise<void> {
  localStorage.setItem(SIGNED_OUT, String(Date.now()))
  await left(askSession('DELETE', undefined))
  for (const name of Object.keys(localStorage))
    if (/^muster:(draft|outbox):/.test(name)) localStorage.removeItem(name)
}

/** Takes what the server says of whoever works here; of the first time it remembers by which version this page was served. */
export function knowMe(known: Me): void {
  isOld.value ||= me.peek() !== undefined && me.peek()?.version !== known.version
  me.value = { ...known, version: me.peek()?.version ?? known.version }
}

/** Follows what other tabs of this browser do. Called once. */
export function followTabs(): void {
  addEventListener('storage', ({ key }) => {
    if (key === SIGNED_OUT) void left(Promise.resolve())
  })
}

/** The page goes first: it gives back what it holds, as long as there is a token for that. */
async function left(done: Promise<unknown>): Promise<void> {
  mayRound(false)
  sessionState.value = { kind: 'out', why: 'You are signed out.' }
  await done.catch(() => undefined)
  token = undefined
  me.value = undefined
}

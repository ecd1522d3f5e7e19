import { signal } from '@preact/signals'
import type { Operations } from './schema.ts'
import { pathOf, settings } from './settings.ts'

/** Whoever works at this page. */
export type Me = Operations['GET /session']['answer']

/** Whether somebody is signed in: `ended` is a session that could not be renewed, over a page that stays. */
export type SessionState =
  | { readonly kind: 'opening' }
  | { readonly kind: 'in' }
  | { readonly kind: 'out'; readonly why: string }
  | { readonly kind: 'ended' }

/** How this tab stands. */
export const sessionState = signal<SessionState>({ kind: 'opening' })
/** Who that is, once known. */
export const me = signal<Me | undefined>(undefined)

/** Nowhere but here: what browsers store can be read by whoever has the disk. */
let token: string | undefined
let renewing: Promise<boolean> | undefined

/** The token that calls carry. */
export function bearer(): string | undefined {
  return token
}

/** Opens the session: by the code of a link, or as it was before a reload. Says whether it is open. */
export async function open(code: string | undefined): Promise<boolean> {
  const answer = await asked('POST', code === undefined ? {} : { code }).catch(() => undefined)
  if (answer === undefined) {
    sessionState.value = { kind: 'out', why: 'The server cannot be reached.' }
    return false
  }
  if (answer.ok) {
    const given = (await answer.json()) as { readonly token: string }
    token = given.token
    return true
  }
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
  const answer = await asked('POST', {}).catch(() => undefined)
  const given = answer?.ok ? ((await answer.json()) as { readonly token: string }) : undefined
  if (given === undefined || given.token === before) {
    if (answer !== undefined && sessionState.value.kind === 'in') sessionState.value = { kind: 'ended' }
    return false
  }
  token = given.token
  if (sessionState.value.kind === 'ended') sessionState.value = { kind: 'in' }
  return true
}

/** Ends the session in this browser. */
export async function close(): Promise<void> {
  await asked('DELETE', undefined).catch(() => undefined)
  token = undefined
  me.value = undefined
  sessionState.value = { kind: 'out', why: 'You are signed out.' }
}

function asked(method: string, body: object | undefined): Promise<Response> {
  return fetch(pathOf('session'), {
    method,
    headers: { 'content-type': 'application/json', 'x-console-path': location.pathname },
    ...(body && { body: JSON.stringify(body) }),
    cache: 'no-store',
    credentials: 'same-origin',
  })
}

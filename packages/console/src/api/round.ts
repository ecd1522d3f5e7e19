import { pathOf, settings } from './settings.ts'

/** Kept while somebody is signed in by the issuer: whoever has signed out comes back by their own hand. */
const SIGNED_IN = 'muster:oidc'
const LAST_ROUND = 'muster:round'
/** A second silent round so soon would end as the first did. */
const APART_MS = 30_000

/** Where people sign in; null: by a link that somebody gives them. */
export function loginAddress(): string | null {
  return settings.isOidc ? roundAddress(false) : settings.loginUrl
}

/** Where the way through the issuer begins; it leads back to the place where one is. */
function roundAddress(isSilent: boolean): string {
  const query = new URLSearchParams({
    page: location.origin + location.pathname,
    to: location.hash.slice(1),
    ...(isSilent && { silent: '' }),
  })
  return `${pathOf('oidc/start')}?${query}`
}

/** Goes through the issuer without asking anybody, if somebody was signed in here. Says whether the page is left for it. */
export function silentRound(): boolean {
  const isOver = Date.now() - Number(sessionStorage.getItem(LAST_ROUND)) > APART_MS
  if (!settings.isOidc || !isOver || localStorage.getItem(SIGNED_IN) === null) return false
  sessionStorage.setItem(LAST_ROUND, String(Date.now()))
  location.assign(roundAddress(true))
  return true
}

/** Says whether a silent round may be tried. */
export function mayRound(isSignedIn: boolean): void {
  if (isSignedIn && settings.isOidc) localStorage.setItem(SIGNED_IN, '1')
  else localStorage.removeItem(SIGNED_IN)
}

import { pathOf } from './settings.ts'

/** Opens the session of this page, or ends it. */
export function askSession(method: 'POST' | 'DELETE', body: object | undefined): Promise<Response> {
  return fetch(pathOf('session'), {
    method,
    headers: { 'content-type': 'application/json', 'x-console-path': location.pathname },
    ...(body && { body: JSON.stringify(body) }),
    cache: 'no-store',
    credentials: 'same-origin',
  })
}

import { CallError, type Problem, problemIn } from './call.ts'
import { bearer, renewed } from './session.ts'
import { pathOf, settings } from './settings.ts'

/**
 * The answer of a call that is no JSON, as it begins to come: a POST if it has a body.
 * @throws CallError
 */
export async function answered(path: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
  const sent = (token: string | undefined): Promise<Response> =>
    fetch(`${pathOf(settings.api)}${path}`, {
      ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      ...(signal && { signal }),
      credentials: 'omit',
      cache: 'no-store',
    }).catch(() => {
      throw new CallError(OFFLINE)
    })
  const token = bearer()
  let response = await sent(token)
  if (response.status === 401 && (await renewed(token))) response = await sent(bearer())
  if (response.ok) return response
  throw new CallError(problemIn(response.status, await response.text()))
}

/** What is said of a server that cannot be reached, or is no longer. */
export const OFFLINE: Problem = { status: 0, code: 'offline', detail: 'The server cannot be reached' }

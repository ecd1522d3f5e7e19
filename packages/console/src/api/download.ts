import { CallError, type Problem } from './call.ts'
import { bearer, renewed } from './session.ts'
import { pathOf, settings } from './settings.ts'

/**
 * Saves what a call streams as a file: the token goes with the call, so a plain link cannot.
 * @throws CallError
 */
export async function download(path: string, body: unknown, name: string): Promise<void> {
  const blob = await (await answered(path, body)).blob()
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  // Not before the browser has begun to save it.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

async function answered(path: string, body: unknown): Promise<Response> {
  const sent = (token: string | undefined): Promise<Response> =>
    fetch(`${pathOf(settings.api)}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
      credentials: 'omit',
      cache: 'no-store',
    }).catch(() => {
      throw new CallError({ status: 0, code: 'offline', detail: 'The server cannot be reached' })
    })
  const token = bearer()
  let response = await sent(token)
  if (response.status === 401 && (await renewed(token))) response = await sent(bearer())
  if (response.ok) return response
  throw new CallError(
    (await response.json().catch(() => ({
      status: response.status,
      code: 'internal',
      detail: `The server answered ${response.status}, and not as Muster does`,
    }))) as Problem,
  )
}

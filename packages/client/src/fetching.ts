import { UnavailableError } from './errors.ts'

/** How often a call is tried, and for how long it is waited between. */
const TRIES = 4
const FIRST_WAIT_MS = 250
const MOST_WAIT_MS = 30_000

/** What there is to say where no answer came, or not all of one. */
export const NO_ANSWER = { code: 'no_answer', status: null } as const

type Fetch = (request: Request) => Promise<Response>

/**
 * Tries again what may be: where the server asks to wait (429), any call; where it is away, those that have no further effect when repeated,
 * by their method (RFC 9110, 9.2.2) or by an `Idempotency-Key`.
 */
export function persistent(fetch: Fetch, wait = waiting): Fetch {
  return async (request) => {
    for (let tries = 1; ; tries++) {
      const answer = await fetch(request.clone()).catch((error: unknown) => {
        if (request.signal.aborted) throw error
        return new UnavailableError('The server is away', NO_ANSWER, { cause: error })
      })
      const isAgain = tries < TRIES && mayBeRepeated(request, answer)
      if (isAgain) await wait(waitOf(answer, tries), request.signal)
      else if (answer instanceof Response) return answer
      else throw answer
    }
  }
}

const SAFE_TO_REPEAT: ReadonlySet<string> = new Set(['GET', 'PUT', 'DELETE'])
const AWAY: ReadonlySet<number> = new Set([502, 503, 504])

function mayBeRepeated({ method, headers }: Request, answer: Response | UnavailableError): boolean {
  if (answer instanceof Response && answer.status === 429) return true
  if (answer instanceof Response && !AWAY.has(answer.status)) return false
  return SAFE_TO_REPEAT.has(method) || headers.has('idempotency-key')
}

/** Milliseconds: as long as the server asks for (RFC 9110, 10.2.3), else twice as long each time. */
function waitOf(answer: Response | UnavailableError, tries: number): number {
  const asked =
    answer instanceof Response ? Number(answer.headers.get('retry-after') ?? Number.NaN) : Number.NaN
  return Math.min(MOST_WAIT_MS, asked > 0 ? asked * 1_000 : FIRST_WAIT_MS * 2 ** (tries - 1))
}

/** Waits, or rejects with the signal's reason. */
export function waiting(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason as Error)
    const stop = (): void => {
      clearTimeout(timer)
      reject(signal?.reason as Error)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, ms)
    signal?.addEventListener('abort', stop, { once: true })
  })
}

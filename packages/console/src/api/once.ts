import { useRef } from 'preact/hooks'
import { CallError } from './call.ts'
import { freshKey } from './key.ts'

/**
 * Does a deed of a dialog once, also if it is sent again because the answer was lost: the same body goes with the same key, another
 * body with another. A body that was refused did nothing, so that it is sent anew.
 */
export function useOnce(): <Answer>(
  body: unknown,
  send: (key: string) => Promise<Answer>,
) => Promise<Answer> {
  const sent = useRef<{ readonly text: string; readonly key: string } | undefined>(undefined)
  return async (body, send) => {
    const text = JSON.stringify(body)
    if (sent.current?.text !== text) sent.current = { text, key: freshKey() }
    try {
      return await send(sent.current.key)
    } catch (error) {
      if (error instanceof CallError && isRefusal(error)) sent.current = undefined
      throw error
    }
  }
}

/** A 409 may also say that it was done and that its answer was lost. */
function isRefusal({ problem: { status } }: CallError): boolean {
  return status >= 400 && status < 500 && status !== 409
}

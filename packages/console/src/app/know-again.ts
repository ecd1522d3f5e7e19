import { CallError, call } from '../api/call.ts'
import { knowMe } from '../api/session.ts'

/** Asks a server that may be another than before who works here. Without an answer what is known stands. */
export async function knowAgain(): Promise<void> {
  try {
    knowMe(await call('GET /session', {}))
  } catch (error) {
    if (!(error instanceof CallError)) throw error
  }
}

import { CallError } from '../api/call.ts'

/** What the server has against a deed, in words: the first fault of what was sent, else why it is refused; undefined once it is done. */
export async function refusalOf(deed: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await deed()
    return undefined
  } catch (error) {
    if (!(error instanceof CallError)) throw error
    return error.problem.errors?.[0]?.message ?? error.problem.detail
  }
}

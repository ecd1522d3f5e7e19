import { answered, OFFLINE } from './answered.ts'
import { CallError } from './call.ts'

/**
 * Reads what a call streams as lines of JSON, as they come.
 * @throws CallError, also if the stream breaks off
 */
export async function readLines<Line>(
  path: string,
  take: (lines: readonly Line[]) => void,
  signal: AbortSignal,
): Promise<void> {
  const reader = (await answered(path, undefined, signal)).body
    ?.pipeThrough(new TextDecoderStream())
    .getReader()
  let rest = ''
  for (;;) {
    const part = await reader?.read().catch(() => {
      throw new CallError(OFFLINE)
    })
    const lines = `${rest}${part?.value ?? ''}`.split('\n')
    // The last one goes on in the next part.
    rest = lines.pop() ?? ''
    if (lines.length > 0) take(lines.map((line) => JSON.parse(line) as Line))
    if (part === undefined || part.done) break
  }
  if (rest !== '') take([JSON.parse(rest) as Line])
}

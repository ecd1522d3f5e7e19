import { answered } from './answered.ts'

/**
 * Saves what a call streams as a file: the token goes with the call, so a plain link cannot. Without a body it is a GET.
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

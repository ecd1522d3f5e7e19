import { fork } from 'node:child_process'
import { once } from 'node:events'

/** Runs a module of this folder as a process of its own, with these arguments, and gives what it tells before it ends. @throws if it fails */
export async function roundOf<Told>(module: string, args: readonly string[]): Promise<Told> {
  const child = fork(new URL(module, import.meta.url), args, {
    execArgv: ['--conditions=@muster/source'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const told = new Promise<Told>((resolve) => child.once('message', (message: Told) => resolve(message)))
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error(`The round ${args.join(' ')} failed with exit code ${code}`)
  return told
}

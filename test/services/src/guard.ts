import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'

/**
 * Starts a shell `script` that waits for the end of its input (`cat`), which comes when we close it or when this process dies, Ctrl-C and
 * kill -9 included, and then ends what it guards. It has a process group of its own, so Ctrl-C does not reach it.
 */
export function spawnGuard(script: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  return spawn('/bin/sh', ['-c', script, 'sh', ...args], {
    ...options,
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
  })
}

/** Lets the guard do its work, and waits for its end. */
export async function endOf(guard: ChildProcess): Promise<void> {
  if (guard.exitCode !== null || guard.signalCode !== null) return
  const exit = once(guard, 'exit')
  guard.stdin?.end()
  await exit
}

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { COMPILE_CACHE } from '@muster/test-services'

/** What a program is told once, and whom it tells what it did. */
export interface Start<Orders extends object, News> {
  readonly orders: Orders
  readonly hear: (news: News) => void
  /** It has ended: by itself with this exit code, or (null) because it was killed. */
  readonly ended: (exitCode: number | null) => void
}

/** Starts a program of this folder as a process of its own, which can be killed. */
export function startProgram<Orders extends object, News>(
  program: URL,
  { orders, hear, ended }: Start<Orders, News>,
): ChildProcess {
  const child = fork(program, {
    execArgv: ['--conditions=@muster/source'],
    env: { ...process.env, ...COMPILE_CACHE },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  child.on('message', (news) => hear(news as News))
  child.once('exit', ended)
  child.send(orders)
  return child
}

/** Asks it to come to its end, and waits until it has. One that is stopped hears nothing and has to be killed. */
export async function endProgram(child: ChildProcess, { kill = false } = {}): Promise<void> {
  const exit = once(child, 'exit')
  if (kill) child.kill('SIGKILL')
  else if (child.connected) child.send('end')
  await exit
}

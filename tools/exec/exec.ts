#!/usr/bin/env node
import { spawn } from 'node:child_process'

// Scripts begin with `exec`, so that a shell of POSIX gives its place, and npm's signals, to what it runs. npm puts this command on the PATH
// of scripts, where a shell without `exec`, as that of Windows, finds it.
const [command = '', ...args] = process.argv.slice(2)
const child = spawn(command === 'node' ? process.execPath : command, args, { stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  // A console of Windows tells the child by itself, and there kill() ends it without a word.
  process.on(signal, () => process.platform === 'win32' || child.kill(signal))
}
child.on('error', (error) => {
  console.error(`${command} cannot be run: ${error.message}`)
  process.exitCode = 127
})
child.on('exit', (code, signal) => {
  if (signal === null) {
    process.exitCode = code ?? 1
    return
  }
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
})

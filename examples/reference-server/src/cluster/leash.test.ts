import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, it } from 'vitest'

const LEASH = new URL('./leash.ts', import.meta.url).href
/** Starts a process on the leash, which would live for ever, and says when it is up. */
const SUPERVISOR = `
  const { spawn } = require('node:child_process')
  spawn(process.execPath, ['--import', process.argv[1], '-e', 'console.log("up"); setInterval(() => {}, 1000)'], {
    detached: true,
    stdio: ['pipe', 'inherit', 'inherit'],
  })`

it('ends a process of the cluster when the one that started it was killed with SIGKILL', async () => {
  const supervisor = spawn(process.execPath, ['-e', SUPERVISOR, LEASH], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  // Its output is theirs together, and so ends with the last of them.
  const ended = once(supervisor, 'close')
  const [said] = (await once(supervisor.stdout, 'data')) as [Buffer]
  expect(said.toString()).toBe('up\n')
  supervisor.kill('SIGKILL')
  expect(await ended).toEqual([null, 'SIGKILL'])
})

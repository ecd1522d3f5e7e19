#!/usr/bin/env node
import { EXIT } from './command-error.ts'
import { main } from './program.ts'

/**
 * As a shell says of a command that SIGPIPE ended: it was not read to its end. Never 0, which would make a GO of a gate that nobody
 * has decided.
 */
const NOT_READ = 141

for (const [name, stream] of [
  ['Standard output', process.stdout],
  ['Standard error', process.stderr],
] as const)
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(NOT_READ)
    if (stream !== process.stderr) process.stderr.write(`${name} cannot be written: ${error.message}\n`)
    process.exit(EXIT.output)
  })

process.exitCode = await main(process.argv.slice(2), {
  env: process.env,
  // At a terminal nothing is piped in, and to wait for it would look like a standstill.
  get input() {
    return process.stdin.isTTY ? undefined : process.stdin
  },
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
})

import { type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable as ReadableStream, Writable } from 'node:stream'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** A program to run to its end, with everything that could go on for ever bounded. */
export interface ChildRequest {
  readonly command: string
  readonly args: readonly string[]
  /** All of its environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>
  /** Its input on stdin. It need not read it all. */
  readonly input: AsyncIterable<string>
  readonly signal: AbortSignal
  readonly maxOutputBytes: number
  readonly maxErrorBytes: number
  /** Is shown each line on stderr, and may claim it: it is then no part of `stderr`. */
  readonly claimErrorLine: (line: string) => boolean
  /** From SIGTERM to SIGKILL. */
  readonly killAfterMs: number
}

const IS_WINDOWS = process.platform === 'win32'

/** How a child ended by itself. `signal` is what killed it, where we did not. */
export interface ChildExit {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: Buffer
  /** The last bytes of it. */
  readonly stderr: string
}

/** The child wrote more than it may. */
class OutputTooLargeError extends Error {
  override readonly name = 'OutputTooLargeError'
}

type Child = ChildProcessByStdio<Writable, ReadableStream, ReadableStream>

/**
 * Runs a program without a shell, at the head of a process group of its own, and waits until it has ended and its pipes are closed: what it wrote
 * just before is all there. Its own children go with it.
 *
 * @throws the signal's reason when aborted, what `input` threw, `OutputTooLargeError`, or Node's error when it could not be started;
 * each only after the whole group is gone
 */
export async function runChild(request: ChildRequest): Promise<ChildExit> {
  request.signal.throwIfAborted()
  const child: Child = spawn(request.command, [...request.args], {
    // There are no process groups on Windows, and a detached child would open a console.
    detached: !IS_WINDOWS,
    windowsHide: true,
    env: { ...request.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })

  let stopped: { readonly reason: unknown } | undefined
  let killTimer: NodeJS.Timeout | undefined
  const stop = (reason: unknown): void => {
    if (stopped !== undefined) return
    stopped = { reason }
    killGroup(child, 'SIGTERM')
    killTimer = setTimeout(() => killGroup(child, 'SIGKILL'), request.killAfterMs)
  }

  const stdout = collect(child.stdout, request.maxOutputBytes, () =>
    stop(new OutputTooLargeError(`It wrote more than ${request.maxOutputBytes} bytes to stdout`)),
  )
  const stderr = collectTail(child.stderr, request.maxErrorBytes, request.claimErrorLine)
  const abort = (): void => stop(request.signal.reason)
  request.signal.addEventListener('abort', abort, { once: true })
  void feed(child, request.input, stop)
  try {
    const { exitCode, signal } = await closed(child, request.killAfterMs)
    if (stopped !== undefined) throw stopped.reason
    return { exitCode, signal, stdout: Buffer.concat(stdout), stderr: stderr().toString('utf8') }
  } finally {
    clearTimeout(killTimer)
    request.signal.removeEventListener('abort', abort)
  }
}

/** Signals everybody in the child's group. On Windows, which has no signals, ends the child and all that it started. */
function killGroup(child: Child, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return
  if (IS_WINDOWS) {
    const tree = ['/pid', String(child.pid), '/t', '/f']
    spawn('taskkill', tree, { stdio: 'ignore', windowsHide: true }).on('error', () => child.kill(signal))
    return
  }
  try {
    process.kill(-child.pid, signal)
  } catch (error) {
    // ESRCH: nobody is left, which is what was wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/**
 * Resolves when the child has exited and its pipes are closed. Children that it left running hold them open, so the group is killed once its head has gone;
 * what fled the group as well is given `patienceMs`, then the pipes are closed from this end.
 */
function closed(child: Child, patienceMs: number): Promise<Pick<ChildExit, 'exitCode' | 'signal'>> {
  return new Promise((resolve, reject) => {
    let patience: NodeJS.Timeout | undefined
    child.once('error', reject)
    child.once('exit', () => {
      killGroup(child, 'SIGKILL')
      patience = setTimeout(() => {
        child.stdout.destroy()
        child.stderr.destroy()
      }, patienceMs)
    })
    child.once('close', (exitCode, signal) => {
      clearTimeout(patience)
      resolve({ exitCode, signal })
    })
  })
}

/** Writes the input at the pace at which it is read. A child that has read enough closes its end, and that is no error. */
async function feed(
  child: Child,
  input: AsyncIterable<string>,
  stop: (reason: unknown) => void,
): Promise<void> {
  try {
    await pipeline(Readable.from(input), child.stdin)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'EPIPE' && code !== 'ECONNRESET' && code !== 'ERR_STREAM_PREMATURE_CLOSE') stop(error)
  }
}

/** Keeps what arrives up to `max` bytes; past that it calls `overflow` once and drops the rest. */
function collect(stream: ReadableStream, max: number, overflow: () => void): Buffer[] {
  const chunks: Buffer[] = []
  let bytes = 0
  stream.on('data', (chunk: Buffer) => {
    const before = bytes
    bytes += chunk.length
    if (bytes <= max) chunks.push(chunk)
    else if (before <= max) {
      chunks.length = 0
      overflow()
    }
  })
  return chunks
}

/** Lines that are longer are shown to nobody. */
const LONGEST_LINE = 64 * 1024
const NEWLINE = 10

/** Keeps the last `max` bytes of what arrives, but for lines that are claimed. */
function collectTail(stream: ReadableStream, max: number, claim: (line: string) => boolean): () => Buffer {
  let tail: Buffer = Buffer.alloc(0)
  let line: Buffer = Buffer.alloc(0)
  const keep = (bytes: Buffer): void => {
    tail = Buffer.concat([tail, bytes]).subarray(-max)
  }
  const end = (): void => {
    if (line.length > LONGEST_LINE || !claim(line.toString('utf8'))) keep(line)
    line = Buffer.alloc(0)
  }
  stream.on('data', (chunk: Buffer) => {
    for (let rest = chunk; rest.length > 0; ) {
      const newline = rest.indexOf(NEWLINE)
      const part = newline < 0 ? rest : rest.subarray(0, newline + 1)
      line = Buffer.concat([line, part])
      rest = rest.subarray(part.length)
      if (newline >= 0) end()
      else if (line.length > LONGEST_LINE) {
        keep(line.subarray(0, -LONGEST_LINE))
        line = line.subarray(-LONGEST_LINE - 1)
      }
    }
  })
  return () => {
    if (line.length > 0) end()
    return tail
  }
}

import type { JobContext, JobHandler, JobTools, Json } from '@muster/core'
import { NonRetryableError, NotNowError, ValidationError } from '@muster/core'
import { assertOptions, type OptionRules, option, parseJson, plainError } from '@muster/core/support'
import type { CallUsage } from '@muster/core/usage'
import { runAsking } from './asking.ts'
import { type ChildExit, runChild } from './child.ts'

/** Which program is run, with what, and what it may take. */
export interface PythonHandlerOptions<Payload = Json> {
  /** Path of the program. */
  readonly program: string
  readonly args?: readonly string[]
  /** The program's input: a value, a promise of one, or an async iterable, which is streamed as one JSON array. Default: the job's payload. */
  readonly input?: (job: JobContext<Payload>) => unknown
  /** Name or path of the interpreter. Default `python3`, found on PATH. */
  readonly python?: string
  /** Added to the environment, which is otherwise PATH, locale, time zone and temporary folder: no secret is inherited. */
  readonly env?: Readonly<Record<string, string>>
  /** Bytes of stdout at most; a program that writes more is killed. Default 16 MiB. */
  readonly maxOutputBytes?: number
  /** A limit of its own, beside its job type's. */
  readonly timeoutMs?: number
  /** The program may ask people: it reads `{"payload", "answers", "kept"}`, and may print `{"ask": {name: question}, "keep"?: {name: value}}` in place of its result. */
  readonly asks?: boolean
  /** How long a program that was told to stop (SIGTERM) has before it is killed. Default 2 000 ms. */
  readonly killAfterMs?: number
}

/** A Python program failed in a way that may pass. `stderr` is the end of what it wrote there. */
export class PythonError extends Error {
  override readonly name = 'PythonError'
  readonly exitCode: number | null
  readonly stderr: string
  /** The HTTP status that the program met, if it says one: it decides whether the job is tried again. */
  readonly statusCode: number | undefined
  readonly retryAfterSeconds: number | undefined

  constructor(
    message: string,
    { exitCode, stderr }: Pick<ChildExit, 'exitCode' | 'stderr'>,
    met: { readonly statusCode?: number; readonly retryAfterSeconds?: number | undefined } = {},
  ) {
    super(stderr.trim() === '' ? message : `${message}: ${stderr.trim()}`)
    this.exitCode = exitCode
    this.stderr = stderr
    this.statusCode = met.statusCode
    this.retryAfterSeconds = met.retryAfterSeconds
  }
}

const MEBIBYTE = 2 ** 20

const RULES: OptionRules<PythonHandlerOptions> = {
  program: option.needed(option.text),
  args: option.list(),
  input: option.callable,
  python: option.text,
  env: option.having(),
  maxOutputBytes: option.whole(1),
  timeoutMs: option.number(1, 30 * 86_400_000),
  asks: option.flag,
  killAfterMs: option.number(0, 3_600_000),
}

const MAX_ERROR_BYTES = 8 * 1024
/** `EX_DATAERR` of sysexits.h: the input was wrong, so the same input will be wrong again. */
const DATA_ERROR = 65
/** `EX_TEMPFAIL` of sysexits.h: the other side asks to wait. */
const TEMPORARY_FAILURE = 75
const INHERITED = ['PATH', 'LANG', 'LC_ALL', 'LC_CTYPE', 'TZ', 'TMPDIR', 'SystemRoot']

/**
 * A handler that runs a Python program: JSON on its stdin, one JSON value on its stdout, which is the result. No shell. Abort and timeout stop
 * the program and all it started. A program that fails may say why in the last line that it writes to stderr: `{"error": {"code", "message"?, "retryAfterSeconds"?, "key"?}}` with
 * the code `not_now`, `non_retryable` or `http_<status>`. Each line on stderr that is `{"usage": {"input", "output", …}}` is counted as it comes, as by `usage` of a handler's tools. The handler throws {@link NonRetryableError} if there is no interpreter, if the program exits with 65 or says
 * so; {@link NotNowError} if it exits with 75 or says so; and {@link PythonError} if it exits with anything else but 0 or doesn't print one JSON value.
 */
export function pythonHandler<Payload = Json, Result = Json>(
  options: PythonHandlerOptions<Payload>,
): JobHandler<Payload, Result> {
  assertOptions('pythonHandler', options, RULES)
  return async (job, tools) => {
    const input = await (options.input === undefined ? job.payload : options.input(job))
    const run = (given: unknown): Promise<unknown> => runProgram(options, given, tools)
    if (options.asks !== true) return (await run(input)) as Result
    if (isAsyncIterable(input))
      throw new NonRetryableError('The input of a Python program that asks people cannot be streamed')
    return (await runAsking(input, run, tools)) as Result
  }
}

async function runProgram(
  options: PythonHandlerOptions<never>,
  input: unknown,
  { signal, log, usage }: Pick<JobTools, 'signal' | 'log' | 'usage'>,
): Promise<unknown> {
  const python = options.python ?? 'python3'
  const limits = options.timeoutMs === undefined ? [signal] : [signal, AbortSignal.timeout(options.timeoutMs)]
  const refused: Error[] = []
  const exit = await runChild({
    command: python,
    args: [options.program, ...(options.args ?? [])],
    env: { ...inherited(), PYTHONUTF8: '1', ...options.env },
    input: jsonText(input),
    signal: AbortSignal.any(limits),
    maxOutputBytes: options.maxOutputBytes ?? 16 * MEBIBYTE,
    maxErrorBytes: MAX_ERROR_BYTES,
    claimErrorLine(line) {
      const call = saidUsage(line)
      if (call === undefined) return false
      try {
        void usage(call)
      } catch (error) {
        if (error instanceof Error) refused.push(error)
      }
      return true
    },
    killAfterMs: options.killAfterMs ?? 2_000,
  }).catch((error: unknown) => {
    throw startError(error, python)
  })
  const result = resultOf(exit, log)
  if (refused[0]) throw refused[0]
  return result
}

function inherited(): Record<string, string> {
  const env: Record<string, string> = {}
  for (const name of INHERITED) {
    const value = process.env[name]
    if (value !== undefined) env[name] = value
  }
  return env
}

/** An interpreter that is missing or may not be run will be so at the next attempt too. */
function startError(error: unknown, python: string): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException
  if (!syscall?.startsWith('spawn') || (code !== 'ENOENT' && code !== 'EACCES')) return error
  const why = code === 'ENOENT' ? 'was not found' : 'may not be run'
  return new NonRetryableError(
    `${python} ${why}: install Python 3 and have it on PATH, or set the handler's \`python\` to an interpreter`,
    { python },
    { cause: plainError(error) },
  )
}

function resultOf(exit: ChildExit, log: JobTools['log']): unknown {
  const { exitCode, signal, stdout, stderr } = exit
  if (exitCode !== 0) throw failureOf(exit, signal)
  const text = decode(exit, stdout)
  if (text.trim() === '')
    throw new PythonError('The Python program printed nothing, not one JSON value', exit)
  try {
    const result = parseJson(text, ['result'])
    if (stderr.trim() !== '') log.warn({ stderr }, 'the Python program wrote to stderr')
    return result
  } catch (error) {
    if (error instanceof ValidationError) throw error
    throw new PythonError(`The Python program did not print one JSON value (${String(error)})`, exit)
  }
}

function failureOf(exit: ChildExit, signal: ChildExit['signal']): Error {
  const { exitCode, stderr } = exit
  const said = saidError(stderr)
  const retryAfterSeconds = said?.retryAfterSeconds
  if (exitCode === TEMPORARY_FAILURE || said?.code === 'not_now') {
    const message = said?.message ?? (stderr.trim() || undefined)
    return new NotNowError({ retryAfterSeconds, key: said?.key, message })
  }
  if (exitCode === DATA_ERROR || said?.code === 'non_retryable') {
    const why = said?.message ?? stderr.trim()
    return new NonRetryableError(`The Python program refused its input: ${why}`, { exitCode, stderr })
  }
  const how = signal === null ? `exited with ${exitCode}` : `was killed by ${signal}`
  const [, status] = /^http_([2-5]\d\d)$/.exec(said?.code ?? '') ?? []
  const met = status === undefined ? {} : { statusCode: Number(status), retryAfterSeconds }
  return new PythonError(`The Python program ${how}`, said ? { ...exit, stderr: said.message } : exit, met)
}

interface SaidError {
  readonly code: string
  readonly message: string
  readonly retryAfterSeconds: number | undefined
  /** The limit that is meant, of the job's keys. */
  readonly key: string | undefined
}

/** The error in the last line on stderr, if it is JSON that has one. */
function saidError(stderr: string): SaidError | undefined {
  const line = stderr.trim().split('\n').at(-1) ?? ''
  try {
    const { error } = JSON.parse(line) as { readonly error?: Partial<Record<keyof SaidError, unknown>> }
    if (typeof error?.code !== 'string') return undefined
    const { code, message, retryAfterSeconds, key } = error
    return {
      code,
      message: typeof message === 'string' ? message : code,
      retryAfterSeconds: typeof retryAfterSeconds === 'number' ? retryAfterSeconds : undefined,
      key: typeof key === 'string' ? key : undefined,
    }
  } catch {
    return undefined
  }
}

/** The usage that a line on stderr reports, if it is JSON that has one. */
function saidUsage(line: string): CallUsage | undefined {
  if (!/^\s*\{\s*"usage"/.test(line)) return undefined
  try {
    const { usage } = JSON.parse(line) as { readonly usage?: CallUsage }
    return usage
  } catch {
    return undefined
  }
}

function decode(exit: ChildExit, stdout: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(stdout)
  } catch {
    throw new PythonError('The Python program printed what is not UTF-8', exit)
  }
}

/** Small items travel together: a write each would be slow. */
const CHUNK_LENGTH = 64 * 1024

async function* jsonText(input: unknown): AsyncGenerator<string> {
  if (!isAsyncIterable(input)) {
    yield jsonOf(input)
    return
  }
  let chunk = '['
  let separator = ''
  for await (const item of input) {
    chunk += separator + jsonOf(item)
    separator = ','
    if (chunk.length >= CHUNK_LENGTH) {
      yield chunk
      chunk = ''
    }
  }
  yield `${chunk}]`
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}

function jsonOf(value: unknown): string {
  const text: string | undefined = JSON.stringify(value)
  if (text === undefined)
    throw new NonRetryableError(`The input of a Python program must be JSON, not ${typeof value}`)
  return text
}

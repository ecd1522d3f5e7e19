import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { JobContext } from '@muster/core'
import { NonRetryableError } from '@muster/core'
import { classify } from '@muster/core/rules'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { PythonError, type PythonHandlerOptions, pythonHandler } from './python-handler.ts'

let folder = ''
let programs = 0

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-python-'))
})

afterAll(async () => {
  await rm(folder, { recursive: true })
})

/** What programs reported to have used. */
const used: object[] = []

const log = { info: () => {}, warn: vi.fn<(fields: object, message: string) => void>() }

interface Setup extends Partial<PythonHandlerOptions<unknown>> {
  readonly payload?: unknown
  readonly signal?: AbortSignal
}

/** Runs a handler of the Python source, as a worker would. */
async function run(source: string, { payload = null, signal, ...options }: Setup = {}): Promise<unknown> {
  const program = join(folder, `program-${programs++}.py`)
  await writeFile(program, source)
  const handler = pythonHandler<unknown, unknown>({ program, ...options })
  const job = { payload } as JobContext<unknown>
  return handler(job, {
    signal: signal ?? new AbortController().signal,
    step: () => {},
    log,
    usage: async (call) => void used.push(call),
    ask: () => Promise.reject(new Error('Nobody is asked here')),
    once: async (_name, make) => (await make()) as never,
  })
}

/** Whether the process still runs. One that is dead but that nobody has asked after (a zombie) does not. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    if (process.platform !== 'linux') return true
    return !/^\d+ \(.*\) Z/su.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

/** The pids that a program wrote to `path`, once it has written `count` of them. */
async function pidsIn(path: string, count: number): Promise<number[]> {
  return vi.waitFor(async () => {
    const pids = (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '')
    expect(pids).toHaveLength(count)
    return pids.map(Number)
  })
}

it('gives a program the input that is made for it, also where that takes a while', async () => {
  const echo = 'import json, sys\nprint(json.dumps(json.load(sys.stdin)))\n'
  expect(await run(echo, { payload: 1, input: async ({ payload }) => ({ given: payload }) })).toEqual({
    given: 1,
  })
})

const SAY = `import json, sys
def say(code, seconds=None):
  error = {"code": code, "message": "too much"}
  if seconds is not None: error["retryAfterSeconds"] = seconds
  print("noise", file=sys.stderr)
  print(json.dumps({"error": error}), file=sys.stderr)
`
const HANG = 'import signal, time\nwhile True: time.sleep(60)\n'
const NOTE_PID = 'import os, sys\nprint(os.getpid(), file=open(sys.argv[1], "a"), flush=True)\n'

describe('pythonHandler', () => {
  it('gives the payload on stdin and returns the value on stdout', async () => {
    const source =
      'import json, sys\nvalue = json.load(sys.stdin)\njson.dump({"twice": value["n"] * 2, "text": value["text"]}, sys.stdout)\n'
    expect(await run(source, { payload: { n: 21, text: 'Ọmọ ènìyàn 人' } })).toEqual({
      twice: 42,
      text: 'Ọmọ ènìyàn 人',
    })
  })

  it('streams an async iterable as one array, at the pace of the program', async () => {
    async function* rows() {
      for (let n = 0; n < 50_000; n++) yield { n, text: 'a row of some length' }
    }
    const source =
      'import json, sys\nrows = json.load(sys.stdin)\nprint(json.dumps([len(rows), rows[-1]["n"]]))\n'
    expect(await run(source, { input: rows })).toEqual([50_000, 49_999])
    expect(await run(source.replace(', rows[-1]["n"]', ''), { input: async function* () {} })).toEqual([0])
  })

  it('gets all of a long output although the program exits at once', async () => {
    const source = 'import sys\nsys.stdout.write("[" + "1," * 2000000 + "1]")\nsys.stdout.flush()\n'
    expect(await run(source)).toHaveLength(2_000_001)
  })

  it('lets a program ignore its input', async () => {
    expect(await run('print(1)', { payload: 'x'.repeat(5_000_000) })).toBe(1)
  })

  it('fails with what the program wrote last when it dies', async () => {
    const source = 'import sys\nsys.stderr.write("noise" * 10000)\nraise ValueError("the table is empty")\n'
    const failure = await run(source).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(PythonError)
    expect(failure).toMatchObject({ exitCode: 1, message: expect.stringContaining('the table is empty') })
    expect((failure as PythonError).stderr.length).toBeLessThanOrEqual(8 * 1024)
  })

  it('says which signal killed the program', async () => {
    await expect(run('import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n')).rejects.toThrow(
      /killed by SIGKILL/,
    )
  })

  it('does not retry what the program refuses with exit code 65', async () => {
    const failure = run('import sys\nprint("no rows to compare", file=sys.stderr)\nsys.exit(65)\n')
    await expect(failure).rejects.toThrow(NonRetryableError)
    await expect(failure).rejects.toThrow(/no rows to compare/)
  })

  it.each([
    ['exits with 75', 'print("busy", file=sys.stderr)\nsys.exit(75)', 'not_now', undefined, 'busy'],
    ['exits with 75 and says how long', 'say("whatever", 30)\nsys.exit(75)', 'not_now', 30_000, 'too much'],
    ['says not_now', 'say("not_now", 1.5)\nsys.exit(1)', 'not_now', 1_500, 'too much'],
    ['says http_429', 'say("http_429")\nsys.exit(1)', 'http_429', undefined, 'exited with 1: too much'],
    ['says http_503 with a time', 'say("http_503", 7)\nsys.exit(1)', 'http_503', 7_000, 'too much'],
  ])('waits for the other side if the program %s', async (_, source, code, retryAfterMs, message) => {
    const failure = await run(`${SAY}${source}\n`).catch((error: unknown) => error)
    expect(classify(failure, new Date())).toMatchObject({
      error: { code, message: expect.stringContaining(message), retryable: true },
      retryAfterMs,
      notNow: true,
    })
  })

  it('cools the key that the program names', async () => {
    const line = '{"error": {"code": "not_now", "key": "provider:x"}}'
    const source = `import sys\nprint('${line}', file=sys.stderr)\nsys.exit(1)\n`
    const failure = await run(source).catch((error: unknown) => error)
    expect(classify(failure, new Date())).toMatchObject({ notNow: true, key: 'provider:x' })
  })

  it.each([
    ['http_503 without a time', 'say("http_503")', 'http_503', true],
    ['http_400', 'say("http_400")', 'http_400', false],
    ['non_retryable', 'say("non_retryable")', 'non_retryable', false],
    ['a code of its own', 'say("odd", 30)', 'handler_failed', true],
    ['JSON that is no error', 'print("[1]", file=sys.stderr)', 'handler_failed', true],
    ['null', 'print("null", file=sys.stderr)', 'handler_failed', true],
    ['an error and then more', 'say("not_now")\nprint("more", file=sys.stderr)', 'handler_failed', true],
  ])('counts an attempt of a program that says %s', async (_, source, code, retryable) => {
    const failure = await run(`${SAY}${source}\nsys.exit(1)\n`).catch((error: unknown) => error)
    const { error, notNow } = classify(failure, new Date())
    expect({ code: error.code, retryable: error.retryable, notNow: notNow ?? false }).toEqual({
      code,
      retryable,
      notNow: false,
    })
  })

  it.each([
    ['nothing', '', /printed nothing/],
    ['JSON and then more', 'print("{}")\nprint("done")', /did not print one JSON value/],
    ['no JSON', 'print("done")', /did not print one JSON value/],
    ['NaN, which is no JSON', 'import json\nprint(json.dumps(float("nan")))', /did not print one JSON value/],
    ['bytes that are no UTF-8', 'import sys\nsys.stdout.buffer.write(b"\\"\\xff\\"")', /not UTF-8/],
  ])('refuses a program that prints %s', async (_what, source, message) => {
    await expect(run(source)).rejects.toThrow(message)
  })

  it('warns of what a successful program wrote to stderr', async () => {
    log.warn.mockClear()
    await run('import sys\nprint("low on rows", file=sys.stderr)\nprint(1)\n')
    expect(log.warn).toHaveBeenCalledWith({ stderr: 'low on rows\n' }, expect.any(String))
  })

  it('kills a program that floods stdout', async () => {
    const pidFile = join(folder, 'flood.pid')
    const source = `${NOTE_PID}while True: sys.stdout.write("x" * 65536)\n`
    await expect(run(source, { args: [pidFile], maxOutputBytes: 1_000_000 })).rejects.toThrow(
      /more than 1000000 bytes/,
    )
    const [pid = 0] = await pidsIn(pidFile, 1)
    expect(isAlive(pid)).toBe(false)
  })

  it('kills a program that ignores SIGTERM when its job is aborted', async () => {
    const pidFile = join(folder, 'stubborn.pid')
    const aborter = new AbortController()
    const source = `import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n${NOTE_PID}${HANG}`
    const running = run(source, { args: [pidFile], signal: aborter.signal, killAfterMs: 100 })
    const [pid = 0] = await pidsIn(pidFile, 1)
    aborter.abort(new Error('cancelled by its owner'))
    await expect(running).rejects.toThrow('cancelled by its owner')
    expect(isAlive(pid)).toBe(false)
  })

  it('lets a program that obeys SIGTERM clean up', async () => {
    const pidFile = join(folder, 'obedient.pid')
    const aborter = new AbortController()
    const source = `import signal, sys\nsignal.signal(signal.SIGTERM, lambda *_: (print("bye", file=open(sys.argv[1], "a"), flush=True), sys.exit(0)))\n${NOTE_PID}${HANG}`
    const running = run(source, { args: [pidFile], signal: aborter.signal, killAfterMs: 60_000 })
    await pidsIn(pidFile, 1)
    aborter.abort()
    await expect(running).rejects.toThrow(/abort/i)
    expect(await readFile(pidFile, 'utf8')).toMatch(/bye\n$/)
  })

  it('takes the children of a program that hangs with it at a timeout', async () => {
    const pidFile = join(folder, 'family.pid')
    const source = `import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n${NOTE_PID}\nif os.fork() == 0:\n  print(os.getpid(), file=open(sys.argv[1], "a"), flush=True)\n${HANG}`
    const aborter = new AbortController()
    const running = run(source, { args: [pidFile], signal: aborter.signal, killAfterMs: 50 })
    const pids = await pidsIn(pidFile, 2)
    aborter.abort(new DOMException('too long', 'TimeoutError'))
    await expect(running).rejects.toThrow('too long')
    await vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]))
  })

  it('has a limit of its own', async () => {
    await expect(run(HANG, { timeoutMs: 200, killAfterMs: 50 })).rejects.toMatchObject({
      name: 'TimeoutError',
    })
  })

  it('does not wait for what a program that has ended left running', async () => {
    const pidFile = join(folder, 'orphan.pid')
    const source = `${NOTE_PID}\nif os.fork() == 0:\n  print(os.getpid(), file=open(sys.argv[1], "a"), flush=True)\n  import time\n  time.sleep(600)\nwhile len(open(sys.argv[1]).readlines()) < 2: pass\nprint(7)\n`
    expect(await run(source, { args: [pidFile] })).toBe(7)
    const pids = await pidsIn(pidFile, 2)
    await vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]))
  })

  it('starts nothing for a job that is aborted already', async () => {
    const pidFile = join(folder, 'never.pid')
    await expect(
      run(NOTE_PID, { args: [pidFile], signal: AbortSignal.abort(new Error('too late')) }),
    ).rejects.toThrow('too late')
    await expect(readFile(pidFile)).rejects.toThrow(/ENOENT/)
  })

  it('stops the program and passes on what reading its input threw', async () => {
    async function* broken() {
      yield 1
      throw new Error('the results cannot be read')
    }
    await expect(run('import sys\nsys.stdin.read()\nprint(1)', { input: broken })).rejects.toThrow(
      'the results cannot be read',
    )
  })

  it('stops at an abort although its input never comes', async () => {
    const aborter = new AbortController()
    async function* silent() {
      queueMicrotask(() => aborter.abort(new Error('enough')))
      yield await new Promise(() => {})
    }
    const running = run('import sys\nsys.stdin.read()\nprint(1)', { input: silent, signal: aborter.signal })
    await expect(running).rejects.toThrow('enough')
  })

  it('gives every argument as it stands: no shell reads it', async () => {
    const marker = join(folder, 'injected')
    const args = [
      `; touch ${marker}`,
      `$(touch ${marker})`,
      `\`touch ${marker}\``,
      '| cat && *',
      '"\'\\\n',
      '',
    ]
    expect(await run('import json, sys\nprint(json.dumps(sys.argv[1:]))', { args })).toEqual(args)
    await expect(readFile(marker)).rejects.toThrow(/ENOENT/)
  })

  it('gives no secret of this process to the program', async () => {
    const secrets = ['MUSTER_JWT_SECRET', 'DATABASE_URL', 'HOME_MADE_TOKEN']
    for (const secret of secrets) vi.stubEnv(secret, 'do not tell')
    const source = 'import json, os\nprint(json.dumps(dict(os.environ)))'
    const env = (await run(source, { env: { CASE: 'added' } })) as Record<string, string>
    vi.unstubAllEnvs()
    for (const secret of secrets) expect(env).not.toHaveProperty(secret)
    expect(Object.values(env)).not.toContain('do not tell')
    expect(env).toMatchObject({ CASE: 'added', PATH: expect.any(String) })
  })

  it('says clearly, and for good, that there is no Python', async () => {
    const failure = run('print(1)', { python: 'python3-of-nowhere' })
    await expect(failure).rejects.toThrow(NonRetryableError)
    await expect(failure).rejects.toThrow(/python3-of-nowhere was not found: install Python 3/)
  })
})

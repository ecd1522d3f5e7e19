import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { JobId, Json, ProjectId, UserId } from '@muster/core'
import { remoteJobType, type WorkerGrant } from '@muster/core/remote'
import { createMuster, type Muster, silentLogger } from '@muster/host'
import { musterHttp } from '@muster/transport-http'
import { fastify } from 'fastify'
import { afterAll, afterEach, beforeAll, expect, it, onTestFinished, vi } from 'vitest'
import { z } from 'zod'

// The client in clients/python, in processes of its own, beside a server in this one.

const CLIENT = new URL('../../../clients/python/', import.meta.url)

const score = remoteJobType({
  name: 'score',
  payload: z.object({ text: z.string() }),
  result: z.unknown(),
  retry: { baseMs: 0 },
})

const app = fastify({ forceCloseConnections: true })
let muster: Muster<typeof score>
let projectId: ProjectId
let userId: UserId
let url: string
let folder: string
/** Calls whose answer is lost on its way. */
let isAway = (_url: string): boolean => false
const running = new Set<Program>()

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-python-client-'))
  muster = await createMuster({ jobTypes: [score], logger: silentLogger })
  await muster.schedule()
  const steps = [{ stepId: 'verdict', stepType: 'annotation' as const }]
  const { workflowId } = await muster.workflows.add({ name: 'review', steps })
  projectId = (await muster.projects.add({ name: 'Scores', workflowId })).projectId
  userId = (await muster.people.add({ displayName: 'Ann' })).userId
  await muster.projects.addMember(projectId, userId)
  const grant: WorkerGrant = { subject: 'scorers', types: ['score'], projects: [projectId] }
  app.addHook('onSend', async (request, reply, payload) => {
    if (isAway(request.url)) reply.code(503)
    return payload
  })
  const adminId = (await muster.people.add({ displayName: 'Bo', role: 'admin' })).userId
  const expiresAt = new Date('2100-01-01')
  const authenticator = {
    authenticate: async () => ({ userId: adminId, role: 'admin' as const, expiresAt }),
    authenticateWorker: async () => ({ ...grant, expiresAt }),
  }
  await app.register(musterHttp, { muster, authenticator, requestsPerMinute: 0 })
  url = await app.listen({ host: '127.0.0.1', port: 0 })
})
afterEach(async () => {
  isAway = () => false
  await Promise.all([...running].map((program) => program.end('SIGKILL')))
})
afterAll(async () => {
  await app.close()
  await muster.close()
  await rm(folder, { recursive: true })
})

/** A Python process that says what it does, a line at a time. */
class Program {
  readonly lines: string[] = []
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>
  readonly #exit: Promise<unknown[]>
  #heard: () => void = () => undefined

  private constructor(path: string) {
    const env = {
      PATH: process.env['PATH'],
      PYTHONPATH: fileURLToPath(new URL('src', CLIENT)),
      PYTHONUNBUFFERED: '1',
      MUSTER_URL: url,
      MUSTER_TOKEN: 'worker',
    }
    this.#child = spawn('python3', [path], { env, stdio: ['pipe', 'pipe', 'pipe'] })
    this.#exit = once(this.#child, 'close')
    for (const stream of [this.#child.stdout, this.#child.stderr])
      createInterface(stream).on('line', (line) => {
        this.lines.push(line)
        this.#heard()
      })
    running.add(this)
  }

  static async run(source: string): Promise<Program> {
    const path = join(folder, `program-${running.size}-${Math.random()}.py`)
    await writeFile(path, source)
    return new Program(path)
  }

  /** The first line that has this in it, once it is said. */
  async said(part: string): Promise<string> {
    for (;;) {
      const line = this.lines.find((each) => each.includes(part))
      if (line !== undefined) return line
      const next = new Promise<void>((resolve) => {
        this.#heard = resolve
      })
      await Promise.race([
        next,
        this.#exit.then(() => {
          throw new Error(`The program ended before it said ${part}:\n${this.lines.join('\n')}`)
        }),
      ])
    }
  }

  tell(line: string): void {
    this.#child.stdin.write(`${line}\n`)
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Its exit code, once it has ended by that signal or by itself. */
  async end(signal?: NodeJS.Signals): Promise<unknown> {
    if (signal) this.kill(signal)
    const [code] = await this.#exit
    running.delete(this)
    return code
  }
}

const WORKER = (options = '') => `
import asyncio, logging, os, sys, threading
from muster_client import *
logging.basicConfig(level=logging.INFO)
worker = Worker(os.environ["MUSTER_URL"], os.environ["MUSTER_TOKEN"]${options})
told = threading.Event()
threading.Thread(target=lambda: [told.set() for _ in sys.stdin], daemon=True).start()
def say(*words): print(*words, flush=True)
`
const RUN = '\nworker.run()\nsay("over")\n'

const add = (text: string) => muster.queue.add(projectId, score, { text })
const job = (jobId: JobId) => muster.queue.get(projectId, jobId)
const until = (jobId: JobId, state: string) =>
  vi.waitFor(async () => expect((await job(jobId)).state).toBe(state))

/** Ann answers the next question that there is. */
async function answer(result: Json): Promise<void> {
  const claim = await muster.assignments.claimNext({ userId })
  if (claim.kind === 'nothing') throw new Error('Ann has nothing to do')
  const { assignmentId } = claim.assignment
  const by = { userId, role: 'annotator' as const, memberships: new Set([projectId]) }
  await muster.assignments.start({ assignmentId, by })
  await muster.assignments.submit({ assignmentId, by, result })
}

it('runs the quickstart of its page, in twenty lines at most', async () => {
  const page = await readFile(new URL('README.md', CLIENT), 'utf8')
  const [, quickstart = ''] = /```python\n([\s\S]*?)```/.exec(page) ?? []
  expect(quickstart.trimEnd().split('\n').length).toBeLessThanOrEqual(20)
  const program = await Program.run(quickstart)
  const [{ jobId: fine }, { jobId: empty }] = [await add('hello'), await add('')]
  await until(fine, 'completed')
  await until(empty, 'failed')
  expect((await muster.jobs.get(fine)).result).toEqual({ score: 0.05 })
  expect(await job(fine)).toMatchObject({ usage: { units: 6 } })
  expect(await job(empty)).toMatchObject({
    attempt: 1,
    error: { code: 'no_text', message: 'There is no text', retryable: false },
  })
  expect(await program.end('SIGTERM')).toBe(0)
})

it('does jobs by functions and coroutines, and says how they failed', async () => {
  const program = await Program.run(`${WORKER(', concurrency=3, batch=2')}
@worker.job("score")
async def score(job):
    text = job.payload["text"]
    await asyncio.sleep(0)
    if text == "odd": return {1, 2}
    if text == "again" and job.attempt == 1: raise ValueError("not yet: Ærø")
    if text == "usage":
        try: job.usage(input=-1, output=0)
        except ValueError as error: return str(error)
    if text == "step":
        job.step("read", 1, 2, 40)
        say("stepped")
        await asyncio.get_running_loop().run_in_executor(None, told.wait)
    return {"text": text}
${RUN}`)
  const [odd, again] = [await add('odd'), await add('again')]
  const [usage, step] = [await add('usage'), await add('step')]
  await until(odd.jobId, 'failed')
  expect(await job(odd.jobId)).toMatchObject({ error: { code: 'invalid_result', retryable: false } })
  await until(again.jobId, 'completed')
  expect(await job(again.jobId)).toMatchObject({ attempt: 2 })
  expect((await muster.jobs.get(again.jobId)).attempts[0]).toMatchObject({
    error: { code: 'handler_failed', message: 'not yet: Ærø' },
  })
  await until(usage.jobId, 'completed')
  expect((await muster.jobs.get(usage.jobId)).result).toBe('input must be a whole number from 0, not -1')
  await program.said('stepped')
  await vi.waitFor(async () =>
    expect(await job(step.jobId)).toMatchObject({ step: { name: 'read', index: 1 }, progress: 40 }),
  )
  program.tell('go')
  await until(step.jobId, 'completed')
  expect(await program.end('SIGTERM')).toBe(0)
})

it('asks people, sleeps, and runs again from its beginning with their answers', async () => {
  const program = await Program.run(`${WORKER()}
made = 0
def make():
    global made
    made += 1
    return {"nth": made}
WISH = {"ö\\n": [1.5, 1e21, 1e16, 1e-7, 0.00001, -0.0, 123456789.25, True], "é": None, "a": "ü\\u2028"}
@worker.job("score")
def score(job):
    if job.payload["text"] == "changed":
        return job.ask("v", payload=job.attempt).answer
    if job.payload["text"] == "late":
        return job.ask("v", payload=1, timeout_seconds=1, on_timeout="fail").answer
    draft = job.once("draft", make)
    try:
        answers = job.ask_all({"one": Question(WISH, priority=5), "two": Question(draft)})
    except Exception as error:
        say("swallowed", error)
    finally:
        say("cleaned")
    return [draft, made, answers["one"].answer, answers["two"].answer, answers["one"].by]
${RUN}`)
  const { jobId } = await add('asks')
  await vi.waitFor(async () => expect((await job(jobId)).asleep).toBe(true))
  await answer({ of: 'first' })
  await answer({ of: 'second' })
  await until(jobId, 'completed')
  const { result } = await muster.jobs.get(jobId)
  expect(result).toEqual([{ nth: 1 }, 1, { of: 'first' }, { of: 'second' }, [userId]])
  expect(program.lines.filter((line) => line === 'cleaned')).toHaveLength(2)
  const { jobId: changed } = await add('changed')
  await vi.waitFor(async () => expect((await job(changed)).asleep).toBe(true))
  await answer(1)
  const { jobId: late } = await add('late')
  for (const [id, code] of [
    [changed, 'ask_changed'],
    [late, 'ask_timed_out'],
  ] as const) {
    await until(id, 'failed')
    expect(await job(id)).toMatchObject({ error: { code, retryable: false } })
  }
  expect(await program.end('SIGTERM')).toBe(0)
})

it('sends an outcome again whose answer was lost, and counts nothing twice', async () => {
  let lost = 0
  isAway = (address) => address.endsWith('/settle') && lost++ === 0
  const program = await Program.run(`${WORKER()}
@worker.job("score")
def score(job):
    job.usage(model="m", input=1, output=1)
    say("began", job.attempt)
${RUN}`)
  const { jobId } = await add('once')
  await until(jobId, 'completed')
  expect(await program.end('SIGTERM')).toBe(0)
  expect(lost).toBe(2)
  expect(program.lines.filter((line) => line.startsWith('began'))).toHaveLength(1)
  expect(await job(jobId)).toMatchObject({ attempt: 1, usage: { units: 2 } })
})

const HOLDS = (name: string) => `${WORKER()}
@worker.job("score")
def score(job):
    say("began", job.payload["text"])
    if job.payload["text"] == "${name}": job.wait()
    say("stopped", job.stopped)
    return "by ${name}"
${RUN}`

it('gives the jobs of a worker that was killed to another, and records each once', async () => {
  const killed = await Program.run(HOLDS('first'))
  const { jobId } = await add('first')
  await killed.said('began')
  await killed.end('SIGKILL')
  const other = await Program.run(HOLDS('second'))
  await until(jobId, 'completed')
  expect(await muster.jobs.get(jobId)).toMatchObject({ result: 'by second', attempt: 1 })
  expect(await other.end('SIGTERM')).toBe(0)
})

it('records nothing of a worker that stood still for longer than its lease, which goes on as another', async () => {
  const still = await Program.run(HOLDS('first'))
  const { jobId } = await add('first')
  await still.said('began')
  still.kill('SIGSTOP')
  const other = await Program.run(HOLDS('second'))
  await until(jobId, 'completed')
  expect(await other.end('SIGTERM')).toBe(0)
  still.kill('SIGCONT')
  await still.said('stopped lost')
  await still.said('is lost')
  expect(await muster.jobs.get(jobId)).toMatchObject({ result: 'by second', attempt: 1 })
  const { jobId: next } = await add('next')
  await until(next, 'completed')
  expect((await muster.jobs.get(next)).result).toBe('by first')
  expect(await still.end('SIGTERM')).toBe(0)
})

it('tells functions and coroutines to stop whose job was cancelled', async () => {
  for (const handler of [
    'def score(job):\n    say("began")\n    job.wait()\n    say("stopped", job.stopped)\n    raise RuntimeError("x")',
    'async def score(job):\n    say("began")\n    try: await asyncio.Event().wait()\n    finally: say("stopped", job.stopped)',
  ]) {
    const program = await Program.run(`${WORKER()}\n@worker.job("score")\n${handler}\n${RUN}`)
    const { jobId } = await add('cancelled')
    await program.said('began')
    await muster.queue.cancel(projectId, jobId)
    await until(jobId, 'cancelled')
    await program.said('stopped cancelled')
    expect(await program.end('SIGTERM')).toBe(0)
  }
})

it('drains on SIGTERM: what runs may end, and nothing more is claimed', async () => {
  const program = await Program.run(`${WORKER()}
@worker.job("score")
def score(job):
    say("began", job.payload["text"])
    told.wait()
    return "done"
${RUN}`)
  const { jobId: slow } = await add('slow')
  await program.said('began slow')
  program.kill('SIGTERM')
  await program.said('claims nothing more')
  const { jobId: later } = await add('later')
  program.tell('go')
  expect(await program.end()).toBe(0)
  expect(program.lines.at(-1)).toBe('over')
  expect((await muster.jobs.get(slow)).result).toBe('done')
  expect(await job(later)).toMatchObject({ state: 'pending', attempt: 0 })
  await muster.queue.cancel(projectId, later)
})

it('hands back what does not end in time', async () => {
  const program = await Program.run(`${WORKER(', drain_seconds=0')}
@worker.job("score")
def score(job):
    say("began")
    threading.Event().wait()
${RUN}`)
  const { jobId } = await add('endless')
  await program.said('began')
  expect(await program.end('SIGTERM')).toBe(0)
  expect(await job(jobId)).toMatchObject({ state: 'pending', attempt: 0 })
  await muster.queue.cancel(projectId, jobId)
})

it('calls the API: lists page by page, lines, keys and refusals by their class', async () => {
  const program = await Program.run(`
import os
from muster_client import *
client = MusterClient(os.environ["MUSTER_URL"], lambda: "admin")
names = [client.add_project({"name": f"P{n} ü"})["projectId"] for n in range(3)]
again = [client.add_project({"name": "Once"}, idempotency_key="4c1b9d3e")["projectId"] for _ in range(2)]
print(again[0] == again[1])
print({project["projectId"] for project in client.list_projects(query={"limit": 1})} >= {*names, *again})
page = client.list_projects(query={"limit": 2}).page()
print(len(page.items), page.next_cursor is None)
project = client.get_project(names[0])
print(client.change_project(names[0], {"name": "New"}, if_match=project["version"])["name"])
print(list(client.read_project_results(names[0])))
for call in (lambda: client.add_project({"name": ""}), lambda: client.get_project("00000000-0000-4000-8000-000000000000"),
             lambda: client.change_project(names[0], {"name": "Newer"}, if_match=project["version"])):
    try: call()
    except MusterError as error: print(type(error).__name__, error.code, error.status, error.issues[:1])
`)
  expect(await program.end()).toBe(0)
  expect(program.lines).toEqual([
    'True',
    'True',
    '2 False',
    'New',
    '[]',
    expect.stringContaining("ValidationError validation_failed 400 [{'path': 'name'"),
    'NotFoundError not_found 404 []',
    'VersionConflictError version_conflict 412 []',
  ])
})

it('gives the bytes of a file, and never those of a half one as if they were all', async () => {
  const server = createServer(({ url }, response) => {
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': 6 })
    if (url?.endsWith('/whole') === true) response.end('muster')
    else response.write('must', () => response.socket?.end())
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const program = await Program.run(`
from muster_client import *
client = MusterClient("http://127.0.0.1:${port}", "admin")
print(b"".join(client.read_export_file("e", "whole")))
try: print(b"".join(client.read_export_file("e", "half")))
except MusterError as error: print(type(error).__name__, error.code)
`)
  expect(await program.end()).toBe(0)
  expect(program.lines).toEqual(["b'muster'", 'UnavailableError no_answer'])
})

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Json, jobType, type Principal, type ProjectId, type TaskId } from '@muster/core'
import type { JobWithResult } from '@muster/core/ports'
import { coreModule, createMuster, type Muster, silentLogger } from '@muster/host'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { pythonHandler } from './python-handler.ts'

const PROGRAM = `
import json, sys
given = json.load(sys.stdin)
what, answers, kept = given["payload"], given["answers"], given["kept"]
def say(value): print(json.dumps(value)); sys.exit(0)

if what == "twice":
  if "first" not in answers: say({"ask": {"first": {"payload": {"nth": 1}}}, "keep": {"draft": "a draft"}})
  if "second" not in answers: say({"ask": {"second": {"payload": {"nth": 2, "draft": kept["draft"]}}}})
  say({"said": [answers["first"]["answer"], answers["second"]["answer"]], "by": len(answers["first"]["by"]), "kept": kept})
if what == "cancelled":
  if "it" not in answers: say({"ask": {"it": {"payload": "Is it so?"}}})
  say(answers["it"]["state"])
if what == "refused": say({"ask": {"it": {"payload": 1, "form": "there-is-none"}}})
if what == "nothing": say({"ask": {}})
if what == "no object": say({"ask": {"it": {"payload": 1}}, "keep": 1})
if what == "again": say({"ask": {"it": {"payload": "again"}}})
say({"ask": {"it": 1}, "what": "a result"})
`

let folder: string
let muster: Muster
let projectId: ProjectId
let by: Principal

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-python-asks-'))
  const program = join(folder, 'asks.py')
  await writeFile(program, PROGRAM)
  const kinds = {
    asks: pythonHandler({ program, asks: true }),
    streams: pythonHandler({ program, asks: true, input: pieces }),
  }
  const jobTypes = Object.entries(kinds).map(([name, handler]) =>
    jobType({ name, payload: z.json(), handler, retry: { maxAttempts: 1 } }),
  )
  muster = await createMuster({ modules: [coreModule({ jobTypes, logger: silentLogger })] })
  const { workflowId } = await muster.workflows.add({
    name: 'one step',
    steps: [{ stepId: 'annotate', stepType: 'annotation' }],
  })
  projectId = (await muster.projects.add({ name: 'p', workflowId })).projectId
  const { userId, role } = await muster.people.add({ displayName: 'Ann', role: 'admin' })
  await muster.projects.addMember(projectId, userId)
  by = { userId, role, memberships: new Set([projectId]) }
  await muster.work()
  await muster.schedule()
})

afterAll(async () => {
  await muster.close()
  await rm(folder, { recursive: true })
})

async function* pieces(): AsyncGenerator<number> {
  yield 1
}

const add = async (payload: Json, type = 'asks') =>
  (await muster.queue.add(projectId, { type, payload }, null)).jobId
const job = (jobId: JobWithResult['jobId']) => muster.queue.get(projectId, jobId)
const until = (jobId: JobWithResult['jobId'], hopes: object) =>
  vi.waitFor(async () => expect(await job(jobId)).toMatchObject(hopes))

async function ended(payload: Json, type = 'asks'): Promise<object> {
  const jobId = await add(payload, type)
  await vi.waitFor(async () => expect((await job(jobId)).finishedAt).not.toBeNull())
  return job(jobId)
}

/** The task that is there is answered. */
async function answer(result: Json): Promise<Json> {
  const claim = await vi.waitFor(async () => {
    const claimed = await muster.assignments.claimNext({ userId: by.userId })
    if (claimed.kind === 'nothing') throw new Error('There is no task')
    return claimed
  })
  const { assignmentId, taskId } = claim.assignment
  await muster.assignments.start({ assignmentId, by })
  await muster.assignments.submit({ assignmentId, by, result })
  return (await muster.tasks.get(taskId)).payload
}

describe('A Python program that asks people', () => {
  it('asks, is run again with the answers and what it kept, and asks once more', async () => {
    const jobId = await add('twice')
    expect(await answer('yes')).toEqual({ nth: 1 })
    expect(await answer('no')).toEqual({ nth: 2, draft: 'a draft' })
    await until(jobId, { state: 'completed', attempt: 3 })
    expect((await job(jobId)).result).toEqual({ said: ['yes', 'no'], by: 1, kept: { draft: 'a draft' } })
  })

  it('is told that its question was cancelled', async () => {
    const jobId = await add('cancelled')
    await until(jobId, { asleep: true })
    const { asks } = await muster.jobs.get(jobId)
    await muster.tasks.cancel(asks?.[0]?.taskId as TaskId)
    await until(jobId, { state: 'completed' })
    expect((await job(jobId)).result).toBe('cancelled')
  })

  it('gives a result that only looks like a question', async () => {
    const result = { ask: { it: 1 }, what: 'a result' }
    expect(await ended('other')).toMatchObject({ state: 'completed', result })
  })

  it.each([
    ['refused', /there-is-none/],
    ['nothing', /`ask` of the Python program must be an object with a question by each name/],
    ['no object', /`keep` of the Python program must be an object/],
  ])('fails at once with a question that cannot be put: %s', async (what, message) => {
    expect(await ended(what)).toMatchObject({
      state: 'failed',
      error: { retryable: false, message: expect.stringMatching(message) },
    })
  })

  it('fails if it asks again what has been answered', async () => {
    const jobId = await add('again')
    await answer('yes')
    await until(jobId, { state: 'failed', error: { message: expect.stringMatching(/asks again/) } })
  })

  it('fails if its input is a stream', async () => {
    expect(await ended(1, 'streams')).toMatchObject({
      state: 'failed',
      error: { message: expect.stringMatching(/cannot be streamed/) },
    })
  })
})

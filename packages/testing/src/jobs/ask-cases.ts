import type { JobTools, Json, User } from '@muster/core'
import { AskCancelledError, AskTimedOutError, lifeOf, MOST_ASKS, MOST_OPEN_ASKS } from '@muster/core/asks'
import type { NewForm } from '@muster/core/forms'
import { expect } from 'vitest'
import { ASKING, type AskWorld } from './ask-world.ts'
import { present } from './job-world.ts'

type Case = (world: AskWorld) => Promise<void>

const YES = { verdict: 'yes' }
const NO = { verdict: 'no' }

const ann = (world: AskWorld): Promise<User> => world.engine.person('Ann')

const FORM: NewForm = {
  name: 'review-claim',
  title: 'Is it so?',
  show: [{ name: 'text', as: 'text', at: '/text', title: 'Text' }],
  questions: [
    {
      id: 'holds',
      type: 'choice',
      title: 'Verdict',
      options: [
        { value: 'yes', title: 'Yes' },
        { value: 'no', title: 'No' },
      ],
    },
  ],
}

/** Asks one question, and gives its answer. */
const askOnce = async (_: unknown, { ask }: JobTools): Promise<Json> => {
  const { answer, by, taskId, timedOut = false } = await ask('verdict', { payload: { text: 'x' } })
  return { answer, by, taskId, timedOut }
}

/** Every promise of asking people from a job, by the title of its case. */
export const ASK_CASES: Readonly<Record<string, Case>> = {
  'lets a job sleep until people have answered, and begins it again with their answer': async (world) => {
    const person = await ann(world)
    world.handle = askOnce
    await world.work()
    const jobId = await world.sleeper()
    const [task, ...others] = await world.openTasks()
    expect(others).toEqual([])
    expect(task).toMatchObject({ payload: { text: 'x' }, externalId: null, priority: 0 })
    expect(await world.job(jobId)).toMatchObject({
      state: 'active',
      asleep: true,
      attempt: 1,
      maxAttempts: 4,
    })
    expect(await world.counts()).toEqual({ pending: 0, active: 1, completed: 0, failed: 0, cancelled: 0 })
    const { taskId } = present(task)
    expect(await world.engine.stores.asks.findByTasks([taskId])).toEqual(
      new Map([[taskId, { jobId, projectId: world.engine.projectId, name: 'verdict' }]]),
    )
    const added = (await world.engine.facts()).filter(({ type }) => type === 'task_added')
    expect(added.map(({ data }) => data)).toEqual([{ taskIds: [taskId], count: 1 }])

    await world.answer(person, taskId, YES)
    expect(await world.job(jobId)).toMatchObject({ state: 'active', asleep: true })
    expect(await world.rise()).toBe(1)
    expect(await world.rise()).toBe(0)
    expect(await world.over(jobId)).toMatchObject({
      state: 'completed',
      asleep: false,
      attempt: 2,
      maxAttempts: 4,
      result: { answer: YES, by: [person.userId], taskId, timedOut: false },
    })
    expect(world.calls).toBe(2)
    expect(await world.counts()).toMatchObject({ pending: 0, active: 0, completed: 1 })
    const { attempts } = present(await world.engine.stores.jobSearch.findRecord(jobId))
    expect(attempts.map(({ attempt, outcome }) => [attempt, outcome])).toEqual([[1, 'asleep']])
    const names = (await world.engine.facts()).map(({ type }) => type)
    expect(names.filter((type) => type === 'queue_item_added')).toHaveLength(1)
  },

  'holds no worker and no lease while it sleeps: it is never buried': async (world) => {
    world.handle = askOnce
    const worker = await world.work()
    const jobId = await world.sleeper()
    expect(worker.load().active).toBe(0)
    expect(present(await world.engine.stores.jobSearch.findRecord(jobId)).workerId).toBe(null)
    const later = new Date(world.engine.clock.now().getTime() + 86_400_000)
    expect(await world.engine.stores.workers.reapWorkers(later)).toBe(0)
    expect(await world.job(jobId)).toMatchObject({ state: 'active', asleep: true })
    await worker.close({ deadlineMs: 0 })
    expect(await world.job(jobId)).toMatchObject({ state: 'active', asleep: true })
  },

  'puts questions together that are asked together, and wakes with the last answer': async (world) => {
    const [person, other] = [await ann(world), await world.engine.person('Ben')]
    world.handle = async (_, { ask }) => {
      const [a, b] = await Promise.all([ask('a', { payload: 'a' }), ask('b', { payload: 'b' })])
      return { a: a.answer, b: b.answer }
    }
    await world.work()
    const jobId = await world.sleeper()
    expect((await world.openTasks()).map(({ payload }) => payload)).toEqual(['a', 'b'])
    await world.answer(other, await world.taskOf(jobId, 'b'), NO)
    expect(await world.rise()).toBe(0)
    await world.answer(person, await world.taskOf(jobId, 'a'), YES)
    expect(await world.rise()).toBe(1)
    expect((await world.over(jobId)).result).toEqual({ a: YES, b: NO })
    expect(world.calls).toBe(2)
  },

  'finds answers by name, whatever the order in which they are asked for': async (world) => {
    const person = await ann(world)
    world.handle = async (_, { ask }) => {
      const names = world.calls === 1 ? ['first', 'second'] : ['second', 'first']
      const answers = await Promise.all(
        names.map(async (name) => [name, (await ask(name, { payload: name })).answer]),
      )
      return Object.fromEntries(answers) as Json
    }
    await world.work()
    const jobId = await world.sleeper()
    await world.answer(person, await world.taskOf(jobId, 'first'), { of: 'first' })
    await world.answer(person, await world.taskOf(jobId, 'second'), { of: 'second' })
    await world.rise()
    expect((await world.over(jobId)).result).toEqual({ first: { of: 'first' }, second: { of: 'second' } })
  },

  'falls asleep although its handler swallows what ends it, and lets it clean up': async (world) => {
    const person = await ann(world)
    let cleaned = 0
    world.handle = async (_, { ask }) => {
      try {
        return (await ask('verdict', { payload: null })).answer
      } catch {
        return 'swallowed'
      } finally {
        cleaned += 1
      }
    }
    await world.work()
    const jobId = await world.sleeper()
    expect(cleaned).toBe(1)
    await world.answer(person, await world.taskOf(jobId, 'verdict'), YES)
    await world.rise()
    expect((await world.over(jobId)).result).toEqual(YES)
  },

  'falls asleep without a handler that goes on for too long': async (world) => {
    world.handle = async (_, { ask }) => {
      await ask('verdict', { payload: null }).catch(() => undefined)
      await new Promise(() => undefined)
      return null
    }
    await world.work()
    await world.sleeper()
    expect(await world.openTasks()).toHaveLength(1)
  },

  'makes one task, if a process dies before or behind the settle that makes it': async (world) => {
    const { stores, clock, deps } = world.engine
    const jobId = await world.add()
    const workerId = deps.ids.next() as never
    const now = clock.now()
    await stores.workers.openWorker({ workerId, now, leaseUntil: new Date(now.getTime() + 6_000) })
    const begin = async () => {
      const types = [ASKING]
      return present((await stores.workers.take({ limit: 1, types, workerId, now })).jobs[0])
    }
    const first = await begin()
    const plan = async (job: typeof first) =>
      world.desk.plan(job, world.desk.read('verdict', { payload: null }))
    await plan(first)
    expect(await world.tasks()).toEqual([])

    // It dies before: another worker does the job again.
    const later = new Date(now.getTime() + 60_000)
    expect(await stores.workers.reapWorkers(later)).toBe(1)
    await stores.workers.openWorker({ workerId, now, leaseUntil: new Date(later.getTime() + 60_000) })
    const second = await begin()
    const settle = async (job: typeof first) => {
      const { jobId: id, start } = job
      const outcome = { kind: 'asleep' as const, jobId: id, start, asks: [await plan(job)] }
      return world.desk.settle({ outcomes: [outcome], workerId, now })
    }
    expect((await settle(first)).recorded).toEqual([])
    expect(await world.tasks()).toEqual([])
    expect((await settle(second)).recorded).toEqual([jobId])
    expect(await world.tasks()).toHaveLength(1)

    // It dies behind, or the answer is lost: a repeat records nothing.
    expect((await settle(second)).recorded).toEqual([])
    expect(await world.tasks()).toHaveLength(1)
    expect((await world.life(jobId)).asks).toHaveLength(1)
  },

  'gives the default answer once the time is up, and keeps a late submission as a draft': async (world) => {
    const person = await ann(world)
    world.handle = async (_, { ask }) => {
      const answer = await ask('verdict', { payload: null, timeoutSeconds: 60, onTimeout: { answer: NO } })
      return { ...answer }
    }
    await world.work()
    const jobId = await world.sleeper()
    const taskId = await world.taskOf(jobId, 'verdict')
    const assignmentId = await world.start(person, taskId)
    expect(await world.sweep()).toBe(0)
    await world.engine.clock.advance(60_000)
    expect(await world.sweep()).toBe(1)
    expect(await world.sweep()).toBe(0)
    await expect(world.submit(person, assignmentId, YES)).rejects.toMatchObject({ code: 'lease_lost' })
    const work = present(await world.engine.stores.tasks.findWork(taskId))
    expect(work.task.status).toBe('cancelled')
    expect(work.assignments[0]).toMatchObject({ status: 'expired', endReason: 'ask_timed_out', draft: YES })
    await world.rise()
    expect((await world.over(jobId)).result).toEqual({ answer: NO, by: [], taskId, timedOut: true })
  },

  'lets a submission count that comes before the time-out is acted on': async (world) => {
    const person = await ann(world)
    world.handle = async (_, { ask }) =>
      (await ask('verdict', { payload: null, timeoutSeconds: 60, onTimeout: { answer: NO } })).answer
    await world.work()
    const jobId = await world.sleeper()
    const assignmentId = await world.start(person, await world.taskOf(jobId, 'verdict'))
    await world.engine.clock.advance(60_000)
    const [submitted] = await Promise.allSettled([world.submit(person, assignmentId, YES), world.sweep()])
    await world.rise()
    const { result } = await world.over(jobId)
    expect(result).toEqual(submitted.status === 'fulfilled' ? YES : NO)
  },

  'raises the task once, instead of ending it': async (world) => {
    world.handle = async (_, { ask }) => {
      const requiredSkills = [{ anyOf: ['de'], dropAfterMinutes: 600 }]
      return (
        await ask('v', { payload: null, priority: 5, requiredSkills, timeoutSeconds: 60, onTimeout: 'raise' })
      ).answer
    }
    await world.work()
    const jobId = await world.sleeper()
    const person = await ann(world)
    const taskId = await world.taskOf(jobId, 'v')
    await expect(world.start(person, taskId)).rejects.toMatchObject({ code: 'no_eligible_person' })
    await world.engine.clock.advance(60_000)
    expect(await world.sweep()).toBe(1)
    expect((await world.openTasks()).map(({ priority }) => priority)).toEqual([105])
    await world.engine.clock.advance(120_000)
    expect(await world.sweep()).toBe(0)
    await world.answer(person, taskId, YES)
    await world.rise()
    expect((await world.over(jobId)).result).toEqual(YES)
  },

  'fails for good if nobody answers in time, unless the handler catches it': async (world) => {
    world.handle = async ({ payload }, { ask }) => {
      try {
        return (await ask('verdict', { payload: null, timeoutSeconds: 60, onTimeout: 'fail' })).answer
      } catch (error) {
        if (payload === 'catches' && error instanceof AskTimedOutError) return 'caught'
        throw error
      }
    }
    await world.work()
    const [strict, lenient] = [await world.sleeper('throws'), await world.sleeper('catches')]
    await world.engine.clock.advance(60_000)
    expect(await world.sweep()).toBe(2)
    expect(await world.rise()).toBe(2)
    expect(await world.over(strict)).toMatchObject({
      state: 'failed',
      attempt: 2,
      error: { code: 'ask_timed_out', retryable: false },
    })
    expect((await world.over(lenient)).result).toBe('caught')
  },

  'cancels a sleeper with its open tasks, and counts it once': async (world) => {
    world.handle = async (_, { ask }) => {
      await Promise.all([ask('a', { payload: 'a' }), ask('b', { payload: 'b' })])
      return null
    }
    await world.work()
    const jobId = await world.sleeper()
    const { projectId } = world.engine
    expect(await world.queue.cancel(projectId, jobId)).toMatchObject({ state: 'cancelled', asleep: false })
    expect((await world.tasks()).map(({ status }) => status)).toEqual(['cancelled', 'cancelled'])
    expect(await world.counts()).toEqual({ pending: 0, active: 0, completed: 0, failed: 0, cancelled: 1 })
    expect(await world.rise()).toBe(0)
    await expect(world.queue.cancel(projectId, jobId)).rejects.toMatchObject({ code: 'invalid_transition' })
  },

  'lets those that wait for a sleeper wait until it has ended': async (world) => {
    const person = await ann(world)
    world.handle = (job, tools) => (job.payload === 'child' ? 'done' : askOnce(job, tools))
    await world.work()
    const [answered, cancelled] = [await world.sleeper(), await world.sleeper()]
    const [behindAnswered, behindCancelled] = [
      await world.addBehind(answered),
      await world.addBehind(cancelled),
    ]
    expect(await world.sweepFlows()).toBe(0)
    expect(await world.rise()).toBe(0)
    await world.answer(person, await world.taskOf(answered, 'verdict'), YES)
    expect(await world.rise()).toBe(1)
    await world.over(answered)
    await world.queue.cancel(world.engine.projectId, cancelled)
    expect(await world.counts()).toEqual({ pending: 2, active: 0, completed: 1, failed: 0, cancelled: 1 })

    expect(await world.sweepFlows()).toBeGreaterThan(0)
    await world.rise()
    expect(await world.over(behindAnswered)).toMatchObject({ state: 'completed', result: 'done' })
    expect(await world.job(behindCancelled)).toMatchObject({
      state: 'failed',
      error: { code: 'parent_failed', details: { jobId: cancelled } },
    })
    expect(await world.counts()).toEqual({ pending: 0, active: 0, completed: 2, failed: 1, cancelled: 1 })
  },

  'wakes a job whose task a manager cancels, which may catch that': async (world) => {
    world.handle = async ({ payload }, { ask }) => {
      try {
        return (await ask('verdict', { payload: null })).answer
      } catch (error) {
        if (payload === 'catches' && error instanceof AskCancelledError) return 'caught'
        throw error
      }
    }
    await world.work()
    const [strict, lenient] = [await world.sleeper('throws'), await world.sleeper('catches')]
    for (const jobId of [strict, lenient])
      await world.engine.tasks.cancel(await world.taskOf(jobId, 'verdict'))
    expect(await world.rise()).toBe(2)
    expect(await world.over(strict)).toMatchObject({ state: 'failed', error: { code: 'ask_cancelled' } })
    expect((await world.over(lenient)).result).toBe('caught')
  },

  'ends the sleepers of a cancelled run with their tasks, counted once': async (world) => {
    world.handle = askOnce
    await world.work()
    const runId = await world.run(2)
    await world.until(async () => (await world.openTasks()).length === 2)
    const answered = present((await world.openTasks())[0])
    await world.answer(await ann(world), answered.taskId, YES)
    const run = await world.runs.cancel(runId)
    expect(run).toMatchObject({ status: 'cancelled', tallies: { total: 2, cancelled: 0 } })
    expect(await world.counts()).toMatchObject({ pending: 0, active: 2, cancelled: 0 })
    expect(await world.rise()).toBe(0)
    expect(await world.sweep()).toBe(2)
    expect(await world.sweep()).toBe(0)
    expect(await world.openTasks()).toEqual([])
    expect((await world.jobsOf(runId)).map(({ state }) => state)).toEqual(['cancelled', 'cancelled'])
    expect(await world.runs.get(runId)).toMatchObject({ status: 'cancelled', tallies: { cancelled: 2 } })
    expect(await world.counts()).toEqual({ pending: 0, active: 0, completed: 0, failed: 0, cancelled: 2 })
  },

  'ends sleepers that a clear of the queue was to stop, counted once': async (world) => {
    world.handle = askOnce
    await world.work()
    const jobId = await world.sleeper()
    expect(await world.queue.clear(world.engine.projectId)).toEqual({ cancelled: 0 })
    expect(await world.counts()).toMatchObject({ pending: 0, active: 1, cancelled: 0 })
    expect(await world.sweep()).toBe(1)
    expect(await world.job(jobId)).toMatchObject({ state: 'cancelled', asleep: false })
    expect(await world.openTasks()).toEqual([])
    expect(await world.counts()).toEqual({ pending: 0, active: 0, completed: 0, failed: 0, cancelled: 1 })
  },

  'ends sleepers that an operation cancels': async (world) => {
    world.handle = askOnce
    await world.work()
    const jobId = await world.sleeper()
    const { stores, transactions, clock, projectId } = world.engine
    const moved = await transactions.transaction(({ jobSearch }) =>
      jobSearch.moveMany([jobId], { action: 'cancel' }, clock.now()),
    )
    expect(moved).toEqual({ [projectId]: { done: 1, skipped: {} } })
    expect(await stores.asks.listStopped(10)).toEqual([{ jobId, projectId }])
    expect(await world.sweep()).toBe(1)
    expect(await world.job(jobId)).toMatchObject({ state: 'cancelled' })
  },

  'makes no task for a job that was to stop before it fell asleep': async (world) => {
    const { stores, transactions, clock, deps } = world.engine
    const jobId = await world.add()
    const workerId = deps.ids.next() as never
    const now = clock.now()
    await stores.workers.openWorker({ workerId, now, leaseUntil: new Date(now.getTime() + 6_000) })
    const job = present((await stores.workers.take({ limit: 1, types: [ASKING], workerId, now })).jobs[0])
    const asks = [await world.desk.plan(job, world.desk.read('verdict', { payload: null }))]
    await transactions.transaction(async ({ jobs }) => {
      await jobs.lock(jobId)
      await jobs.requestCancel(jobId)
    })
    const outcome = { kind: 'asleep' as const, jobId, start: job.start, asks }
    expect(await world.desk.settle({ outcomes: [outcome], workerId, now })).toEqual({ recorded: [jobId] })
    expect(await world.job(jobId)).toMatchObject({ state: 'cancelled', asleep: false, maxAttempts: 3 })
    expect(await world.tasks()).toEqual([])
    expect((await world.life(jobId)).asks).toEqual([])
  },

  'takes answers while the project is paused, and begins nothing': async (world) => {
    const person = await ann(world)
    world.handle = askOnce
    await world.work()
    const jobId = await world.sleeper()
    const assignmentId = await world.start(person, await world.taskOf(jobId, 'verdict'))
    await world.queue.pause(world.engine.projectId)
    await world.submit(person, assignmentId, YES)
    expect(await world.rise()).toBe(1)
    await world.engine.clock.advance(2_000)
    expect(await world.job(jobId)).toMatchObject({ state: 'pending', asleep: false, attempt: 1 })
    await world.queue.resume(world.engine.projectId)
    expect(await world.over(jobId)).toMatchObject({ state: 'completed' })
  },

  'does not complete a run while a job of it sleeps': async (world) => {
    world.handle = async ({ scenarioId }, tools) => (scenarioId === '1' ? askOnce(null, tools) : null)
    const person = await ann(world)
    await world.work()
    const runId = await world.run(2)
    await world.until(async () => (await world.openTasks()).length === 1)
    await world.until(async () => (await world.runs.get(runId)).tallies.completed === 1)
    expect(await world.runs.get(runId)).toMatchObject({ status: 'running' })
    await world.answer(person, present((await world.openTasks())[0]).taskId, YES)
    await world.rise()
    await world.until(async () => (await world.runs.get(runId)).status === 'completed')
    expect(await world.runs.get(runId)).toMatchObject({ tallies: { total: 2, completed: 2 } })
  },

  'stands at the end of its lane when it wakes': async (world) => {
    const person = await ann(world)
    world.handle = askOnce
    const worker = await world.work()
    const jobId = await world.sleeper()
    await worker.close({ deadlineMs: 0 })
    const others = [await world.add('behind'), await world.add('behind')]
    await world.answer(person, await world.taskOf(jobId, 'verdict'), YES)
    await world.rise()
    const line = await world.queue.status(world.engine.projectId, { state: ['pending'] })
    expect(line.items.map(({ jobId: id, position }) => [id, position])).toEqual([
      [others[0], 1],
      [others[1], 2],
      [jobId, 3],
    ])
  },

  'lists a sleeper among what is active, and finds it there': async (world) => {
    world.handle = askOnce
    await world.work()
    const jobId = await world.sleeper()
    const { items } = await world.queue.status(world.engine.projectId, { state: ['active'] })
    expect(items.map((item) => [item.jobId, item.asleep, item.position])).toEqual([[jobId, true, null]])
    const projects = [world.engine.projectId]
    const found = await world.engine.stores.jobSearch.find(
      { projects, state: ['active'] },
      { limit: 10, order: 'desc' },
    )
    expect(found.found.map((job) => job.jobId)).toEqual([jobId])
    const byProject = await world.engine.stores.jobs.countByProject(10)
    expect(byProject.get(world.engine.projectId)).toMatchObject({ pending: 0, active: 1 })
  },

  'keeps its unique key while it sleeps': async (world) => {
    world.handle = askOnce
    await world.work()
    const jobId = await world.add(null, 'only')
    await world.asleep(jobId)
    const second = await world.queue.add(world.engine.projectId, {
      type: ASKING,
      payload: null,
      unique: { key: 'only' },
    })
    expect(second).toMatchObject({ status: 'existing', jobId })
  },

  'refuses the 21st question of a job, and the sixth at once': async (world) => {
    const person = await ann(world)
    world.handle = async ({ payload }, { ask }) => {
      if (payload === 'at once') {
        const asked = Array.from({ length: MOST_OPEN_ASKS + 1 }, (_, n) => ask(`q${n}`, { payload: n }))
        const ends = await Promise.allSettled(asked)
        const refused = ends.filter((end) => end.status === 'rejected' && end.reason.code === 'too_many_asks')
        expect(refused).toHaveLength(1)
        return null
      }
      for (let n = 0; n <= MOST_ASKS; n++) await ask(`q${n}`, { payload: n })
      return null
    }
    await world.work()
    const jobId = await world.add('one after another')
    for (let n = 0; n < MOST_ASKS; n++) {
      await world.asleep(jobId)
      await world.answer(person, await world.taskOf(jobId, `q${n}`), n)
      await world.rise()
    }
    expect(await world.over(jobId)).toMatchObject({
      state: 'failed',
      attempt: 21,
      maxAttempts: 23,
      error: { code: 'too_many_asks', retryable: false },
    })
    const atOnce = await world.sleeper('at once')
    expect((await world.life(atOnce)).asks).toHaveLength(MOST_OPEN_ASKS)
  },

  'refuses another question by a name that is taken: the first content counts': async (world) => {
    const person = await ann(world)
    world.handle = async (_, { ask }) => (await ask('verdict', { payload: { nth: world.calls } })).answer
    await world.work()
    const jobId = await world.sleeper()
    await world.answer(person, await world.taskOf(jobId, 'verdict'), YES)
    await world.rise()
    expect(await world.over(jobId)).toMatchObject({
      state: 'failed',
      error: { code: 'ask_changed', retryable: false, message: expect.stringContaining('verdict') },
    })
  },

  'refuses a question that the project cannot serve, by its path, and falls not asleep': async (world) => {
    await world.forms.add(FORM)
    const wrong: readonly (readonly [string, Parameters<JobTools['ask']>[1], string])[] = [
      ['', { payload: null }, 'name'],
      ['x'.repeat(101), { payload: null }, 'name'],
      ['a', { payload: null, form: 'unknown' }, 'form'],
      ['a', { payload: { text: 1 }, form: 'review-claim' }, 'payload.text'],
      ['a', { payload: null, timeoutSeconds: 0, onTimeout: 'fail' }, 'timeoutSeconds'],
      ['a', { payload: null, timeoutSeconds: 31_536_001, onTimeout: 'fail' }, 'timeoutSeconds'],
      ['a', { payload: null, timeoutSeconds: 5 }, 'onTimeout'],
      ['a', { payload: null, priority: 1_001 }, 'priority'],
      ['a', { payload: null, workflowId: '01900000-0000-7000-8000-00000000f00d' }, 'workflowId'],
      [
        'a',
        {
          payload: { text: 'x' },
          form: 'review-claim',
          timeoutSeconds: 5,
          onTimeout: { answer: { holds: '?' } },
        },
        'onTimeout.answer.holds',
      ],
    ]
    const refused: Json[] = []
    world.handle = async (_, { ask }) => {
      for (const [name, question] of wrong) {
        const refusal = (await ask(name, question).catch((error: unknown) => error)) as {
          code: string
          issues: { path: string }[]
        }
        refused.push([refusal.code, refusal.issues?.[0]?.path ?? null])
      }
      return 'went on'
    }
    await world.work()
    expect((await world.over(await world.add())).result).toBe('went on')
    expect(refused).toEqual(wrong.map(([, , path]) => ['ask_refused', path]))
    expect(await world.tasks()).toEqual([])
  },

  'puts a question by a form, which checks what is handed in': async (world) => {
    const person = await ann(world)
    await world.forms.add(FORM)
    world.handle = async (_, { ask }) =>
      (await ask('verdict', { form: 'review-claim', payload: { text: 'x' } })).answer
    await world.work()
    const jobId = await world.sleeper()
    const assignmentId = await world.start(person, await world.taskOf(jobId, 'verdict'))
    await expect(world.submit(person, assignmentId, { holds: 'perhaps' })).rejects.toMatchObject({
      code: 'validation_failed',
    })
    expect(await world.rise()).toBe(0)
    await world.submit(person, assignmentId, { holds: 'yes' })
    await world.rise()
    expect((await world.over(jobId)).result).toEqual({ holds: 'yes' })
  },

  'keeps what is made once, over sleeps and failed attempts, and makes it again until it is kept': async (
    world,
  ) => {
    const person = await ann(world)
    let made = 0
    const order: string[] = []
    world.handle = async (_, { ask, once }) => {
      const draft = await once('draft', () => ({ nth: ++made }))
      order.push(`draft ${(draft as { nth: number }).nth}`)
      if (world.calls === 1) throw new Error('fails behind it')
      const { answer } = await ask('verdict', { payload: draft as Json })
      if (world.calls === 3) throw new Error('fails behind the answer')
      return { draft, answer } as Json
    }
    await world.work()
    const jobId = await world.add()
    await world.asleep(jobId)
    await world.answer(person, await world.taskOf(jobId, 'verdict'), YES)
    await world.rise()
    expect((await world.over(jobId)).result).toEqual({ draft: { nth: 1 }, answer: YES })
    expect(made).toBe(1)
    expect(order).toEqual(['draft 1', 'draft 1', 'draft 1', 'draft 1'])
  },

  'refuses to keep what is too large, or no JSON': async (world) => {
    const refused: Json[] = []
    world.handle = async (_, { once }) => {
      const values: readonly (readonly [string, unknown])[] = [
        ['large', 'x'.repeat(64 * 1024)],
        ['a', 'x'.repeat(64_000)],
        ['b', 'x'.repeat(64_000)],
        ['c', 'x'.repeat(64_000)],
        ['d', 'x'.repeat(64_000)],
        ['e', 'x'.repeat(64_000)],
        ['odd', 10n],
        ['', 1],
      ]
      for (const [name, value] of values) {
        const end = await once(name, () => value).catch((error: { code: string }) => error.code)
        if (end === 'validation_failed') refused.push(name)
      }
      return refused
    }
    await world.work()
    expect((await world.over(await world.add())).result).toEqual(['large', 'e', 'odd', ''])
  },

  'keeps answers and kept values when a failed job is tried again, unless it is to begin fresh': async (
    world,
  ) => {
    const person = await ann(world)
    let made = 0
    let fails = true
    world.handle = async (_, { ask, once }) => {
      const draft = await once('draft', () => ++made)
      const { answer } = await ask('verdict', { payload: null })
      if (fails) throw Object.assign(new Error('odd'), { status: 400 })
      return { draft, answer }
    }
    await world.work()
    const { projectId } = world.engine
    const jobId = await world.sleeper()
    await world.answer(person, await world.taskOf(jobId, 'verdict'), YES)
    await world.rise()
    expect(await world.over(jobId)).toMatchObject({ state: 'failed', attempt: 2, maxAttempts: 4 })
    await world.queue.retry(projectId, jobId)
    expect((await world.life(jobId)).asks).toHaveLength(1)
    expect(await world.over(jobId)).toMatchObject({ state: 'failed', attempt: 1, maxAttempts: 3 })
    expect(made).toBe(1)

    fails = false
    await world.queue.retry(projectId, jobId, { fresh: true })
    await world.asleep(jobId)
    expect(made).toBe(2)
    await world.answer(person, await world.taskOf(jobId, 'verdict'), NO)
    await world.rise()
    expect((await world.over(jobId)).result).toEqual({ draft: 2, answer: NO })
    expect(await world.tasks()).toHaveLength(2)
  },

  'says that an answer is stale when people settle on something else afterwards': async (world) => {
    const person = await ann(world)
    world.handle = askOnce
    await world.work()
    const jobId = await world.sleeper()
    const taskId = await world.taskOf(jobId, 'verdict')
    await world.answer(person, taskId, YES)
    await world.rise()
    await world.over(jobId)
    const { stores, clock, transactions } = world.engine
    const again = (answer: Json) =>
      transactions.transaction(({ asks }) =>
        asks.endTasks([taskId], { state: 'answered', answer, by: [] }, clock.now()),
      )
    await again(YES)
    expect((await lifeOf(stores.asks, jobId)).asks).toMatchObject([
      { state: 'answered', answer: YES, stale: false },
    ])
    await again(NO)
    expect((await lifeOf(stores.asks, jobId)).asks).toMatchObject([
      { state: 'answered', answer: YES, stale: true },
    ])
    expect(await world.job(jobId)).toMatchObject({ state: 'completed' })
  },
}

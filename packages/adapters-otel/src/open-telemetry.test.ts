import { hash } from 'node:crypto'
import { type JobId, jobType, NonRetryableError, type ProjectId } from '@muster/core'
import type { ActiveJob } from '@muster/core/ports'
import { coreModule, createMuster, type Muster, PERSISTENCE } from '@muster/host'
import { context, type SpanContext, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import { Container, ContainerModule } from 'inversify'
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest'
import { z } from 'zod'
import { openTelemetry } from './open-telemetry.ts'

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
})
afterAll(() => context.disable())

/** Does what its payload says, and gives the trace it ran in. */
const deed = jobType({
  name: 'deed',
  payload: z.enum(['succeed', 'fail once', 'fail', 'wait']),
  retry: { baseMs: 1 },
  async handler({ payload, attempt }, { signal }) {
    if (payload === 'fail once' && attempt === 1) throw Object.assign(new Error('busy'), { status: 503 })
    if (payload === 'fail') throw new NonRetryableError('no use')
    while (payload === 'wait' && !signal.aborted) await new Promise((resolve) => setTimeout(resolve, 1))
    return trace.getActiveSpan()?.spanContext().traceId
  },
})

/** A process, as far as tracing can tell: a Muster, and a provider that shares nothing with the others'. */
interface Process {
  readonly muster: Muster
  readonly tracer: Tracer
  spans(): ReadableSpan[]
}

/** Several processes on one store. */
async function processes(count: number): Promise<[Process, ...Process[]]> {
  const first = new Container({ defaultScope: 'Singleton' })
  const opened = [await open(first)]
  const store = new ContainerModule(({ bind }) => {
    bind(PERSISTENCE).toConstantValue(first.get(PERSISTENCE))
  })
  while (opened.length < count) opened.push(await open(new Container({ defaultScope: 'Singleton' }), store))
  return opened as [Process, ...Process[]]
}

async function open(container: Container, ...more: ContainerModule[]): Promise<Process> {
  const exporter = new InMemorySpanExporter()
  const tracer = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }).getTracer(
    'test',
  )
  const core = coreModule({ jobTypes: [deed], tracing: openTelemetry({ tracer }) })
  const muster = await createMuster({ container, modules: [core, ...more] })
  onTestFinished(() => muster.close({ deadlineMs: 0 }))
  return { muster, tracer, spans: () => exporter.getFinishedSpans() }
}

async function add({ muster }: Process, payload: string): Promise<{ projectId: ProjectId; jobId: JobId }> {
  const { projectId } = await muster.projects.add({ name: 'Traced' })
  const { jobId } = await muster.queue.add(projectId, { type: 'deed', payload }, null)
  return { projectId, jobId }
}

async function reaches(by: Process, jobId: JobId, state: string): Promise<unknown> {
  return vi.waitFor(async () => {
    const item = await by.muster.queue.find(jobId)
    expect(item?.state).toBe(state)
    return item?.result
  })
}

const traceOf = (id: string): string => hash('sha256', id).slice(0, 32)
const linked = ({ links }: ReadableSpan): SpanContext[] => links.map((link) => link.context)
const events = (span: ReadableSpan | undefined): string[] | undefined => span?.events.map(({ name }) => name)

it('joins what several processes do to a job to one trace, from its enqueueing over a failed attempt to its record', async () => {
  const [api, one, other] = await processes(3)
  const { projectId, jobId } = await add(api, 'fail once')
  const worker = await one?.muster.work()
  await vi.waitFor(() => expect(one?.spans()).toHaveLength(1))
  await worker?.close()
  await other?.muster.work()
  await other?.muster.schedule()
  expect(await reaches(api, jobId, 'completed'), 'the handler runs in it').toBe(traceOf(jobId))

  const [sent] = api.spans()
  const [failed] = one?.spans() ?? []
  const [completed] = other?.spans() ?? []
  const spans = [sent, failed, completed]
  expect(spans.map((span) => span?.name)).toEqual(['send deed', 'process deed', 'process deed'])
  expect(spans.map((span) => span?.kind)).toEqual([SpanKind.PRODUCER, SpanKind.CONSUMER, SpanKind.CONSUMER])
  for (const span of spans) {
    expect(span?.spanContext().traceId).toBe(traceOf(jobId))
    expect(span?.parentSpanContext).toMatchObject({ spanId: hash('sha256', jobId).slice(32, 48) })
    expect(span?.attributes).toMatchObject({
      'messaging.system': 'muster',
      'messaging.destination.name': 'deed',
      'messaging.message.id': jobId,
      'muster.project.id': projectId,
    })
  }
  expect(failed?.attributes).toMatchObject({
    'muster.job.attempt': 1,
    'muster.job.outcome': 'retry',
    'error.type': 'http_503',
  })
  expect(failed?.status).toEqual({ code: SpanStatusCode.ERROR, message: 'busy' })
  expect(completed?.attributes).toMatchObject({ 'muster.job.attempt': 2, 'muster.job.outcome': 'completed' })
  expect(completed?.status.code).toBe(SpanStatusCode.UNSET)
  expect(events(completed)).toEqual(['handler called', 'handler ended'])
  expect([api, one, other].map((each) => each?.spans().length)).toEqual([1, 1, 1])
})

it('links a job with the request that asked for it, both ways', async () => {
  const [api] = await processes(1)
  await api.tracer.startActiveSpan('request', async (request) => {
    await add(api, 'succeed')
    request.end()
  })
  const [sent, request] = api.spans()
  expect(sent && linked(sent)).toEqual([request?.spanContext()])
  expect(request && linked(request)).toEqual([sent?.spanContext()])
})

it('gives a run a trace, and each of its jobs one that links to it', async () => {
  const [api] = await processes(1)
  const { projectId } = await api.muster.projects.add({ name: 'Traced' })
  const scenarios = [{ payload: 'succeed' }, { payload: 'fail' }]
  const wanted = { name: 'Deeds', jobType: 'deed', scenarios }
  const { definitionId } = await api.muster.definitions.add(projectId, wanted)
  const start = () =>
    api.muster.runs.start(projectId, { definitionId, models: ['one'] }, { idempotencyKey: 'the same' })
  const { runId } = await start()
  await start()
  await api.muster.work()
  await vi.waitFor(() => expect(api.spans()).toHaveLength(3))

  const [sent, ...attempts] = api.spans()
  expect(sent?.name).toBe('send run')
  expect(sent?.spanContext().traceId).toBe(traceOf(runId))
  expect(sent?.attributes).toMatchObject({ 'muster.run.id': runId, 'messaging.batch.message_count': 2 })
  const { items } = await api.muster.runs.jobs(runId, {}, {})
  expect(attempts.map((span) => span.spanContext().traceId).sort()).toEqual(
    items.map(({ jobId }) => traceOf(jobId)).sort(),
  )
  for (const attempt of attempts) expect(linked(attempt)).toMatchObject([{ traceId: traceOf(runId) }])
  const outcomes = attempts.map(({ attributes }) => attributes['muster.job.outcome'])
  expect(new Set(outcomes)).toEqual(new Set(['completed', 'failed']))
})

it('tells of an attempt that was handed back without calling it an error', async () => {
  const [api] = await processes(1)
  const { jobId } = await add(api, 'wait')
  const worker = await api.muster.work()
  await reaches(api, jobId, 'active')
  await worker.close({ deadlineMs: 0 })
  const [, attempt] = api.spans()
  expect(attempt?.attributes).toMatchObject({ 'muster.job.attempt': 1, 'muster.job.outcome': 'returned' })
  expect(attempt?.status.code).toBe(SpanStatusCode.UNSET)
})

it('tells of an attempt that lost its lease', async () => {
  const exporter = new InMemorySpanExporter()
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] })
  const job: ActiveJob = {
    jobId: '0197f6a0-1a2b-7c3d-8e4f-5a6b7c8d9e0f' as JobId,
    projectId: '0197f6a0-1a2b-7c3d-8e4f-5a6b7c8d9e00' as ProjectId,
    runId: null,
    taskId: null,
    type: 'deed',
    payload: null,
    model: null,
    scenarioId: null,
    repeat: null,
    attempt: 1,
    maxAttempts: 3,
    start: 1,
    notNows: 0,
    limitSet: null,
    reserves: false,
  }
  openTelemetry({ tracer: provider.getTracer('test') })
    .began(job)
    .settled(undefined, false)
  const [attempt] = exporter.getFinishedSpans()
  expect(attempt?.attributes).toMatchObject({
    'error.type': 'lease_lost',
    'muster.job.outcome': 'not_recorded',
  })
  expect(attempt?.status.code).toBe(SpanStatusCode.ERROR)
})

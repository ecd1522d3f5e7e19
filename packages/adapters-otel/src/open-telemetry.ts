import { hash } from 'node:crypto'
import type { JobId, RunId } from '@muster/core'
import type { ActiveJob, AttemptTrace, Enqueued, Outcome, Tracing } from '@muster/core/ports'
import { assertOptions, option } from '@muster/core/support'
import {
  type Attributes,
  context,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api'

export interface OpenTelemetryOptions {
  /** Default: of the provider that the host has registered, or will have. */
  readonly tracer?: Tracer
}

/**
 * Tells OpenTelemetry of jobs. A job is one trace, in whichever processes it is put in line and tried: a span `send <type>` when it was committed, and for each
 * attempt a span `process <type>` from its begin until it was recorded, in which its handler runs. A run's start is a span `send run` in a trace of its own, to which
 * the attempts of its jobs link. Names follow OpenTelemetry's conventions for messaging (https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/).
 */
export function openTelemetry(options: OpenTelemetryOptions = {}): Tracing {
  assertOptions('openTelemetry', options, { tracer: option.having('startSpan') })
  const { tracer = trace.getTracer('@muster/adapters-otel') } = options
  return {
    enqueued(what, since) {
      const asking = trace.getActiveSpan()
      for (const each of what) {
        const span = send(tracer, each, since, asking)
        asking?.addLink({ context: span.spanContext() })
        span.end()
      }
    },
    began: (job) => new AttemptSpan(tracer, job),
  }
}

function send(tracer: Tracer, what: Enqueued, since: Date, asking: Span | undefined): Span {
  const { of, id, ...told } = toldOf(what)
  const attributes = { ...messaging('send', what.projectId), ...told }
  const links = asking ? [{ context: asking.spanContext() }] : []
  const options = { kind: SpanKind.PRODUCER, startTime: since, attributes, links }
  // Many loose jobs have no place in common: what they come to later is not joined to their being sent.
  if (id === undefined) return tracer.startSpan(`send ${of}`, { ...options, root: true })
  return tracer.startSpan(`send ${of}`, options, trace.setSpanContext(ROOT_CONTEXT, placeOf(id)))
}

function toldOf(
  what: Enqueued,
): Attributes & { readonly of: string; readonly id?: Parameters<typeof placeOf>[0] } {
  if ('jobId' in what) {
    const { type, jobId } = what
    return {
      of: type,
      id: jobId,
      'messaging.destination.name': type,
      'messaging.message.id': jobId,
    }
  }
  const many = { 'messaging.batch.message_count': what.count }
  if (!('runId' in what)) return { of: 'jobs', ...many }
  return { of: 'run', id: what.runId, ...many, 'muster.run.id': what.runId }
}

class AttemptSpan implements AttemptTrace {
  readonly #span: Span

  constructor(tracer: Tracer, { jobId, projectId, runId, type, attempt, maxAttempts }: ActiveJob) {
    const attributes = {
      ...messaging('process', projectId),
      'messaging.destination.name': type,
      'messaging.message.id': jobId,
      'muster.job.attempt': attempt,
      'muster.job.max_attempts': maxAttempts,
      ...(runId === null ? {} : { 'muster.run.id': runId }),
    }
    const links = runId === null ? [] : [{ context: placeOf(runId) }]
    this.#span = tracer.startSpan(
      `process ${type}`,
      { kind: SpanKind.CONSUMER, attributes, links },
      trace.setSpanContext(ROOT_CONTEXT, placeOf(jobId)),
    )
  }

  run<Result>(attempt: () => Result): Result {
    const span = this.#span
    span.addEvent('handler called')
    const result = context.with(trace.setSpan(ROOT_CONTEXT, span), attempt)
    const ended = (): void => void span.addEvent('handler ended')
    if (result instanceof Promise) result.then(ended, ended)
    return result
  }

  settled(outcome: Outcome | undefined, recorded: boolean): void {
    const span = this.#span
    span.setAttribute('muster.job.outcome', recorded && outcome ? outcome.kind : 'not_recorded')
    const error = recorded ? errorOf(outcome) : LEASE_LOST
    if (error) {
      span.setAttribute('error.type', error.code)
      span.setStatus({ code: SpanStatusCode.ERROR, message: error.message })
    }
    span.end()
  }
}

const LEASE_LOST = { code: 'lease_lost', message: 'The outcome came too late, or could not be recorded' }

function errorOf(
  outcome: Outcome | undefined,
): { readonly code: string; readonly message: string } | undefined {
  return outcome && 'error' in outcome ? outcome.error : undefined
}

function messaging(operation: 'send' | 'process', projectId: string): Attributes {
  return {
    'messaging.system': 'muster',
    'messaging.operation.name': operation,
    'messaging.operation.type': operation,
    'muster.project.id': projectId,
  }
}

/**
 * Where a job or a run lies in OpenTelemetry: the trace of its id, under a parent that stands for the thing itself. Every process comes to the same, so
 * nothing has to be kept or sent. Hashed, because samplers take the ids of traces for random, and those of a run's jobs differ in their last digits alone.
 */
function placeOf(id: JobId | RunId): SpanContext {
  const digest = hash('sha256', id)
  return {
    traceId: digest.slice(0, 32),
    spanId: digest.slice(32, 48),
    traceFlags: TraceFlags.SAMPLED,
    isRemote: true,
  }
}

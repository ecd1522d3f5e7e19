import { trace } from '@opentelemetry/api'
import { SimpleSpanProcessor, type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace'

/** Writes a line for each span: its trace, its name and, of an attempt, how it ended. */
const exporter: SpanExporter = {
  export(spans, done) {
    for (const span of spans) {
      const outcome = span.attributes['muster.job.outcome']
      const words = [
        'span',
        span.spanContext().traceId,
        span.name,
        ...(typeof outcome === 'string' ? [outcome] : []),
      ]
      process.stderr.write(`${words.join(' ')}\n`)
    }
    done({ code: 0 })
  },
  async shutdown() {},
}

trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }))

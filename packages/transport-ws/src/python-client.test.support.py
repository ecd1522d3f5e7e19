"""A socket.io client that others wrote, told what to do line by line: {"do": "connect", "token": …}, {"do": "call", …}, {"do": "disconnect"}.
Answers each line with {"answer": …}, and tells {"frame": <event>, …} whenever something comes.

The asynchronous client: the other one starts a thread for each event, and threads tell events in any order."""

import asyncio
import json
import sys

import socketio

origin = sys.argv[1]


def say(what):
    print(json.dumps(what), flush=True)


async def connect(token):
    client = socketio.AsyncClient(reconnection=False)
    answer = asyncio.get_running_loop().create_future()
    client.on("connect", lambda: answer.set_result("connected"))
    client.on("connect_error", lambda refusal: answer.set_result(refusal["data"]))
    client.on("*", lambda event, data: say({"frame": event, **data}))
    # By itself it would wait for a connection that was refused until its patience ends.
    await client.connect(origin, auth={"token": token}, transports=["websocket"], wait=False)
    return client, await asyncio.wait_for(answer, 30)


async def main():
    client = None
    lines = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := await lines.readline():
        order = json.loads(line)
        if order["do"] == "connect":
            client, answer = await connect(order["token"])
        elif order["do"] == "call":
            answer = await client.call(order["event"], order["request"], timeout=10)
        else:
            await client.disconnect()
            answer = "gone"
        say({"answer": answer})


asyncio.run(main())

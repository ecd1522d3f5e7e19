"""A socket.io client that others wrote, told what to do line by line: {"do": "connect", "token": …}, {"do": "call", …}, {"do": "disconnect"}.
Answers each line with {"answer": …}, and tells {"frame": <event>, …} whenever something comes."""

import json
import queue
import sys
import threading

import socketio

origin = sys.argv[1]
writing = threading.Lock()


def say(what):
    with writing:
        print(json.dumps(what), flush=True)


def connect(token):
    client = socketio.Client(reconnection=False)
    answers = queue.Queue()
    client.on("connect", lambda: answers.put("connected"))
    client.on("connect_error", lambda refusal: answers.put(refusal["data"]))
    client.on("*", lambda event, data: say({"frame": event, **data}))
    # By itself it would wait for a connection that was refused until its patience ends.
    client.connect(origin, auth={"token": token}, transports=["websocket"], wait=False)
    return client, answers.get(timeout=30)


client = None
for line in sys.stdin:
    order = json.loads(line)
    if order["do"] == "connect":
        client, answer = connect(order["token"])
    elif order["do"] == "call":
        answer = client.call(order["event"], order["request"], timeout=10)
    else:
        client.disconnect()
        answer = "gone"
    say({"answer": answer})

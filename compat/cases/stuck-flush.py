"""A client sends a malformed message within a transaction that holds a lock, and is gone: the lock goes too."""

import os
import socket
import struct

from case import HOWDAH, check, connect, primary, run, superuser, until

MALFORMED = {
    "a Flush with a body": b"H\0\0\0\5x",
    "a Sync with a body": b"S\0\0\0\5x",
    "a Describe of nothing": b"D\0\0\0\5?",
    "a Bind that is cut": b"B\0\0\0\5\0",
    "an unknown type": b"\1\0\0\0\4",
}
TERMINATE = b"X\0\0\0\4"
server = superuser(primary(), "demo")
run(server, "CREATE TABLE IF NOT EXISTS case_lock (i int)")
run(server, "GRANT ALL ON case_lock TO demo")


def leave(message, how):
    client = connect(HOWDAH)
    run(client, "BEGIN")
    run(client, "LOCK TABLE case_lock IN ACCESS EXCLUSIVE MODE")
    end = socket.socket(fileno=os.dup(client.fileno()))
    end.sendall(message + (TERMINATE if how == "goodbye" else b""))
    if how == "reset":
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.dup2(os.open(os.devnull, os.O_RDWR), client.fileno())
    end.close()
    client.close()


def held():
    return run(server, "SELECT count(*) FROM pg_locks WHERE relation = 'case_lock'::regclass AND granted")


for name, message in MALFORMED.items():
    for how in ("goodbye", "end", "reset"):
        leave(message, how)
        until(lambda: held() == [(0,)])
        check(f"{name}, then {how}", [(0,)], held())
stuck = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'demo' AND state LIKE 'idle in transaction%'"
until(lambda: run(server, stuck) == [(0,)])
check("nothing is left in a transaction", [(0,)], run(server, stuck))
run(server, "DROP TABLE case_lock")

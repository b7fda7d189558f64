"""What the cases share: connections direct and through Howdah, and the account of what was checked.

The environment says where: HOWDAH_PORT, HOWDAH_RO_PORT (a port of listen.read-only-port). The servers are
asked of the console. User, password and database are "demo"; the servers' superuser is "postgres".
"""

import atexit
import os
import socket
import struct
import time

import psycopg2

HOWDAH = int(os.environ["HOWDAH_PORT"])
READ_ONLY = int(os.environ["HOWDAH_RO_PORT"])

_failed = []


def dsn(port, user="demo", db="demo", more=""):
    return f"host=127.0.0.1 port={port} user={user} password={user} dbname={db} connect_timeout=30 {more}"


def connect(port, user="demo", db="demo"):
    connection = psycopg2.connect(dsn(port, user, db))
    connection.autocommit = True
    return connection


def superuser(port, db="postgres"):
    """A direct connection to a server, as its superuser."""
    return connect(port, "postgres", db)


def run(connection, sql, *values):
    """The rows or the tag of the last statement, or the SQLSTATE of its error."""
    try:
        cursor = connection.cursor()
        cursor.execute(sql, values or None)
        return cursor.fetchall() if cursor.description else cursor.statusmessage
    except psycopg2.Error as error:
        return error.pgcode or type(error).__name__


class Wire:
    """A connection that libpq has logged in, on which a case says each message of the protocol itself."""

    def __init__(self, port):
        self.connection = connect(port)
        self.socket = socket.socket(fileno=os.dup(self.connection.fileno()))
        self.socket.settimeout(30)
        self.said = b""

    def say(self, kind, *parts):
        """A message of strings, which end with a zero, and of bytes as they are."""
        body = b"".join(each.encode() + b"\0" if isinstance(each, str) else each for each in parts)
        self.said += kind.encode() + struct.pack("!i", len(body) + 4) + body

    def bind(self, statement, *values):
        """Bind in binary, wants binary, and Execute."""
        counted = b"".join(struct.pack("!i", len(each)) + each for each in values)
        self.say("B", "", statement, struct.pack("!hhh", 1, 1, len(values)), counted, struct.pack("!hh", 1, 1))
        self.say("E", "", struct.pack("!i", 0))

    def sync(self):
        """What the server says up to ReadyForQuery, as types and bodies."""
        self.say("S")
        self.socket.sendall(self.said)
        self.said, heard, buffer = b"", [], b""
        while not heard or heard[-1][0] != "Z":
            while len(buffer) < 5 or len(buffer) < 1 + struct.unpack("!i", buffer[1:5])[0]:
                buffer += self.socket.recv(65536)
            end = 1 + struct.unpack("!i", buffer[1:5])[0]
            heard.append((chr(buffer[0]), buffer[5:end]))
            buffer = buffer[end:]
        return heard

    def close(self):
        self.socket.close()
        self.connection.close()


def sqlstate(body):
    """That of an ErrorResponse."""
    return next(field[1:].decode() for field in body.split(b"\0") if field[:1] == b"C")


def console(command):
    """The rows of a command of the console, as dictionaries."""
    cursor = connect(HOWDAH, db="howdah").cursor()
    cursor.execute(command)
    names = [column.name for column in cursor.description]
    return [dict(zip(names, row)) for row in cursor.fetchall()]


def ports(role):
    """The ports of the servers that have this role now."""
    return [int(node["node"].rsplit(":", 1)[1]) for node in console("SHOW NODES") if node["role"] == role]


def primary():
    return ports("primary")[0]


def until(condition, seconds=20):
    """Waits until a condition holds; whether it did in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


def check(name, expected, found):
    """Notes whether Howdah does what PostgreSQL does."""
    good = expected == found
    print("  ok  " if good else "  FAIL", name, "" if good else f": expected {expected}, found {found}")
    if not good:
        _failed.append(name)


def _end():
    if _failed:
        os._exit(1)


atexit.register(_end)

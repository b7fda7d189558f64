"""A text sent right behind what changes how it is read is read as the server reads it: nobody is another role unseen."""

import os
import socket
import struct

from case import HOWDAH, check, connect, primary, run, superuser

STRINGS = "standard_conforming_strings"
# A call with backslashes as escapes, two strings without; and the other way round.
WITH_ESCAPES = "SELECT '\\'', set_config($q$role$q$, $q$case_role$q$, false) --'"
WITHOUT = "SELECT '\\', set_config('role', 'case_role', false) --'"
# What is said before, and what is then said at once.
SAID = {
    "SET": ([], [f"SET {STRINGS} = off", WITH_ESCAPES]),
    "set_config": ([], [f"SELECT set_config('{STRINGS}', 'off', false)", WITH_ESCAPES]),
    "DO": ([], [f"DO $$ BEGIN PERFORM set_config('{STRINGS}', 'off', false); END $$", WITH_ESCAPES]),
    "SET LOCAL": (["BEGIN"], [f"SET LOCAL {STRINGS} = off", WITH_ESCAPES, "COMMIT"]),
    "RESET": ([f"SET {STRINGS} = off"], [f"RESET {STRINGS}", WITHOUT]),
    "DISCARD ALL": ([f"SET {STRINGS} = off"], ["DISCARD ALL", WITHOUT]),
    "ROLLBACK": (["BEGIN", f"SET {STRINGS} = off"], ["ROLLBACK", WITHOUT]),
    "the end of SET LOCAL": (["BEGIN", f"SET LOCAL {STRINGS} = off"], ["COMMIT", WITHOUT]),
}


def at_once(connection, texts):
    """Sends simple queries in one write, and reads up to the last ReadyForQuery."""
    end = socket.socket(fileno=os.dup(connection.fileno()))
    end.settimeout(30)
    end.sendall(b"".join(b"Q" + struct.pack("!i", len(text) + 5) + text.encode() + b"\0" for text in texts))
    file, told, owed = end.makefile("rb"), [], len(texts)
    while owed:
        kind, length = struct.unpack("!ci", file.read(5))
        body = file.read(length - 4)
        owed -= kind == b"Z"
        told += [kind + body[:40]] if kind in (b"C", b"D", b"Z") else []
    return told


def talk(port, before, said):
    one = connect(port)
    for each in before:
        run(one, each)
    told = [at_once(one, said), run(one, "SELECT current_user")]
    one.close()
    return told + [run(connect(port), "/* howdah: primary */ SELECT current_user")]


server = superuser(primary(), "demo")
run(server, "CREATE ROLE case_role")
run(server, "GRANT case_role TO demo")
for name, (before, said) in SAID.items():
    run(connect(HOWDAH, db="howdah"), "RECONNECT")
    check(name, talk(primary(), before, said), talk(HOWDAH, before, said))
run(server, "REVOKE case_role FROM demo")
run(server, "DROP ROLE case_role")

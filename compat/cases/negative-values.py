"""A value with a sign right behind the equals sign is one: it stays with its session, and nobody else meets it."""

from case import HOWDAH, check, connect, primary, run

# Statements that are no read by their text, or the other client may be asked of another server.
PRIMARY = "/* howdah: primary */ "


def seen(port, setting, question):
    run(connect(HOWDAH, db="howdah"), "RECONNECT")
    one, other = connect(port), connect(port)
    run(one, setting)
    return {"another client": run(other, PRIMARY + question), "its own": run(one, PRIMARY + question)}


server = primary()
for setting, question in [
    ("SET timezone=-7", "SELECT timestamptz '2024-01-01 00:00+00' AT TIME ZONE current_setting('TimeZone')"),
    ("SET extra_float_digits=-5", "SELECT pi()::text"),
    ("SET jit_above_cost=-1", "SHOW jit_above_cost"),
    ("SET jit_above_cost=+7", "SHOW jit_above_cost"),
]:
    check(setting, seen(server, setting, question), seen(HOWDAH, setting, question))

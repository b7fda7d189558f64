"""libpq's target_session_attrs: the read-only port is a standby, the main port a primary that takes writes."""

import psycopg2

from case import HOWDAH, READ_ONLY, check, dsn, ports, primary

ATTRS = ("any", "read-write", "read-only", "primary", "standby", "prefer-standby")


def outcome(port, attrs):
    try:
        psycopg2.connect(dsn(port, more=f"target_session_attrs={attrs}")).close()
        return "taken"
    except psycopg2.Error:
        return "refused"


replica, server = ports("replica")[0], primary()
for attrs in ATTRS:
    check(f"{attrs} at the read-only port", outcome(replica, attrs), outcome(READ_ONLY, attrs))
    check(f"{attrs} at the main port", outcome(server, attrs), outcome(HOWDAH, attrs))

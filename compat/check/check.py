"""What the applications in Python check with: the first difference ends the program."""

import os
import sys


class Difference(AssertionError):
    pass


class Checks:
    def __init__(self, name):
        self.name = name
        self.count = 0

    def equal(self, actual, expected, what):
        self.count += 1
        if actual != expected:
            raise Difference(f"{what}: expected {expected!r}, got {actual!r}")

    def true(self, condition, what):
        self.equal(bool(condition), True, what)

    def fails(self, sqlstate, action, what):
        """Runs the action, which must raise an error with the SQLSTATE."""
        try:
            action()
        except Difference:
            raise
        except Exception as error:
            self.equal(sqlstate_of(error), sqlstate, f"{what} ({error})")
            return error
        raise Difference(f"{what}: expected SQLSTATE {sqlstate}, got none")

    def done(self):
        print(f"ok {self.name} {self.count} checks")


def sqlstate_of(error):
    """Where psycopg2, psycopg, asyncpg and what wraps them keep the SQLSTATE."""
    for candidate in (error, getattr(error, "orig", None), error.__cause__):
        for attribute in ("sqlstate", "pgcode"):
            found = getattr(candidate, attribute, None)
            if found:
                return found
    return None


def run(name, main):
    """Runs main(checks) and ends the process as compat/run wants it."""
    checks = Checks(name)
    try:
        main(checks)
    except BaseException as error:
        import traceback

        traceback.print_exc()
        print(f"{name}: after {checks.count} checks: {type(error).__name__}: {error}".replace("\n", " "))
        sys.stdout.flush()
        os._exit(1)
    checks.done()


def workers():
    return int(os.environ.get("APP_WORKERS", "20"))

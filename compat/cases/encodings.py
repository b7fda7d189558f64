"""A value that one client sets is the same in its own encoding, whatever encoding others use, and is never run."""

from case import HOWDAH, check, connect, primary, run, superuser

PRIMARY = "/* howdah: primary */ "
server = superuser(primary(), "demo")


def fresh():
    console_only = connect(HOWDAH, db="howdah")
    run(console_only, "RECONNECT")
    console_only.close()


def with_accents(port):
    """A LATIN1 client and a UTF8 client, turn by turn."""
    latin, utf8 = connect(port), connect(port)
    latin.set_client_encoding("LATIN1")
    utf8.set_client_encoding("UTF8")
    told = []
    for each, value in ((latin, "Andr\xe9"), (utf8, "Jos\xe9 \u65e5\u672c"), (latin, "Zo\xeb"), (utf8, "\u00df")):
        told.append(run(each, "SET app.author = '" + value + "'"))
        told.append(run(utf8 if each is latin else latin, PRIMARY + "SELECT 1"))
        told.append(run(each, PRIMARY + "SELECT current_setting('app.author'), length(current_setting('app.author'))"))
    return told


def given_as_a_value(port, encoding, letter):
    """A value that ends a string early where its last letter's second byte is taken for a backslash."""
    run(server, "DROP TABLE IF EXISTS case_run")
    one, other = connect(port), connect(port)
    value = letter + "\\',false);create table case_run as select 1;--"
    # As an application that does all right: the value is quoted by its driver.
    told = [run(one, "SELECT set_config('app.display_name', %s, false) IS NOT NULL", value)]
    run(other, "SET backslash_quote = on")
    run(other, f"SET client_encoding = '{encoding}'")
    run(other, "SELECT 1")
    told.append(run(one, PRIMARY + "SELECT current_setting('app.display_name', true)") == [(value,)])
    one.close()
    told.append(run(server, "SELECT to_regclass('case_run')"))
    return told


direct = primary()
for name, talk in {
    "accents": with_accents,
    "a value in SJIS": lambda port: given_as_a_value(port, "SJIS", "\u3081"),
    "a value in BIG5": lambda port: given_as_a_value(port, "BIG5", "\u529f"),
    "a value in GBK": lambda port: given_as_a_value(port, "GBK", "\u4e02"),
}.items():
    fresh()
    check(name, talk(direct), talk(HOWDAH))
fresh()

"""A news site on Django: its migrations, its ORM, server-side cursors outside transactions, persistent connections."""

import datetime
import os
import threading

import django
from django.conf import settings

settings.configure(
    DATABASES={"default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": os.environ["PGDATABASE"], "USER": os.environ["PGUSER"], "PASSWORD": os.environ["PGPASSWORD"],
        "HOST": os.environ["PGHOST"], "PORT": os.environ["PGPORT"],
        "CONN_MAX_AGE": 600,
        "OPTIONS": {"options": "-c statement_timeout=60000", "application_name": "news"},
    }},
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions",
                    "django.contrib.postgres", "news"],
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True, TIME_ZONE="Europe/Helsinki", SECRET_KEY="for this application only",
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
)
django.setup()

from django.contrib.auth.models import Group, Permission, User  # noqa: E402
from django.contrib.postgres.aggregates import ArrayAgg  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import IntegrityError, connection, transaction  # noqa: E402
from django.db.models import Count, F  # noqa: E402

import check  # noqa: E402
from news.models import Article  # noqa: E402


def migrate(c):
    call_command("migrate", verbosity=0, interactive=False)
    call_command("migrate", "auth", "0010", verbosity=0)
    call_command("migrate", verbosity=0, run_syncdb=True)
    with connection.schema_editor() as editor:
        editor.execute("CREATE INDEX article_title ON news_article (title varchar_pattern_ops)")
    tables = connection.introspection.table_names()
    c.true({"auth_user", "django_session", "news_article"} <= set(tables), "the tables")
    c.equal(Permission.objects.filter(content_type__app_label="auth").count(), 12, "permissions made by the migrations")


def crud(c):
    published = datetime.datetime(2024, 2, 29, 23, 59, 59, 123456, tzinfo=datetime.timezone.utc)
    user = User.objects.create_user("zoë", password="secret")
    c.true(User.objects.get(username="zoë").check_password("secret"), "a user")
    made = Article.objects.create(
        title="Ünïcode", author=user, tags=["a", 'b"c'], data={"k": [1, None]}, image=bytes(range(256)), price="12.50",
        shown=(datetime.date(2024, 1, 1), datetime.date(2024, 2, 1)), published=published)
    found = Article.objects.select_related("author").get(pk=made.pk)
    c.equal(found.tags, ["a", 'b"c'], "text[]")
    c.equal(found.data, {"k": [1, None]}, "jsonb")
    c.equal(bytes(found.image), bytes(range(256)), "bytea")
    c.equal(str(found.price), "12.50", "numeric")
    c.equal(found.shown.upper, datetime.date(2024, 2, 1), "range")
    c.equal(found.published, published, "timestamptz")
    c.equal(Article.objects.filter(data__k__0=1, tags__contains=["a"]).count(), 1, "json and array in a filter")
    Article.objects.bulk_create([Article(title=f"bulk {n}", author=user) for n in range(500)], batch_size=90)
    c.equal(Article.objects.filter(title__startswith="bulk").update(views=F("views") + 1), 500, "an update of many")
    # Outside a transaction this is a cursor WITH HOLD.
    c.equal(sum(a.views for a in Article.objects.iterator(chunk_size=50)), 500, "a server-side cursor")
    c.equal(sum(1 for _ in zip(Article.objects.iterator(chunk_size=50), range(60))), 60, "one that is given up")
    titles = User.objects.annotate(n=Count("articles"), tags=ArrayAgg("articles__views", distinct=True)).values_list("n", "tags")
    c.equal(list(titles), [(501, [0, 1])], "aggregates")
    c.equal(len(Article.objects.prefetch_related("author")[10:30]), 20, "a page")
    group, created = Group.objects.get_or_create(name="editors")
    user.groups.add(group)
    c.equal([created, Group.objects.get_or_create(name="editors")[1], user.groups.count()], [True, False, 1], "get_or_create")
    session = SessionStore()
    session["cart"] = [1, 2]
    session.save()
    c.equal(SessionStore(session.session_key)["cart"], [1, 2], "a session in the database")


def transactions(c):
    with transaction.atomic():
        Group.objects.create(name="outer")
        try:
            with transaction.atomic():
                Group.objects.create(name="inner")
                Group.objects.create(name="outer")
        except IntegrityError as error:
            c.equal(error.__cause__.pgcode, "23505", "an error in a savepoint")
        c.equal(Group.objects.filter(name__in=["outer", "inner"]).count(), 1, "after the savepoint")
        c.equal(Group.objects.select_for_update(of=("self",)).get(name="outer").name, "outer", "a row lock")
    try:
        with transaction.atomic():
            Group.objects.all().delete()
            raise KeyError("on purpose")
    except KeyError:
        c.equal(Group.objects.filter(name="outer").count(), 1, "after the rollback")
    ran = []
    with transaction.atomic(durable=True):
        transaction.on_commit(lambda: ran.append(True))
    c.equal(ran, [True], "on_commit")
    for _ in range(5):
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('timezone'), current_setting('statement_timeout'), current_setting('application_name')")
            c.equal(cursor.fetchone(), ("UTC", "1min", "news"), "settings at connect")
    connection.close()
    c.true(connection.is_usable() if connection.connection else Group.objects.exists(), "connected anew")


def crowd(c):
    article = Article.objects.create(title="popular")
    problems = []

    def work(number):
        try:
            for turn in range(1, 16):
                with transaction.atomic():
                    Article.objects.filter(pk=article.pk).update(views=F("views") + 1)
                    user, _ = User.objects.get_or_create(username=f"worker {number}")
                    Article.objects.create(title=f"turn {turn}", author=user)
                    if user.articles.count() != turn:
                        problems.append(f"worker {number} sees another's articles at turn {turn}")
        except Exception as error:
            problems.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(check.workers())]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    c.equal(problems, [], "a crowd of workers")
    article.refresh_from_db()
    c.equal(article.views, 15 * check.workers(), "what the crowd counted")


def main(c):
    for part in (migrate, crud, transactions, crowd):
        print(part.__name__, flush=True)
        part(c)
    call_command("flush", verbosity=0, interactive=False)
    c.equal(User.objects.count(), 0, "after flush")
    connection.close()


check.run("django", main)

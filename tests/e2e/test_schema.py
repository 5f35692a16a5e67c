"""What the migrations make is sql/schema.sql, where a review sees it whole. `--write` writes that file anew."""
import glob
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import functions  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
CTL = os.path.join(os.environ.get("RELEVO_BUILD", os.path.join(ROOT, "build/dev")), "ctl/relevoctl")
SCHEMA = os.path.join(ROOT, "sql", "schema.sql")
HEAD = "-- sql/schema.sql: what the migrations make, for reading. Written by tests/e2e/test_schema.py --write.\n"
BIN = "/usr/lib/postgresql/15/bin/"


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, "%s: %s" % (" ".join(command), done.stderr)
    return done.stdout


def make_database(cluster, name):
    run(BIN + "psql", "-qX", "-d", cluster, "-c", "DROP DATABASE IF EXISTS %s WITH (FORCE)" % name,
        "-c", "CREATE DATABASE %s TEMPLATE template0" % name)
    return re.sub(r"dbname=\S+", "dbname=" + name, cluster)


def configuration(folder, database):
    path = os.path.join(folder, "relevo.yaml")
    with open(path, "w", encoding="utf-8") as f:
        f.write("database: %s\n" % database)
    return path


def schema_of(database):
    """pg_dump's words without its comments, settings and blank lines, which differ from release to release."""
    dump = run(BIN + "pg_dump", "--schema-only", "--no-owner", "--no-privileges", "-d", database)
    lines = [line for line in dump.splitlines()
             if line.strip() and not re.match(r"--|SET |SELECT pg_catalog\.set_config|\\(un)?restrict", line)]
    return HEAD + "\n".join(lines) + "\n"


def migrated(folder, name):
    database = make_database(os.environ["RELEVO_TEST_DB"], name)
    run(CTL, "migrate", "--config", configuration(folder, database))
    return database


def test_what_the_migrations_make_is_what_the_file_says(folder):
    with open(SCHEMA, encoding="utf-8") as f:
        assert schema_of(migrated(folder, "relevo_test_schema_py")) == f.read(), \
            "sql/schema.sql is not what sql/migrations make: look at it, then tests/e2e/test_schema.py --write"


def test_a_second_migration_finds_nothing_to_do(folder):
    database = migrated(folder, "relevo_test_schema_py")
    before = schema_of(database)
    run(CTL, "migrate", "--config", os.path.join(folder, "relevo.yaml"))
    assert schema_of(database) == before


def told(head):
    numbers = {int(n) for n in re.findall(r"\$(\d+)", head)}
    for first, last in re.findall(r"\$(\d+) to \$(\d+)", head):
        numbers |= set(range(int(first), int(last) + 1))
    return numbers


def test_each_query_says_its_name_and_what_its_parameters_are():
    for path in glob.glob(os.path.join(ROOT, "sql", "queries", "*.sql")):
        with open(path, encoding="utf-8") as f:
            text = f.read()
        head = re.match(r"(--[^\n]*\n)*", text).group(0)
        assert head.startswith("-- %s: " % os.path.basename(path)[:-4]), path
        if not re.search(r"one array a column|: as \w+, ", head):
            used = {int(n) for n in re.findall(r"\$(\d+)", text[len(head):])}
            assert used <= told(head), "%s: $%s" % (path, sorted(used - told(head)))


def main():
    if "--write" in sys.argv:
        with tempfile.TemporaryDirectory() as folder, open(SCHEMA, "w", encoding="utf-8") as f:
            f.write(schema_of(migrated(folder, "relevo_test_schema_py")))
        return 0
    return functions.main(globals())


if __name__ == "__main__":
    sys.exit(main())

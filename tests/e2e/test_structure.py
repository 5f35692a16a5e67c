"""The house's walls: no header that the planner includes knows a channel (C-20), and arrows run one way."""
import glob
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import functions  # noqa: E402
import servers  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MAY_INCLUDE = {
    "core": {"core"},
    "channels": {"core", "channels"},
    "daemon": {"core", "channels", "daemon"},
    "ctl": {"core", "channels", "daemon", "ctl"},
}


def code(path):
    """A file without its comments; strings stay, for a name in a string is no declaration but no harm either."""
    with open(os.path.join(ROOT, path), encoding="utf-8") as f:
        return re.sub(r"/\*.*?\*/|//[^\n]*", " ", f.read(), flags=re.S)


def includes(text):
    return re.findall(r'^\s*#\s*include\s*"([^"]+)"', text, flags=re.M)


def reached(starts, read=code):
    """Every header that `starts` include, directly or not."""
    seen, todo = set(), list(starts)
    while todo:
        path = todo.pop()
        if path not in seen:
            seen.add(path)
            todo += includes(read(path))
    return seen


def channel_words(text):
    return re.findall(r"\w*channel\w*", re.sub(r"^\s*#.*$", "", text, flags=re.M), flags=re.I)


def planner_starts():
    return [os.path.relpath(p, ROOT) for p in glob.glob(os.path.join(ROOT, "core", "plan*.[ch]"))]


def test_no_header_that_the_planner_includes_declares_anything_with_a_channel_in_it():
    wrong = ["%s: %s" % (p, channel_words(code(p))) for p in sorted(reached(planner_starts())) if channel_words(code(p))]
    assert not wrong, wrong


def test_the_planner_reaches_neither_the_inbound_message_nor_the_targets_per_channel():
    seen = reached(planner_starts())
    assert "core/plan.h" in seen and "core/policy.h" in seen
    assert not seen & {"core/inbound.h", "core/target.h", "core/thread.h"}, seen


def test_a_channel_two_headers_away_would_be_found():
    files = {"a.h": '#include "b.h"\n', "b.h": '#include "c.h"\n', "c.h": "struct x { int64_t channel_id; };\n"}
    seen = reached(["a.h"], files.get)
    assert [p for p in seen if channel_words(files[p])] == ["c.h"]


def test_includes_go_one_way_from_floor_to_floor():
    wrong = []
    for floor, allowed in MAY_INCLUDE.items():
        for path in glob.glob(os.path.join(ROOT, floor, "*.[ch]")):
            for name in includes(code(os.path.relpath(path, ROOT))):
                if name.split("/")[0] not in allowed:
                    wrong.append("%s includes %s" % (os.path.relpath(path, ROOT), name))
    assert not wrong, wrong


def test_nothing_in_core_asks_what_time_it_is():
    """Time is an argument: neither a clock nor a sleep, and no input or output but GLib's time zones."""
    wrong = []
    for path in glob.glob(os.path.join(ROOT, "core", "*.c")):
        found = re.findall(r"\b(time|gettimeofday|clock_gettime|sleep|usleep|fopen|open|socket|getenv)\s*\(", code(os.path.relpath(path, ROOT)))
        if found:
            wrong.append("%s: %s" % (os.path.relpath(path, ROOT), found))
    assert not wrong, wrong


def test_no_key_can_be_written_that_nothing_reads():
    """A key's name stands once in its table; what reads it names it again."""
    words = {}
    for floor in MAY_INCLUDE:
        for path in glob.glob(os.path.join(ROOT, floor, "*.c")):
            for word in re.findall(r'"([a-z_]+)"', code(os.path.relpath(path, ROOT))):
                words[word] = words.get(word, 0) + 1
    for path in [os.path.join(ROOT, "daemon", "config.c"), os.path.join(ROOT, "core", "policy_keys.c")] + glob.glob(
            os.path.join(ROOT, "channels", "*.[ch]")):
        keys = re.findall(r'\.name = "([a-z_]+)",[\s\\]*\.type = CONF_', code(os.path.relpath(path, ROOT)))
        here = path.endswith(".c")  # then its table is among the words
        unread = [key for key in keys if words.get(key, 0) < 1 + here]
        assert not unread, "%s: %s" % (os.path.relpath(path, ROOT), unread)


def test_every_table_of_queries_gives_each_of_them_as_many_parameters_as_it_has():
    """The store's tables and those of the benchmarks, which no other test runs."""
    wrong = []
    for path in glob.glob(os.path.join(ROOT, "daemon", "*.c")) + glob.glob(os.path.join(ROOT, "bench", "*.c")):
        for name, count, rest in re.findall(r'= \{ "([a-z_]+)", (\d+)([^}]*)\}', code(os.path.relpath(path, ROOT))):
            query = os.path.join(ROOT, "sql", "queries", name + ".sql")
            if not os.path.exists(query):
                continue
            with open(query, encoding="utf-8") as f:
                has = max(int(n) for n in re.findall(r"\$(\d+)", f.read()))
            if int(count) + (".now = true" in rest) != has:
                wrong.append("%s: %s has %d parameters, not %s" % (os.path.basename(path), name, has, count))
    assert not wrong, wrong


def sql_made_of(text):
    """Statements that a program makes of pieces at run time."""
    words = r"SELECT|INSERT|UPDATE|DELETE|WITH|COPY|ALTER|CREATE|DROP|TRUNCATE|LISTEN|NOTIFY|SET|GRANT|CALL|DO"
    return re.findall(r'"\s*(?:%s) [^"\n]*%%[^"\n]*"' % words, re.sub(r'"\s*"', "", text))


def test_no_statement_is_made_of_what_somebody_wrote():
    """S-48: statements are files; what they are about goes beside them as parameters. Two are made of names that are ours alone."""
    ours = {"daemon/db_wire.c": ['"LISTEN %s"'],
            "daemon/migrate.c": ['"INSERT INTO schema_migration (number, name) VALUES (%d, \'%s\')"']}
    assert sql_made_of('x = f("SELECT a "\n  "FROM b WHERE c = \'%s\'");') == ['"SELECT a FROM b WHERE c = \'%s\'"']
    for floor in MAY_INCLUDE:
        for path in sorted(glob.glob(os.path.join(ROOT, floor, "*.c"))):
            name, text = os.path.relpath(path, ROOT), code(os.path.relpath(path, ROOT))
            if floor == "channels":  # no database there; IMAP has a NOTIFY of its own
                assert "libpq" not in text and not re.search(r"\bdb_", text), name
                continue
            assert sql_made_of(text) == ours.get(name, []), "%s: %s" % (name, sql_made_of(text))
            sends = re.findall(r"\b(PQexec|PQsendQuery|PQescape\w*|PQputCopyData)\s*\(", text)
            assert not sends or name == "daemon/migrate.c", "%s: %s" % (name, sends)
    for path in glob.glob(os.path.join(ROOT, "sql", "queries", "*.sql")):
        with open(path, encoding="utf-8") as f:
            assert not re.search(r"\bEXECUTE\b|\bquery_to_xml|\bdblink", f.read(), flags=re.I), path


def test_every_header_says_in_its_first_line_what_its_room_is_for():
    wrong = []
    for floor in MAY_INCLUDE:
        for path in glob.glob(os.path.join(ROOT, floor, "*.h")):
            name = os.path.relpath(path, ROOT)
            with open(path, encoding="utf-8") as f:
                if not f.readline().startswith("/* %s - " % name):
                    wrong.append(name)
    assert not wrong, wrong


def test_no_server_of_a_test_has_a_port_that_the_kernel_could_give_away():
    with open("/proc/sys/net/ipv4/ip_local_port_range", encoding="ascii") as f:
        first, last = map(int, f.read().split())
    given = [servers.free_port() for _ in range(20)]
    assert len(set(given)) == 20 and not [port for port in given if first <= port <= last], given


if __name__ == "__main__":
    sys.exit(functions.main(globals()))

"""Which test shows which rule: tests/coverage.md says it, and is held to what the tests themselves say.

A test cites a rule by its number in a comment of its own (a docstring, a comment beside its lines or before it); what stands in
a comment of no test is cited by the whole file. A number in a string is data. `--write` writes tests/coverage.md anew.
"""
import ast
import glob
import io
import os
import re
import sys
import tokenize

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import functions  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TABLE = os.path.join(ROOT, "tests", "coverage.md")
RULE = re.compile(r"\b([BCDEST])-(\d{1,3})\b(?: to \1-(\d{1,3})\b)?|\bF(\d{2})\b(?: to F(\d{2})\b)?")
# What the first whole, the mail and the policy have to show; the other rules come with what is built on them.
SCOPE = (["C-%d" % n for n in range(1, 24)] + ["E-%02d" % n for n in (1, 2, 3, 6, 9, 15, 21)]
         + ["B-%02d" % n for n in (1, 2, 3, 4, 5, 6, 7, 9, 15)] + ["T-%d" % n for n in (*range(1, 34), *range(37, 79), 80, 81, 82, 90, 91, 98, 99)]
         + ["D-%d" % n for n in (*range(1, 7), *range(9, 13), *range(14, 20), *range(22, 25), *range(27, 38),
                                 *range(39, 49), *range(51, 55))])
HEAD = """# Which test shows which rule

Rules of `docs/semantics.md` (B: how nobody is bombarded, C: clocks and escalation, E: when the customer is told), cases from the
field and demands of users (T, D), faults and threats that were tried (F, S). Written by `tests/e2e/test_coverage.py --write` from what
the tests cite, and compared with it by the tests.

| rule | test | file |
| --- | --- | --- |
"""


def rules(text):
    """The rules that a comment names; "C-1 to C-3" are three."""
    for letter, first, last, fault, last_fault in RULE.findall(text):
        if fault:
            for n in range(int(fault), int(last_fault or fault) + 1):
                yield "F%02d" % n
        else:
            for n in range(int(first), int(last or first) + 1):
                yield "%s-%02d" % (letter, n) if letter in "BE" else "%s-%d" % (letter, n)


def c_citations(text):
    """(rule, test) of a C program. A function ends with a brace at the margin."""
    blank = re.sub(r'"(?:\\.|[^"\\\n])*"', lambda m: '"' + "." * (len(m.group()) - 2) + '"', text)
    tests = [(m.start(), blank.find("\n}\n", m.start()), m.group(1))
             for m in re.finditer(r"(?m)^static void (test_\w+)\(", blank)]
    for comment in re.finditer(r"/\*.*?\*/|//[^\n]*", blank, re.S):
        after = blank[comment.end():].lstrip()
        before = re.match(r"static void (test_\w+)\(", after)
        inside = [name for start, end, name in tests if start < comment.start() < end]
        name = inside[0] if inside else before.group(1) if before else ""
        for rule in rules(text[comment.start():comment.end()]):
            yield rule, name


def python_citations(text):
    spans = [(node.lineno, node.end_lineno, node.name) for node in ast.walk(ast.parse(text))
             if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]
    words = [(t.start[0], t.string) for t in tokenize.generate_tokens(io.StringIO(text).readline) if t.type == tokenize.COMMENT]
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node):
            words.append((node.body[0].lineno, ast.get_docstring(node)))
    for line, said in words:
        inside = [name for first, last, name in spans if first <= line <= last]
        for rule in rules(said):
            yield rule, inside[0] if inside else ""


def story_citations(text):
    for line in text.splitlines():
        if line.startswith("#"):
            for rule in rules(line):
                yield rule, ""


def citations():
    """Every (rule, test, path), each once."""
    found = set()
    for pattern, read in (("unit/test_*.c", c_citations), ("db/test_*.c", c_citations), ("fuzz/*.c", c_citations),
                          ("e2e/test_*.py", python_citations), ("scenarios/*.scn", story_citations)):
        for path in glob.glob(os.path.join(ROOT, "tests", pattern)):
            if path == os.path.abspath(__file__):
                continue
            with open(path, encoding="utf-8") as f:
                found |= {(rule, test, os.path.relpath(path, ROOT)) for rule, test in read(f.read())}
    return found


def order(row):
    rule, test, path = row
    return rule[0], int(rule.lstrip("BCDEFST-")), path, test


def table():
    with open(TABLE, encoding="utf-8") as f:
        rows = re.findall(r"(?m)^\| ([BCDEFST]-?\d+) \| (\S*) ?\| (\S+) \|$", f.read())
    return rows


def write():
    with open(TABLE, "w", encoding="utf-8") as f:
        f.write(HEAD + "".join("| %s | %s | %s |\n" % row for row in sorted(citations(), key=order)))


def told(rows):
    return "; ".join(" ".join(row) for row in sorted(rows, key=order)[:8])


def test_what_the_table_says_a_test_shows_that_test_cites():
    gone = set(table()) - citations()
    assert not gone, "no such test, or it does not cite the rule (--write mends the table): " + told(gone)


def test_a_rule_of_notices_has_a_test_or_the_rules_say_that_no_code_follows_it():
    with open(os.path.join(ROOT, "docs", "semantics.md"), encoding="utf-8") as f:
        text = f.read()
    stated = set(re.findall(r"(?m)^\| ([BE]-\d+) \|", text))
    open_ones = set(rules(re.search(r"(?ms)^No code follows these yet: (.*?)\.", text).group(1)))
    shown = {rule for rule, _, _ in table()}
    assert len(stated) > 35 and stated - shown == open_ones, (stated - shown) ^ open_ones


def test_what_a_test_cites_is_in_the_table():
    new = citations() - set(table())
    assert not new, "not in tests/coverage.md (--write mends it): " + told(new)


def test_each_rule_that_has_to_be_shown_is_shown():
    shown = {rule for rule, _, _ in citations()}
    assert not set(SCOPE) - shown, "shown by no test: " + " ".join(sorted(set(SCOPE) - shown))


def test_numbers_in_comments_are_citations_and_numbers_in_strings_are_not():
    c = ('/* C-1 to C-3: all */\nstatic void test_a(void **state)\n{\n    say("C-9"); /* B-7, F04 */\n}\n'
         "/* T-5 */\nstatic void help(void)\n{\n}\n")
    assert sorted(c_citations(c)) == [("B-07", "test_a"), ("C-1", "test_a"), ("C-2", "test_a"), ("C-3", "test_a"),
                                      ("F04", "test_a"), ("T-5", "")]
    python = '"""S-55"""\nclass A:\n    def test_b(self):  # E-1\n        """D-16"""\n        say("C-9")\n'
    assert sorted(python_citations(python)) == [("D-16", "test_b"), ("E-01", "test_b"), ("S-55", "")]


def main():
    if "--write" in sys.argv:
        write()
        return 0
    return functions.main(globals())


if __name__ == "__main__":
    sys.exit(main())

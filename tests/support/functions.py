"""Tests that are plain functions: runs every test_* of a module, and ends with the line that the runner reads."""


def main(module):
    """`module`: its globals(). Returns the exit status."""
    passed = failed = 0
    for name, test in list(module.items()):
        if not name.startswith("test_"):
            continue
        try:
            test()
            passed += 1
        except AssertionError as wrong:
            failed += 1
            print("FAILED %s: %s" % (name, wrong))
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed else 0

"""Tests that are plain functions: runs every test_* of a module, and ends with the line that the runner reads."""
import tempfile


def main(module):
    """`module`: its globals(). A test that takes an argument gets a folder of its own. Returns the exit status."""
    passed = failed = 0
    for name, test in list(module.items()):
        if not name.startswith("test_"):
            continue
        try:
            with tempfile.TemporaryDirectory() as folder:
                test(*[folder][:test.__code__.co_argcount])
            passed += 1
        except AssertionError as wrong:
            failed += 1
            print("FAILED %s: %s" % (name, wrong))
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed else 0

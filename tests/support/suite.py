"""What end-to-end tests share: a database of one's own, a folder of one's own, and the last line that the runner reads."""
import os
import subprocess
import sys
import unittest

import daemon
import servers

# The machine stays up whatever a test does to the server: what it wrote is there though no disk has it.
SETTINGS = ("fsync = off", "full_page_writes = off")
TEMPLATE = "relevo_migrated"  # the runner's cluster has it; else each database is migrated anew



class Case(unittest.TestCase):
    """`self.cluster` is a PostgreSQL that the test may restart; `self.database` a database in it without a row."""
    cluster = None
    number = 0

    @classmethod
    def setUpClass(cls):
        cls.place = servers.Folder("relevo-e2e-")
        os.chmod(cls.place.name, 0o755)
        cls.cluster = servers.Postgres(os.path.join(cls.place.name, "pg"), settings=SETTINGS,
                                       like=os.environ.get("RELEVO_TEST_CLUSTER"))
        cls.cluster.start()

    @classmethod
    def tearDownClass(cls):
        cls.cluster.stop("immediate")
        cls.place.cleanup()

    def setUp(self):
        Case.number += 1
        self.name = "case%d" % Case.number
        self.folder = os.path.join(self.place.name, self.name)
        os.mkdir(self.folder)
        self.cluster.sql("postgres", "CREATE DATABASE %s TEMPLATE %s" % (
            self.name, TEMPLATE if "RELEVO_TEST_CLUSTER" in os.environ else "template0"))
        self.database = self.cluster.conninfo(self.name)

    def relevod(self, config, secrets, name="one", **more):
        made = daemon.Relevod(os.path.join(self.folder, name), self.database, config, secrets, node=name, **more)
        self.addCleanup(self._end, made)
        return made

    def _end(self, relevod):
        outcome = self._outcome.result
        failed = any(case is self for case, _ in outcome.failures + outcome.errors) or not self._outcome.success
        relevod.kill()
        if failed:
            print("--- %s\n%s" % (relevod.folder, "\n".join(relevod.lines[-60:])))

    def run_binary(self, relevod, *args):
        return subprocess.run([relevod._binary("daemon", "relevod"), "--config", relevod.path] + list(args),
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def sql(self, statement):
        return self.cluster.sql(self.name, statement)

    def empty_database(self):
        """Nobody has migrated it."""
        self.sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")

    def apply_policy(self, text, desk="main"):
        """As another node's relevoctl would: the next version, and word of it."""
        self.sql("WITH made AS (INSERT INTO policy_version (desk_id, version, source, sha256, applied_by, in_force_at) "
                 "SELECT d.desk_id, max(version) + 1, $$%s$$, '', 'test', now() FROM desk d JOIN policy_version USING (desk_id) "
                 "WHERE d.name = '%s' GROUP BY d.desk_id RETURNING desk_id, version) "
                 "UPDATE desk d SET policy_version = made.version FROM made WHERE d.desk_id = made.desk_id; "
                 "NOTIFY relevo_policy" % (text, desk))

    def fail_commits(self, times=10 ** 6):
        """So many transactions that store a message lose a race, and hear of it at their COMMIT alone."""
        self.sql("CREATE SEQUENCE lost; CREATE FUNCTION lost() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN "
                 "IF nextval('lost') <= %d THEN RAISE 'could not serialize access' USING ERRCODE = '40001'; END IF; RETURN NULL; END$$; "
                 "CREATE CONSTRAINT TRIGGER lost AFTER INSERT ON message DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
                 "EXECUTE FUNCTION lost()" % times)

    def failed_commits(self):
        return int(self.sql("SELECT last_value - (NOT is_called)::int FROM lost"))

    def mend_commits(self):
        self.sql("DROP FUNCTION lost CASCADE; DROP SEQUENCE lost")

    def wait_sql(self, statement, wanted, deadline_s=60):
        last = []

        def reached():
            last[:] = [self.sql(statement)]
            return last[0] == str(wanted)
        try:
            servers.wait_for(statement, reached, deadline_s)
        except RuntimeError:
            raise AssertionError("%s: expected %s, still %s" % (statement, wanted, last[0])) from None


def main():
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(
        unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"]))
    failed = len(result.failures) + len(result.errors)
    print("%d passed, %d failed" % (result.testsRun - failed, failed))
    sys.exit(1 if failed else 0)

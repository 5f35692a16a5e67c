"""A case with the operator's mail server beside its database: see suite.py and mailhouse.py."""
import os

import mailhouse
import suite


class MailCase(suite.Case):
    """`self.house`: of all cases of a class, with its USERS (names to passwords)."""
    USERS = {}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.house = mailhouse.MailHouse(os.path.join(cls.place.name, "mail"), cls.USERS)
        cls.house.start()

    @classmethod
    def tearDownClass(cls):
        cls.house.stop()
        super().tearDownClass()

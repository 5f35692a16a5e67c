"""The whole house lives: four customers, four kinds of channel, one story; and it lives on when its children die."""
import os
import random
import signal
import sys
import threading
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import servers  # noqa: E402
import storyhouse  # noqa: E402
import suite  # noqa: E402


class Story(unittest.TestCase):
    def house(self, **more):
        place = servers.Folder("relevo-story-")
        self.addCleanup(place.cleanup)
        os.chmod(place.name, 0o755)
        house = storyhouse.StoryHouse(os.path.join(place.name, "house"), **more)
        self.stopped = False
        self.addCleanup(lambda: self.stopped or house.stop())
        return house.start()

    def end(self, house):
        self.stopped = True
        self.assertEqual(house.stop(), 0, "\n".join(house.relevod.lines[-60:]))

    def test_four_customers_hear_the_same_at_the_same_distances_and_every_thread_is_whole(self):
        house = self.house()
        storyhouse.play(house)
        house.check_same()
        for customer in house.customers:
            ticket = house.ticket(customer)
            self.assertEqual([m["direction"] for m in ticket["messages"]], ["in", "in", "out", "in"])
            self.assertEqual((ticket["level"], ticket["priority"], ticket["status"]), (3, "urgent", "solved"))
            self.assertEqual(sum("otro equipo" in text for text in customer.heard()), 2)  # B-17
            self.assertEqual(sum("reiniciado" in text for text in customer.heard()), 1)
        self.assertEqual(house.sql("SELECT count(*) FROM ticket"), "4")
        self.assertEqual(house.sql("SELECT count(*) FROM delivery WHERE state IN ('dead', 'owed')"), "0")
        self.end(house)

    def test_what_may_help_and_what_is_asked_comes_with_the_first_notice_as_far_as_the_channel_has_room(self):
        # E-21, D-35: articles; D-47, D-51: a question, whose answer is classified
        house = self.house(first_s=600, level_s=600)
        for customer in house.customers:
            customer.write("Mi pedido no llega")
            storyhouse.wait("%s: 'we have your message'" % customer.kind, lambda c=customer: any("ecibido" in t for t in c.heard()))
            text, = customer.heard()
            self.assertIn("¿Qué número tiene el pedido?", text)
            self.assertIn("https://tienda.example/ayuda/envios", text)
            self.assertEqual("ayuda/devoluciones" in text, customer.kind == "mail", text)
            customer.write("El 1234, y es para hoy")
            storyhouse.wait("%s: the answer is classified" % customer.kind, lambda c=customer: house.ticket(c)["priority"] == "high")
            number = str(house.ticket(customer)["ticket_id"])
            told, = [e for e in house.relevod.ctl("why", number, "notices", "--json")["events"] if e["kind"] == "hint_suggested"]
            self.assertEqual((told["rule"], told["detail"]["articles"]), ("E-21", ["envios", "devoluciones"]))
            answer, = [e for e in house.relevod.ctl("why", number, "priority", "--json")["events"] if e["kind"] == "answer_classified"]
            self.assertEqual((answer["rule"], answer["detail"]["rules"]), ("D-51", ["today"]))
        house.check_same()
        self.assertEqual(house.sql("SELECT count(*) FROM delivery WHERE recipient = 'customer'"), "4")
        self.assertEqual(house.sql("SELECT count(*) FROM contact WHERE hinted <> '{}'"), "4")
        # Who writes of it again, in a case of its own, is not told again what did not help.
        mail = house.customers[0]
        house.mail.send("Pepe <pepe@client.example>", "support@desk.example", "Otra vez", "Mi pedido sigue sin llegar, no llega\n")
        storyhouse.wait("a second ticket", lambda: len(mail.heard()) == 2)
        self.assertNotIn("https://", mail.heard()[1])
        self.assertEqual(house.sql("SELECT why FROM event WHERE kind = 'hint_withheld'"), "the same person had a case that envios fits")
        self.end(house)

    def test_children_killed_at_random_moments_cost_a_retry_and_nothing_else(self):  # F04
        house = self.house()
        done, killed = threading.Event(), dict.fromkeys(("imap", "smtp", "parse"), 0)

        def kill():
            chance = random.Random(7)
            while not done.is_set():
                for role in killed:
                    pids = house.relevod.workers(role)
                    if pids and killed[role] < 10:
                        try:
                            os.kill(chance.choice(pids), chance.choice((signal.SIGKILL, signal.SIGSEGV, signal.SIGKILL)))
                            killed[role] += 1
                        except ProcessLookupError:
                            pass
                done.wait(chance.uniform(0.2, 1.2))
        # From the first tickets on: a mail that waits for its reader before that is late by the reader's pauses, and the
        # clocks of this story are seconds.
        killer = threading.Thread(target=kill, daemon=True)
        try:
            storyhouse.play(house, on_heard=killer.start)
        finally:
            done.set()
            if killer.ident:
                killer.join()
        house.check_same()
        for role, count in killed.items():
            self.assertGreater(count, 3, role)
        for customer in house.customers:
            self.assertEqual([m["direction"] for m in house.ticket(customer)["messages"]], ["in", "in", "out", "in"])
        self.assertEqual(house.sql("SELECT count(*) FROM ticket"), "4")
        self.assertEqual(house.sql("SELECT count(*) - count(DISTINCT (channel_id, external_id)) FROM intake"), "0")
        self.end(house)


if __name__ == "__main__":
    suite.main()

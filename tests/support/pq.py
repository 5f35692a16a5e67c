"""Statements to PostgreSQL through libpq itself, on a connection that stays.

A test asks some hundred times, often the same again until it is so: a program and a session for each question cost
more than all that is tested.
"""
import ctypes
import threading

BAD, EMPTY, COMMAND, TUPLES = 1, 0, 1, 2
NOTICES = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_char_p)


def _load():
    pq = ctypes.CDLL("libpq.so.5")
    for name, result, given in (
            ("PQconnectdb", ctypes.c_void_p, (ctypes.c_char_p,)), ("PQstatus", ctypes.c_int, (ctypes.c_void_p,)),
            ("PQerrorMessage", ctypes.c_char_p, (ctypes.c_void_p,)), ("PQfinish", None, (ctypes.c_void_p,)),
            ("PQsetNoticeProcessor", ctypes.c_void_p, (ctypes.c_void_p, NOTICES, ctypes.c_void_p)),
            ("PQsendQuery", ctypes.c_int, (ctypes.c_void_p, ctypes.c_char_p)),
            ("PQgetResult", ctypes.c_void_p, (ctypes.c_void_p,)), ("PQclear", None, (ctypes.c_void_p,)),
            ("PQresultStatus", ctypes.c_int, (ctypes.c_void_p,)),
            ("PQresultErrorMessage", ctypes.c_char_p, (ctypes.c_void_p,)),
            ("PQntuples", ctypes.c_int, (ctypes.c_void_p,)), ("PQnfields", ctypes.c_int, (ctypes.c_void_p,)),
            ("PQgetvalue", ctypes.c_char_p, (ctypes.c_void_p, ctypes.c_int, ctypes.c_int))):
        call = getattr(pq, name)
        call.restype, call.argtypes = result, given
    return pq


PQ = _load()
IGNORED = NOTICES(lambda _arg, _words: None)


class Connection:
    """Of one thread. What a statement says is as psql -At prints it: a line a row, | between columns, nothing for null."""

    def __init__(self, conninfo):
        self.conn = PQ.PQconnectdb(conninfo.encode())
        if not self.is_up():
            words = PQ.PQerrorMessage(self.conn).decode("utf-8", "replace").strip()
            self.close()
            raise RuntimeError(words)
        PQ.PQsetNoticeProcessor(self.conn, IGNORED, None)

    def is_up(self):
        return PQ.PQstatus(self.conn) != BAD

    def close(self):
        PQ.PQfinish(self.conn)
        self.conn = None

    def ask(self, statements):
        lines, wrong = [], None
        PQ.PQsendQuery(self.conn, statements.encode())
        while True:
            result = PQ.PQgetResult(self.conn)
            if not result:
                break
            status = PQ.PQresultStatus(result)
            if status == TUPLES:
                columns = range(PQ.PQnfields(result))
                lines += ["|".join(PQ.PQgetvalue(result, row, column).decode() for column in columns)
                          for row in range(PQ.PQntuples(result))]
            elif status not in (EMPTY, COMMAND):
                wrong = wrong or PQ.PQresultErrorMessage(result).decode("utf-8", "replace").strip()
            PQ.PQclear(result)
        if wrong or not self.is_up():
            raise RuntimeError(wrong or PQ.PQerrorMessage(self.conn).decode("utf-8", "replace").strip())
        return "\n".join(lines)


class Connections:
    """One for each database that a thread asks; what a restarted server has closed is opened anew."""

    def __init__(self):
        self.local, self.lock, self.all = threading.local(), threading.Lock(), []

    def ask(self, conninfo, statements):
        kept = self.local.__dict__.setdefault("kept", {})
        connection = kept.get(conninfo)
        if connection is not None:
            try:
                return connection.ask(statements)
            except RuntimeError:
                if connection.is_up():
                    raise
                self._forget(kept, conninfo)
        connection = kept[conninfo] = Connection(conninfo)
        with self.lock:
            self.all.append(connection)
        return connection.ask(statements)

    def _forget(self, kept, conninfo):
        connection = kept.pop(conninfo)
        with self.lock:
            self.all.remove(connection)
        connection.close()

    def close(self):
        """No thread asks any more."""
        with self.lock:
            for connection in self.all:
                connection.close()
            self.all.clear()
        self.local = threading.local()

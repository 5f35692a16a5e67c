"""The line between relevod and the worker of a mailbox, tapped: a test says what the one or the other never would, or takes away what it said.

Records are those of channels/imap_talk.h.
"""
import ctypes
import errno
import fcntl
import os
import re
import select
import signal
import socket
import struct
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PIDFD_GETFD = 438  # the same number on every machine
WORKER_FD = 3
TALK = struct.Struct("=qIIIIII200s")


def words():
    """IMAP_MAIL and its like: their numbers."""
    with open(os.path.join(ROOT, "channels/imap_talk.h"), encoding="utf-8") as f:
        body = re.search(r"enum imap_word \{(.*?)\};", f.read(), re.S).group(1)
    return {name: i for i, name in enumerate(re.findall(r"\bIMAP_\w+(?=,)", re.sub(r"/\*.*?\*/", "", body, flags=re.S)))}


WORDS = words()


def talk(word, box=0, generation=1, uidvalidity=0, uid=0, at=0):
    return TALK.pack(at, WORDS[word], box, generation, uidvalidity, uid, 0, b"")


def word_of(record):
    number = TALK.unpack(record)[1] if len(record) == TALK.size else None
    return next((name for name, i in WORDS.items() if i == number), None)


def socket_of(pid, fd):
    """A copy of another process's socket."""
    libc = ctypes.CDLL(None, use_errno=True)
    whom = os.pidfd_open(pid)
    try:
        copy = libc.syscall(PIDFD_GETFD, whom, fd, 0)
        if copy < 0 and ctypes.get_errno() in (errno.EPERM, errno.ENOSYS):
            raise unittest.SkipTest("the kernel lets nobody tap another process's socket here: that needs CAP_SYS_PTRACE")
        if copy < 0:
            raise OSError(ctypes.get_errno(), "pidfd_getfd")
        return socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET, fileno=copy)
    finally:
        os.close(whom)


def ends(relevod):
    """(the worker's end, relevod's end) of the one mailbox's line."""
    worker = socket_of(relevod.wait_workers("imap")[0], WORKER_FD)
    relevod.tell(signal.SIGSTOP)
    found, others = None, []
    folder = "/proc/%d/fd" % relevod.process.pid
    for fd in os.listdir(folder):
        if os.readlink(os.path.join(folder, fd)).startswith("socket:"):
            copy = socket_of(relevod.process.pid, int(fd))
            (others if copy.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE) == socket.SOCK_SEQPACKET else []).append(copy)
            if copy not in others:
                copy.close()
    while select.select(others, [], [], 0.2)[0]:  # what they say by themselves is heard first
        relevod.tell(signal.SIGCONT)
        select.select([], [], [], 0.2)
        relevod.tell(signal.SIGSTOP)
    worker.send(talk("IMAP_ALIVE"))
    found = select.select(others, [], [], 10)[0][0]
    for copy in others:
        if copy is not found:
            copy.close()
    relevod.tell(signal.SIGCONT)
    return worker, found


def take_away(end, word):
    """The next record of that kind, and what was said before it; whoever it was for must be stopped. It has its descriptor closed."""
    fcntl.fcntl(end, fcntl.F_SETFL, fcntl.fcntl(end, fcntl.F_GETFL) | os.O_NONBLOCK)
    while select.select([end], [], [], 30)[0]:
        record, fds, _, _ = socket.recv_fds(end, 65536, 4)
        for fd in fds:
            os.close(fd)
        if word_of(record) == word:
            return record
    raise RuntimeError("nobody said " + word)

"""A certificate authority of one's own, for servers on loopback that must be verified like any other."""
import os
import subprocess


class Authority:
    """`ca` is the file to trust; certify() gives (certificate, key) files for names and addresses."""

    def __init__(self, folder, name="relevo test authority"):
        self.folder = folder
        os.makedirs(folder, exist_ok=True)
        self.ca, self._key = os.path.join(folder, "ca.pem"), os.path.join(folder, "ca.key")
        if not os.path.exists(self.ca):
            self._openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
                          "30", "-subj", "/CN=" + name, "-keyout", self._key, "-out", self.ca)

    def _openssl(self, *args):
        done = subprocess.run(("openssl",) + args, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0:
            raise RuntimeError("openssl %s: %s" % (args[0], done.stdout[-1000:]))

    def certify(self, *names):
        """`names`: host names and IPv4 addresses; the first one names the files."""
        base = os.path.join(self.folder, names[0])
        cert, key = base + ".pem", base + ".key"
        if os.path.exists(cert):
            return cert, key
        alt = ",".join(("IP:" if name.replace(".", "").isdigit() else "DNS:") + name for name in names)
        self._openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
                      "/CN=" + names[0], "-addext", "subjectAltName=" + alt, "-keyout", key, "-out", base + ".csr")
        self._openssl("x509", "-req", "-in", base + ".csr", "-CA", self.ca, "-CAkey", self._key, "-CAcreateserial",
                      "-days", "30", "-copy_extensions", "copy", "-out", cert)
        return cert, key

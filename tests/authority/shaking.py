"""A TLS handshake between a client that trusts one authority and a server, in memory: no network, no date."""

from __future__ import annotations

import ssl

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

NO_CHECK_TIME = 0x200000
"""OpenSSL's X509_V_FLAG_NO_CHECK_TIME: tests of dates read the dates."""


class Line:
    """An open connection."""

    def __init__(self, server: ssl.SSLContext, trusted: x509.Certificate, host: str) -> None:
        """Raises ssl.SSLCertVerificationError as a browser refuses."""
        client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        client.verify_flags |= NO_CHECK_TIME
        client.load_verify_locations(cadata=trusted.public_bytes(Encoding.DER))
        up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._client = client.wrap_bio(down, up, server_hostname=host)
        self._server = server.wrap_bio(up, down, server_side=True)
        done: set[ssl.SSLObject] = set()
        while len(done) < 2:
            for side in (self._client, self._server):
                try:
                    side.do_handshake()
                    done.add(side)
                except ssl.SSLWantReadError:
                    pass

    @property
    def shown(self) -> x509.Certificate:
        """The server's certificate."""
        der = self._client.getpeercert(binary_form=True)
        assert der
        return x509.load_der_x509_certificate(der)

    def carry(self, text: bytes) -> bytes:
        """Send `text` from one end; what comes out at the other."""
        self._client.write(text)
        return self._server.read(len(text))

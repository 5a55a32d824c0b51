"""Chromium's list of trusted authorities, written as an administrator's import writes it: with NSS itself, by ctypes,
because its `certutil` is a package that few machines have."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_IMPORT = """
import ctypes, sys
folder, der = sys.argv[1], open(sys.argv[2], "rb").read()
nss, smime = ctypes.CDLL("libnss3.so"), ctypes.CDLL("libsmime3.so")
nss.PK11_GetInternalKeySlot.restype = ctypes.c_void_p
smime.CERT_DecodeCertFromPackage.restype = ctypes.c_void_p
smime.CERT_DecodeCertFromPackage.argtypes = ctypes.c_char_p, ctypes.c_int
nss.CERT_GetDefaultCertDB.restype = ctypes.c_void_p
nss.PK11_NeedUserInit.argtypes = [ctypes.c_void_p]
nss.PK11_InitPin.argtypes = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p
nss.PK11_ImportCert.argtypes = ctypes.c_void_p, ctypes.c_void_p, ctypes.c_ulong, ctypes.c_char_p, ctypes.c_int
nss.CERT_ChangeCertTrust.argtypes = ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p
assert nss.NSS_InitReadWrite(f"sql:{folder}".encode()) == 0
slot = nss.PK11_GetInternalKeySlot()
if nss.PK11_NeedUserInit(slot):
    assert nss.PK11_InitPin(slot, None, b"") == 0
certificate = smime.CERT_DecodeCertFromPackage(der, len(der))
assert certificate and nss.PK11_ImportCert(slot, certificate, 0, b"office", 0) == 0
trust = (ctypes.c_uint * 3)()
assert nss.CERT_DecodeTrustString(trust, b"C,,") == 0
assert nss.CERT_ChangeCertTrust(nss.CERT_GetDefaultCertDB(), certificate, trust) == 0
"""


def trust_in(home: Path, certificate: Path) -> None:
    """Let every Chromium whose HOME is `home` trust the authority in the DER file `certificate`. NSS leaves its files
    open until the process ends, so it gets one of its own."""
    folder = home / ".pki" / "nssdb"
    folder.mkdir(parents=True)
    subprocess.run([sys.executable, "-c", _IMPORT, str(folder), str(certificate)], check=True, timeout=30)

"""Writes the PyJWT cross-check vectors: what PyJWT signs, and what PyJWT decides about tokens and options.

    python3 vectors/generate.py [--out FOLDER] [--keys KEYS.json]

FOLDER (default: vectors/pyjwt beside this file) receives keys.json, encode.json and decode.json, one case per line.
keys.json is made once: where the keys file exists (default: FOLDER/keys.json) its keys are used again, so tokens of the
deterministic algorithms (HS*, RS*, EdDSA) come out the same on every run; ECDSA and RSASSA-PSS signatures are random.
Nothing in the verdicts is written by hand: each is what PyJWT did, with its clock held at NOW.

Needs: pip install "pyjwt[crypto]==2.15.*"
"""

from __future__ import annotations

import argparse
import base64
import datetime as dt
import hashlib
import hmac
import json
import pathlib
import platform
import sys
import warnings

import cryptography
import jwt
import jwt.api_jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

warnings.simplefilter("ignore")  # short keys are wanted here

NOW = 1767225600  # 2026-01-01T00:00:00Z: the clock of every verdict
ABSENT = object()


# --- text and bytes ---------------------------------------------------------------------------------------------------


def b64u(data: bytes | str) -> str:
    data = data.encode("utf-8") if isinstance(data, str) else data
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def unb64u(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def compact(value) -> str:
    return json.dumps(value, separators=(",", ":"))


def seeded(label: str, length: int) -> bytes:
    """Bytes that depend on the label only."""
    return hashlib.shake_256(("signet vectors: " + label).encode()).digest(length)


# --- keys -------------------------------------------------------------------------------------------------------------


def secret_forms(value: bytes | str) -> dict:
    raw = value.encode("utf-8") if isinstance(value, str) else value
    form = {"text": value} if isinstance(value, str) else {"b64": base64.b64encode(value).decode()}
    return {"secret": form, "jwk": {"jwk": jwt.algorithms.HMACAlgorithm.to_jwk(raw, as_dict=True)}}


def certificate(key, digest) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(dt.datetime(2020, 1, 1))
        .not_valid_after(dt.datetime(2120, 1, 1))
        .sign(key, digest)
    )
    return built.public_bytes(Encoding.PEM).decode()


def pair_forms(key, codec, traditional: bool, ssh: bool, cert_digest=None) -> dict:
    """Every text and byte form of a private key and its public half."""
    public = key.public_key()

    def private(encoding, form, encryption=NoEncryption()):
        return key.private_bytes(encoding, form, encryption)

    forms = {
        "private": {"text": private(Encoding.PEM, PrivateFormat.PKCS8).decode()},
        "public": {"text": public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()},
        "jwk": {"jwk": codec.to_jwk(key, as_dict=True)},
        "publicJwk": {"jwk": codec.to_jwk(public, as_dict=True)},
        "privateDer": {"b64": base64.b64encode(private(Encoding.DER, PrivateFormat.PKCS8)).decode()},
        "publicDer": {
            "b64": base64.b64encode(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
        },
    }
    if traditional:  # PKCS#1 for RSA, SEC1 for EC
        forms["traditional"] = {"text": private(Encoding.PEM, PrivateFormat.TraditionalOpenSSL).decode()}
    if isinstance(key, rsa.RSAPrivateKey):
        forms["traditionalPublic"] = {"text": public.public_bytes(Encoding.PEM, PublicFormat.PKCS1).decode()}
    if ssh:
        forms["ssh"] = {"text": public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()}
    if cert_digest is not None:
        forms["certificate"] = {"text": certificate(key, cert_digest)}
        forms["encrypted"] = {"text": private(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")).decode()}
    return forms


SECRET_LENGTHS = (32, 48, 63, 64, 65, 127, 128, 129)
SECRET_TEXTS = {
    "text-ascii": "correct horse battery staple, in plain printable ASCII: 64 bytes",
    "text-latin": "Größenänderung über die Straße: äöüß ÄÖÜ, mehr als vierundsechzig Bytes",
    "text-cjk": "秘密の鍵はここにあります。これは十分に長い文字列です。はい、本当に。",
    "text-astral": "🔑🗝️🔐🔏🔒🔓🛡️🧷🪪🧿🪬🗄️🔑🗝️🔐🔏🔒🔓",
    "text-nul": "zero\x00byte and \x7f delete and \ttab inside of a secret that is long enough",
    "text-combining": "e\u0301 is not \u00e9: no normalisation may happen to a secret text of this length",
}


def make_keys() -> dict:
    codec = jwt.algorithms
    keys: dict = {}

    def put(name, kty, forms, **extra):
        keys[name] = {"kty": kty, **extra, **forms}

    for length in SECRET_LENGTHS:
        put(f"hs{length}", "oct", secret_forms(seeded(f"hs{length}", length)))
    for name, text in SECRET_TEXTS.items():
        put(name, "oct", secret_forms(text))
    for name, bits, exponent in (
        ("rsa2048", 2048, 65537),
        ("rsa2048b", 2048, 65537),
        ("rsa3072", 3072, 65537),
        ("rsa4096", 4096, 65537),
        ("rsa2048e3", 2048, 3),
        ("rsa1024", 1024, 65537),
    ):
        key = rsa.generate_private_key(public_exponent=exponent, key_size=bits)
        put(name, "RSA", pair_forms(key, codec.RSAAlgorithm, True, True, hashes.SHA256() if name == "rsa2048" else None))
    for name, curve, ssh in (
        ("p256", ec.SECP256R1(), True),
        ("p256b", ec.SECP256R1(), True),
        ("p384", ec.SECP384R1(), True),
        ("p384b", ec.SECP384R1(), True),
        ("p521", ec.SECP521R1(), True),
        ("p521b", ec.SECP521R1(), True),
        ("secp256k1", ec.SECP256K1(), False),
        ("secp256k1b", ec.SECP256K1(), False),
    ):
        key = ec.generate_private_key(curve)
        put(name, "EC", pair_forms(key, codec.ECAlgorithm, True, ssh, hashes.SHA256() if name == "p256" else None))
    for name in ("ed25519", "ed25519b"):
        key = ed25519.Ed25519PrivateKey.from_private_bytes(seeded(name, 32))
        put(name, "OKP", pair_forms(key, codec.OKPAlgorithm, False, True))
    for name in ("ed448", "ed448b"):
        key = ed448.Ed448PrivateKey.from_private_bytes(seeded(name, 57))
        put(name, "OKP", pair_forms(key, codec.OKPAlgorithm, False, False))
    return keys


class Keys:
    """Key material by reference "name:form"; extra entries are those of decode.json's own table."""

    def __init__(self, stored: dict):
        self.stored = stored
        self.extra: dict = {}
        self.loaded: dict = {}

    def form(self, reference: str) -> dict:
        name, _, form = reference.partition(":")
        if name in self.extra:
            return self.extra[name]
        return self.stored[name][form or "secret"]

    def value(self, reference: str, algorithm: str | None):
        form = self.form(reference)
        if "jwk" in form:
            return jwt.PyJWK(form["jwk"], algorithm=algorithm)
        return form["text"] if "text" in form else base64.b64decode(form["b64"])

    def private(self, name: str):
        if name not in self.loaded:  # loading an RSA key checks its primes, which is slow
            self.loaded[name] = load_pem_private_key(self.stored[name]["private"]["text"].encode(), None)
        return self.loaded[name]

    def pair(self, name: str) -> tuple:
        """What PyJWT signs and verifies with: the secret, or the key objects."""
        if self.stored[name]["kty"] == "oct":
            return self.value(name, None), self.value(name, None)
        return self.private(name), self.private(name).public_key()

    def secret(self, name: str) -> bytes:
        return unb64u(self.stored[name]["jwk"]["jwk"]["k"])


# The algorithms of PyJWT, each with the key that most cases use.
MAIN = (
    ("HS256", "hs32"),
    ("HS384", "hs48"),
    ("HS512", "hs64"),
    ("RS256", "rsa2048"),
    ("RS384", "rsa2048"),
    ("RS512", "rsa2048"),
    ("PS256", "rsa2048"),
    ("PS384", "rsa2048"),
    ("PS512", "rsa2048"),
    ("ES256", "p256"),
    ("ES384", "p384"),
    ("ES512", "p521"),
    ("ES256K", "secp256k1"),
    ("EdDSA", "ed25519"),
    ("EdDSA", "ed448"),
)


def verifying_form(name: str, keys: Keys) -> str:
    return name if keys.stored[name]["kty"] == "oct" else f"{name}:public"


def tag(algorithm: str, name: str) -> str:
    return f"{algorithm}/{name}"


# --- encode.json ------------------------------------------------------------------------------------------------------


def nested(depth: int):
    value: object = "bottom"
    for level in range(depth):
        value = {"d": value} if level % 2 else [value]
    return {"deep": value}


def utc(*parts, micro=0):
    return dt.datetime(*parts, microsecond=micro, tzinfo=dt.timezone.utc)


# name: (claims, what keeps another writer's text from being the same, or ""). The reasons: "escape" non-ASCII or DEL is
# escaped by PyJWT; "number" Python writes the number in another way; "order" JavaScript orders integer-like names.
REGISTERED = {
    "iss": "https://issuer.example",
    "sub": "alice",
    "aud": "api",
    "exp": NOW + 3600,
    "nbf": NOW - 60,
    "iat": NOW - 60,
    "jti": "7f0c8a52-5f6d-4f0e-9c3c-1f8d2f3f4a5b",
}
CORE = {
    "empty": ({}, ""),
    "registered": (REGISTERED, ""),
    "aud-list": ({"aud": ["api", "other"], "sub": "bob"}, ""),
    "scope": ({"sub": "u1", "scope": "read write", "roles": ["admin", "user"], "admin": True, "beta": False, "ref": None}, ""),
    "latin": ({"name": "Jürgen Groß", "city": "São Paulo"}, "escape"),
    "astral": ({"emoji": "😀🎉", "math": "𝒳"}, "escape"),
    "quotes": ({"q": 'say "hi" \\ and / and \\u0041', "k\"ey\\": "v"}, ""),
    "control": ({"c": "".join(map(chr, range(32)))}, ""),
    "big-int": ({"n": 2**53 - 1, "m": -(2**53 - 1)}, ""),
    "float": ({"a": 0.1, "b": -2.5, "c": 1767225600.25}, ""),
    "deep20": (nested(20), ""),
    "blanks": ({"s": "", "l": [], "o": {}, "n": None, "z": 0}, ""),
    "array": ({"list": [1, "two", None, True, [3, [4]], {"five": 5}]}, ""),
    "long": ({"text": "signet " * 60}, ""),
    "date": ({"exp": utc(2026, 1, 1, 1), "iat": utc(2025, 12, 31, 23), "nbf": utc(2025, 12, 31, 23)}, ""),
    "int-names": ({"b": 1, "10": "ten", "9": "nine", "a": 2}, "order"),
}
MORE = {
    "greek": ({"λόγος": "ἐν ἀρχῇ", "sub": "α"}, "escape"),
    "cyrillic": ({"имя": "Ярослав"}, "escape"),
    "cjk": ({"名": "山田太郎", "漢字": ["東京", "大阪"]}, "escape"),
    "arabic": ({"اسم": "ليلى"}, "escape"),
    "emoji-zwj": ({"family": "👨‍👩‍👧‍👦", "flag": "🇩🇪"}, "escape"),
    "astral-name": ({"😀": 1}, "escape"),
    "combining": ({"a": "e\u0301", "b": "\u00e9"}, "escape"),
    "line-separators": ({"ls": "a\u2028b\u2029c"}, "escape"),
    "bom-inside": ({"t": "\ufeffx"}, "escape"),
    "noncharacter": ({"t": "\uffff\ufffe"}, "escape"),
    "lone-surrogate": ({"t": "a\ud800b"}, ""),
    "nul": ({"t": "a\u0000b", "\u0000": 1}, ""),
    "del": ({"t": "a\u007fb"}, "escape"),
    "c1": ({"t": "\u0080\u009f"}, "escape"),
    "html": ({"t": "<script>alert('&')</script>"}, ""),
    "slash": ({"u": "https://a.example/b?c=d&e=f#g"}, ""),
    "backslashes": ({"t": "\\\\\\", "p": "C:\\dir\\"}, ""),
    "only-quotes": ({"t": '""""'}, ""),
    "colons": ({"a:b": ":::", "{": "}", "[": "],"}, ""),
    "json-in-string": ({"t": '{"a":1,"a":2}'}, ""),
    "zero": ({"n": 0}, ""),
    "minus-zero": ({"n": -0.0}, "number"),
    "negative": ({"n": -1, "m": -1000000}, ""),
    "int-2-31": ({"a": 2**31, "b": -(2**31), "c": 2**32, "d": 2**32 - 1}, ""),
    "int-2-53": ({"n": 2**53}, ""),
    "int-2-53-1": ({"n": 2**53 + 1}, "number"),
    "int-2-63": ({"n": 2**63 - 1, "m": -(2**63)}, "number"),
    "int-2-64": ({"n": 2**64}, "number"),
    "int-1e20": ({"n": 10**20}, ""),
    "int-1e21": ({"n": 10**21}, "number"),
    "int-1e30": ({"n": 10**30 + 1}, "number"),
    "float-whole": ({"n": 1.0}, "number"),
    "float-e16": ({"n": 1e16}, "number"),
    "float-e21": ({"n": 1e21}, ""),
    "float-e300": ({"n": 1e300, "m": -1.5e300}, ""),
    "float-small": ({"n": 1e-5}, "number"),
    "float-tiny": ({"n": 1e-7}, "number"),
    "float-e-10": ({"n": 1.5e-10}, ""),
    "float-subnormal": ({"n": 5e-324}, ""),
    "float-max": ({"n": 1.7976931348623157e308}, ""),
    "float-third": ({"n": 1 / 3, "m": 0.1 + 0.2}, ""),
    "float-times": ({"exp": NOW + 3600.5, "nbf": NOW - 0.5, "iat": NOW - 1.25}, ""),
    "deep100": (nested(100), ""),
    "deep500": (nested(500), ""),
    "long4k": ({"text": "0123456789abcdef" * 256}, ""),
    "long4k-unicode": ({"text": "é" * 700 + "😀" * 300}, "escape"),
    "long-name": ({"n" * 1000: 1}, ""),
    "many-members": ({f"m{i}": i for i in range(200)}, ""),
    "many-items": ({"list": list(range(500))}, ""),
    "empty-name": ({"": "empty"}, ""),
    "space-name": ({" ": "space", "a b": 1}, ""),
    "odd-names": ({"constructor": 1, "toString": 2, "hasOwnProperty": 3, "toJSON": 4, "prototype": 5, "length": 6}, ""),
    "int-name-nested": ({"o": {"2": "b", "1": "a", "x": 0}}, "order"),
    "int-name-single": ({"0": 1}, ""),
    "int-like-names": ({"01": 1, "-1": 2, "1.5": 3, "1e3": 4}, ""),
    "same-name-other-depth": ({"a": {"a": {"a": 1}}, "b": [{"a": 1}, {"a": 2}]}, ""),
    "case-names": ({"Exp": 1, "EXP": 2, "exP": 3}, ""),
    "null-claim": ({"x": None, "y": [None, None]}, ""),
    "booleans": ({"t": True, "f": False, "l": [True, False]}, ""),
    "aud-single-list": ({"aud": ["api"]}, ""),
    "aud-url": ({"aud": "https://api.example/v1/"}, ""),
    "iss-empty": ({"iss": ""}, ""),
    "sub-empty": ({"sub": ""}, ""),
    "jti-unicode": ({"jti": "идентификатор"}, "escape"),
    "exp-far": ({"exp": 253402300799}, ""),
    "nbf-negative": ({"nbf": -1, "iat": -62135596800}, ""),
    "iat-zero": ({"iat": 0, "nbf": 0}, ""),
    "date-micro": ({"exp": utc(2026, 1, 1, 0, 0, 1, micro=999999), "iat": utc(2025, 12, 31, 23, 59, 59, micro=500000)}, ""),
    "date-zone": ({"exp": dt.datetime(2026, 1, 1, 5, 30, tzinfo=dt.timezone(dt.timedelta(hours=5, minutes=20)))}, ""),
    "date-1969": ({"iat": utc(1969, 12, 31, 23, 59, 59, micro=500000)}, ""),
    "date-year-1": ({"nbf": utc(1, 1, 1)}, ""),
    "confirmation": ({"cnf": {"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}, "act": {"sub": "b"}, "azp": "c"}, ""),
    "oidc": ({"sub": "248289761001", "nonce": "n-0S6_WzA2Mj", "auth_time": 1311280969, "acr": "0", "email_verified": True}, ""),
    "address": ({"address": {"street": "1 Main St\nApt 2", "country": "US"}, "phone": "+1 (425) 555-1212"}, ""),
}

# name: (the headers argument, the same reasons). "sort": PyJWT sorts nested members too.
HEADERS = {
    "kid": ({"kid": "key-1"}, ""),
    "kid-unicode": ({"kid": "ключ-🔑"}, "escape"),
    "kid-empty": ({"kid": ""}, ""),
    "kid-long": ({"kid": "k" * 500}, ""),
    "kid-path": ({"kid": "../../dev/null'; DROP TABLE keys;--"}, ""),
    "typ-null": ({"typ": None}, ""),
    "typ-empty": ({"typ": ""}, ""),
    "typ-at": ({"typ": "at+jwt"}, ""),
    "typ-lower": ({"typ": "jwt"}, ""),
    "typ-media": ({"typ": "application/at+jwt", "kid": "1"}, ""),
    "cty": ({"cty": "json"}, ""),
    "custom": ({"x-custom": "v"}, ""),
    "order": ({"zz": 1, "kid": "k", "aa": 2, "Zz": 3, "_u": 4, "alg_": 5}, ""),
    "types": ({"a": 1, "b": 1.5, "c": True, "d": None, "e": [1, "x"], "f": {}}, ""),
    "nested-sorted": ({"meta": {"a": 1, "b": {"c": [1, {"d": 2}]}}}, ""),
    "nested-unsorted": ({"meta": {"b": 1, "a": 2}}, "sort"),
    "unicode": ({"имя": "значение", "é": "ü"}, "escape"),
    "astral": ({"e": "😀"}, "escape"),
    "control": ({"t": "a\n\t\"\\\u0000b"}, ""),
    "del": ({"t": "\u007f"}, "escape"),
    "int-names": ({"10": 1, "9": 2}, "order"),
    "float": ({"v": 2.0}, "number"),
    "claims-copy": ({"iss": "joe", "aud": "api", "exp": 1, "sub": "s"}, ""),
    "thumbprint": ({"x5t#S256": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I", "url": "https://a.example/"}, ""),
    "long": ({"x": "h" * 2000}, ""),
    "deep20": (nested(20), ""),
}


def claims_out(claims: dict) -> tuple[dict, dict]:
    """The claims as numbers, and the claims that were given as dates."""
    dates = {name: value for name, value in claims.items() if isinstance(value, dt.datetime)}
    return claims, {name: value.astimezone(dt.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ").zfill(27) for name, value in dates.items()}


def encode_cases(keys: Keys) -> tuple[dict, dict, list]:
    payloads = {**CORE, **MORE}
    table: dict = {}
    rows: list = []

    def add(group: str, algorithm: str, key: str, payload: str, header: str | None, weak=False):
        claims, reason = payloads[payload]
        given, header_reason = HEADERS[header] if header else ({}, "")
        signing, verifying = keys.pair(key)
        token = jwt.encode(claims, signing, algorithm=algorithm, headers=dict(given) or None)
        options = {"audience": claims["aud"]} if "aud" in claims else {}
        back = decode_at(token, verifying, [algorithm], options, complete=True)
        if payload not in table:
            table[payload] = {"claims": back["payload"]}
            dates = claims_out(claims)[1]
            if dates:
                table[payload]["dates"] = dates
            if not exact(back["payload"]):
                table[payload]["double"] = True  # compare as the nearest double
        row = {"id": f"{group}/{tag(algorithm, key)}/{header or payload}", "alg": algorithm, "key": key, "payload": payload}
        if header:
            row["give"] = given
        row["header"] = back["header"]
        row["token"] = token
        reasons = [r for r in (reason, header_reason) if r]
        if reasons:
            row["differs"] = reasons
        if weak:
            row["weak"] = True
        rows.append(row)

    for algorithm, key in MAIN:
        wide = (algorithm, key) in (("HS256", "hs32"), ("ES256", "p256"), ("EdDSA", "ed25519"))
        for payload in payloads if wide else CORE:
            add("payload", algorithm, key, payload, None)
        for header in HEADERS:
            add("header", algorithm, key, "registered", header)
    for algorithm, size in (("HS256", 32), ("HS384", 48), ("HS512", 64)):
        for name, key in keys.stored.items():
            if key["kty"] == "oct":
                weak = len(keys.secret(name)) < size
                for payload in ("registered", "latin"):
                    add("secret", algorithm, name, payload, None, weak)
    for algorithm in ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"):
        for name in ("rsa3072", "rsa4096", "rsa2048e3", "rsa1024"):
            if (algorithm, name) == ("PS512", "rsa1024"):
                continue  # the salt does not fit
            for payload in ("registered", "astral"):
                add("rsa", algorithm, name, payload, None, name == "rsa1024")
    return {name: payloads[name] for name in table}, table, rows


def exact(value) -> bool:
    """Whether every integer is a double without loss."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, int) and not isinstance(item, bool) and abs(item) > 2**53:
            if abs(item) >= 2**1024 or int(float(item)) != item:
                return False
        elif isinstance(item, dict):
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)
    return True


# --- verdicts ---------------------------------------------------------------------------------------------------------


class FrozenClock(dt.datetime):
    @classmethod
    def now(cls, tz=None):
        return dt.datetime.fromtimestamp(NOW, tz)


def decode_at(token, key, algorithms, options, complete=False):
    options = dict(options)
    require = options.pop("require", None)
    if require is not None:
        options["options"] = {"require": require}
    real = jwt.api_jwt.datetime
    jwt.api_jwt.datetime = FrozenClock
    try:
        call = jwt.decode_complete if complete else jwt.decode
        return call(token, key, algorithms=algorithms, **options)
    finally:
        jwt.api_jwt.datetime = real


def is_json(value) -> bool:
    try:
        json.dumps(value, allow_nan=False)
        return True
    except ValueError:
        return False


# --- decode.json ------------------------------------------------------------------------------------------------------


class Cases:
    """Collects rows and asks PyJWT for each verdict."""

    def __init__(self, keys: Keys):
        self.keys = keys
        self.rows: list = []
        self.seen: set = set()

    def sign(self, algorithm: str, name: str, data: bytes) -> bytes:
        """A raw JWS signature over any text, well-formed or not."""
        if algorithm.startswith("HS"):
            return hmac.new(self.keys.secret(name), data, "sha" + algorithm[2:]).digest()
        known = jwt.get_algorithm_by_name(algorithm)
        return known.sign(data, self.keys.private(name))

    def forge(self, header, payload, algorithm="HS256", key="hs32") -> str:
        """A token of exactly these header and payload texts (or bytes, or values), with a good signature."""
        parts = [part if isinstance(part, (str, bytes)) else compact(part) for part in (header, payload)]
        return self.seal(".".join(map(b64u, parts)), algorithm, key)

    def seal(self, signing_input: str, algorithm="HS256", key="hs32") -> str:
        return signing_input + "." + b64u(self.sign(algorithm, key, signing_input.encode()))

    def token(self, claims, algorithm="HS256", key="hs32", **header) -> str:
        return self.forge({"alg": algorithm, "typ": "JWT", **header}, claims, algorithm, key)

    def add(self, case: str, token, key="hs32", algorithms=("HS256",), key_algorithm=None, **options):
        if case in self.seen:
            raise SystemExit(f"case {case} is there twice")
        self.seen.add(case)
        allowed = list(algorithms) if isinstance(algorithms, tuple) else algorithms
        row: dict = {"id": case, "token": token, "key": key, "algorithms": allowed}
        if options:
            row["options"] = options
        try:
            first = key_algorithm or (allowed[0] if isinstance(allowed, list) and allowed else None)
            claims = decode_at(token, self.keys.value(key, first), allowed, options)
            row["verdict"] = {"ok": claims if is_json(claims) else "not JSON"}
            if is_json(claims) and not exact(claims):
                row["double"] = True  # compare as the nearest double
        except Exception as error:  # PyJWT lets foreign exceptions out; their names are part of the record
            row["verdict"] = {"error": type(error).__name__}
        if "depth5000" in case or "unclosed-depth" in case:
            row["varies"] = "the interpreter's recursion limit"
        self.rows.append(row)


def short(value) -> str:
    return "absent" if value is ABSENT else json.dumps(value)


def with_claim(name: str, value) -> dict:
    return {} if value is ABSENT else {name: value}


def times(cases: Cases):
    for claim in ("exp", "nbf", "iat"):
        for leeway in (0, 10, 60, 0.5):
            edge = NOW - leeway if claim == "exp" else NOW + leeway
            for delta in (-1, -0.5, -0.25, 0, 0.25, 0.5, 1):
                at = edge + delta
                at = int(at) if at == int(at) else at
                options = {"leeway": leeway} if leeway else {}
                cases.add(f"time/{claim}/leeway{leeway}/{delta:+g}", cases.token({claim: at}), **options)
        forms = {
            "float": f"{NOW}.0",
            "exponent": "1.7672256e9",
            "exponent-plus": "17672256E+2",
            "past": str(NOW - 100000),
            "future": str(NOW + 100000),
            "zero": "0",
            "minus-zero": "-0",
            "minus-one": "-1",
            "negative": "-99999999999",
            "tiny": "1e-300",
            "year9999": "253402300799",
            "year10000": "253402300800",
            "year9999-fraction": "253402300799.5",
            "milliseconds": str(NOW * 1000),
            "microseconds": str(NOW * 1000000),
            "max-safe": str(2**53 - 1),
            "beyond-safe": str(2**53 + 1),
            "e30": "1e30",
            "int-e30": str(10**30),
            "minus-e30": "-1e30",
            "e308": "1e308",
            "overflow": "1e400",
            "minus-overflow": "-1e400",
            "int-5000-digits": "1" * 5000,
            "NaN": "NaN",
            "Infinity": "Infinity",
            "minus-Infinity": "-Infinity",
            "null": "null",
            "true": "true",
            "false": "false",
            "text-number": f'"{NOW + 100}"',
            "text-past": f'"{NOW - 100}"',
            "text-spaces": f'" {NOW} "',
            "text-underscore": '"1_000"',
            "text-other-digits": '"\\u0663"',
            "text-float": '"1.5"',
            "text-date": '"2026-01-01T00:00:00Z"',
            "text-word": '"soon"',
            "text-empty": '""',
            "text-hex": '"0x10"',
            "list": "[]",
            "list-number": f"[{NOW + 100}]",
            "object": "{}",
            "object-value": f'{{"value":{NOW + 100}}}',
            "leading-zero": "01767225600",
            "plus": "+1767225600",
            "hex": "0x69",
        }
        for name, text in forms.items():
            cases.add(f"time-form/{claim}/{name}", cases.forge({"alg": "HS256"}, f'{{"{claim}":{text}}}'))
    for name, claims in {
        "all-good": {"exp": NOW + 1, "nbf": NOW, "iat": NOW},
        "exp-before-nbf": {"exp": NOW - 20, "nbf": NOW - 10},
        "all-equal": {"exp": NOW, "nbf": NOW, "iat": NOW},
        "iat-after-exp": {"exp": NOW + 5, "iat": NOW + 10},
    }.items():
        for leeway in (0, 30):
            cases.add(f"time-set/{name}/{leeway}", cases.token(claims), **({"leeway": leeway} if leeway else {}))


def audiences(cases: Cases):
    claims = (ABSENT, None, "", "a", "b", "A", "a ", "ab", [], ["a"], ["a", "b"], ["b", "a"], ["c"], ["a", "a"], ["a", 1], [1, "a"], [1])
    claims += ([None], [""], [["a"]], {}, {"a": 1}, 0, 1, 0.5, True, False)
    options = {"none": ABSENT, "a": "a", "list-a": ["a"], "list-ab": ["a", "b"], "list-x": ["x"], "long": ["x", "y", "z", "a"]}
    for name, audience in options.items():
        for claim in claims:
            given = {} if audience is ABSENT else {"audience": audience}
            cases.add(f"aud/{name}/{short(claim)}", cases.token(with_claim("aud", claim)), **given)
    for name, audience in {"empty": "", "empty-list": [], "list-empty": [""], "list-number": [1], "number": 5, "true": True}.items():
        for claim in (ABSENT, "a", ["a"], [""]):
            cases.add(f"aud-option/{name}/{short(claim)}", cases.token(with_claim("aud", claim)), audience=audience)


def issuers(cases: Cases):
    claims = (ABSENT, None, "", "joe", "ann", "Joe", "joe ", "jo", "joeann", 0, 1, True, False, [], ["joe"], {}, {"joe": 1})
    for name, issuer in {"none": ABSENT, "joe": "joe", "list": ["joe"], "list-two": ["joe", "ann"], "list-x": ["x", "y"]}.items():
        for claim in claims:
            given = {} if issuer is ABSENT else {"issuer": issuer}
            cases.add(f"iss/{name}/{short(claim)}", cases.token(with_claim("iss", claim)), **given)
    for name, issuer in {"empty": "", "empty-list": [], "list-empty": [""], "number": 5, "true": True}.items():
        for claim in (ABSENT, "joe", ""):
            cases.add(f"iss-option/{name}/{short(claim)}", cases.token(with_claim("iss", claim)), issuer=issuer)


def subjects_and_ids(cases: Cases):
    values = (ABSENT, None, "", "u", "v", "U", 0, 1, 1.5, True, False, [], ["u"], {}, {"u": 1})
    for name, subject in {"none": ABSENT, "u": "u", "w": "w", "empty": ""}.items():
        for value in values:
            given = {} if subject is ABSENT else {"subject": subject}
            cases.add(f"sub/{name}/{short(value)}", cases.token(with_claim("sub", value)), **given)
    for value in values:
        cases.add(f"jti/{short(value)}", cases.token(with_claim("jti", value)))


def required(cases: Cases):
    good = {"exp": NOW + 60, "nbf": NOW - 60, "iat": NOW - 60, "iss": "joe", "aud": "a", "sub": "u", "jti": "1", "custom": "x"}
    for claim, value in good.items():
        for form in (value, ABSENT, None, "", 0, False, [], {}):
            given = {"audience": "a"} if claim == "aud" else {}
            cases.add(f"require/{claim}/{short(form)}", cases.token(with_claim(claim, form)), require=[claim], **given)
    several = ["exp", "sub", "jti"]
    cases.add("require-several/all", cases.token({"exp": NOW + 60, "sub": "u", "jti": "1"}), require=several)
    cases.add("require-several/first-missing", cases.token({"sub": "u", "jti": "1"}), require=several)
    cases.add("require-several/last-missing", cases.token({"exp": NOW + 60, "sub": "u"}), require=several)
    cases.add("require-several/missing-and-expired", cases.token({"exp": NOW - 60}), require=several)
    cases.add("require-several/odd-names", cases.token({"constructor": 1}), require=["constructor", "toString"])
    cases.add("require-several/prototype-name", cases.token({}), require=["hasOwnProperty"])
    cases.add("require-option/empty", cases.token({}), require=[])
    cases.add("require-option/text", cases.token({"exp": NOW + 60}), require="exp")
    cases.add("require-option/number", cases.token({}), require=[1])
    for leeway in (-10, -0.5, "10", True, [1]):
        cases.add(f"leeway-option/{short(leeway)}", cases.token({"exp": NOW + 5}), leeway=leeway)


def order_of_checks(cases: Cases):
    """Every pair of faults: the verdict tells which check comes first."""
    faults = {
        "require": {},
        "iat": {"iat": NOW + 100},
        "nbf": {"nbf": NOW + 100},
        "exp": {"exp": NOW - 100},
        "iss": {"iss": "eve"},
        "aud": {"aud": "other"},
        "sub": {"sub": "eve"},
        "jti": {"jti": 7},
    }
    names = list(faults)
    for i, first in enumerate(names):
        for second in names[i + 1 :]:
            claims = {"iss": "joe", "aud": "a", "sub": "u", "jti": "1", **faults[first], **faults[second]}
            options = {"issuer": "joe", "audience": "a", "subject": "u"}
            if first == "require":
                options["require"] = ["must"]
            cases.add(f"order/{first}-{second}", cases.token(claims), **options)
    bad = {"exp": NOW - 100, "aud": "other"}
    token = cases.token(bad)
    cases.add("order/signature-exp", token[:-4] + "AAAA", audience="a")
    long = cases.token(bad, "HS256", "hs64")
    cases.add("order/alg-signature", long[:-4] + "AAAA", "hs64", ("HS512",))
    cases.add("order/signature-payload", cases.seal(b64u('{"alg":"HS256"}') + "." + b64u("not json"))[:-4] + "AAAA")
    cases.add("order/kid-alg", cases.forge({"alg": "none", "kid": 1}, {}))
    cases.add("order/crit-alg", cases.forge({"alg": "none", "crit": []}, {}))
    cases.add("order/kid-crit", cases.forge({"alg": "HS256", "kid": 1, "crit": []}, {}))
    cases.add("order/kid-signature", cases.forge({"alg": "HS256", "kid": 1}, {})[:-4] + "AAAA")
    cases.add("order/header-base64-payload-base64", "!." + b64u("{}") + ".!")
    cases.add("order/header-json-payload-base64", b64u("{") + ".!.AA")
    cases.add("order/alg-payload-base64", b64u('{"alg":"none"}') + ".!.AA")
    cases.add("order/kid-payload-base64", b64u('{"alg":"HS256","kid":1}') + ".!.AA")
    cases.add("order/alg-crypto-base64", b64u('{"alg":"none"}') + "." + b64u("{}") + ".!")


def allow_lists(cases: Cases):
    lists = {
        "one": ["{alg}"],
        "twice": ["{alg}", "{alg}"],
        "several": "{family}",
        "others": "{others}",
        "lowercase": ["{lower}"],
        "spaces": [" {alg}"],
        "empty": [],
        "absent": None,
        "blank": [""],
        "none": ["none"],
        "with-none": ["{alg}", "none"],
        "unknown": ["XX256"],
        "with-unknown": ["{alg}", "XX256"],
        "null-member": ["{alg}", None],
        "text": "{alg}",
        "mixed": "{mixed}",
        "prefix": ["{prefix}"],
    }
    families = {
        "HS256": (["HS256", "HS384", "HS512"], ["HS384", "HS512"], ["HS256", "RS256"]),
        "RS256": (["RS256", "RS384", "PS256"], ["RS384", "RS512", "PS256"], ["HS256", "RS256"]),
        "PS256": (["PS256", "RS256"], ["RS256"], ["HS256", "PS256"]),
        "ES256": (["ES256", "ES384", "EdDSA"], ["ES384"], ["HS256", "ES256"]),
        "EdDSA": (["EdDSA", "ES256"], ["ES256"], ["HS256", "EdDSA"]),
    }
    main = {**dict(reversed(MAIN)), "HS256": "hs64"}  # long enough for every HMAC
    for algorithm, (family, others, mixed) in families.items():
        key = verifying_form(main[algorithm], cases.keys)
        token = cases.token({"sub": "u"}, algorithm, main[algorithm])
        for name, allowed in lists.items():
            whole = {"{family}": family, "{others}": others, "{mixed}": mixed}
            if isinstance(allowed, str) and allowed in whole:
                allowed = whole[allowed]
            words = {"{alg}": algorithm, "{lower}": algorithm.lower(), "{prefix}": algorithm[:-1]}

            def fill(text):
                for word, value in words.items():
                    text = text.replace(word, value) if isinstance(text, str) else text
                return text

            allowed = [fill(member) for member in allowed] if isinstance(allowed, list) else fill(allowed)
            cases.add(f"allow/{algorithm}/{name}", token, key, allowed)
    short_secret = cases.token({"sub": "u"})
    cases.add("allow/short-secret/several", short_secret, "hs32", ["HS256", "HS384", "HS512"])
    none = ("none", "None", "NONE", "nOnE", "", None, ABSENT)
    for alg in (*none, 0, 1, True, [], ["HS256"], {}, "hs256", "HS256 ", " HS256", "HS25", "HS2566"):
        token = cases.forge({"typ": "JWT", **with_claim("alg", alg)}, {"sub": "u"})
        cases.add(f"alg/{short(alg)}", token)
        cases.add(f"alg-unsigned/{short(alg)}", token.rpartition(".")[0] + ".")
    for alg in ("HS384", "HS512", "RS256", "PS256", "ES256", "ES521", "ES512", "EdDSA", "HS1", "A128KW", "dir", "\u0000HS256", "HS256\n"):
        cases.add(f"alg/{short(alg)}", cases.forge({"alg": alg}, {"sub": "u"}))


def tampering(cases: Cases):
    other = {"hs32": "hs63", "hs48": "hs63", "hs64": "hs65", "rsa2048": "rsa2048b"}

    def flip(text: str, at: int) -> str:
        at %= len(text)
        swap = "B" if text[at] == "A" else "A"
        return text[:at] + swap + text[at + 1 :]

    for algorithm, name in MAIN:
        key = verifying_form(name, cases.keys)
        good = cases.token({"sub": "alice", "admin": False}, algorithm, name)
        header, payload, signature = good.split(".")
        raw = unb64u(signature)
        size = len(raw)
        variants = {
            "good": good,
            "payload-changed": f"{header}.{b64u(compact({'sub': 'alice', 'admin': True}))}.{signature}",
            "payload-empty-object": f"{header}.{b64u('{}')}.{signature}",
            "header-changed": f"{b64u(compact({'alg': algorithm, 'typ': 'JWT', 'kid': 'x'}))}.{payload}.{signature}",
            "header-reordered": f"{b64u(compact({'typ': 'JWT', 'alg': algorithm}))}.{payload}.{signature}",
            "signature-first": f"{header}.{payload}.{flip(signature, 3)}",
            "signature-middle": f"{header}.{payload}.{flip(signature, size // 2)}",
            "signature-late": f"{header}.{payload}.{flip(signature, -4)}",
            "signature-empty": f"{header}.{payload}.",
            "signature-short": f"{header}.{payload}.{b64u(raw[:-1])}",
            "signature-cut-front": f"{header}.{payload}.{b64u(raw[1:])}",
            "signature-long": f"{header}.{payload}.{b64u(raw + bytes(1))}",
            "signature-zero-front": f"{header}.{payload}.{b64u(bytes(1) + raw)}",
            "signature-zeros": f"{header}.{payload}.{b64u(bytes(size))}",
            "signature-ones": f"{header}.{payload}.{b64u(bytes([255]) * size)}",
            "signature-twice": f"{header}.{payload}.{b64u(raw + raw)}",
            "signature-of-other-key": cases.token(
                {"sub": "alice", "admin": False}, algorithm, other.get(name, name + "b")
            ),
            "signature-over-payload-only": f"{header}.{payload}.{b64u(cases.sign(algorithm, name, payload.encode()))}",
        }
        for variant, token in variants.items():
            cases.add(f"tamper/{tag(algorithm, name)}/{variant}", token, key, (algorithm,))
    relabel(cases)
    signature_forms(cases)


def relabel(cases: Cases):
    """A good signature of one algorithm under the name of another."""
    groups = (
        ("rsa2048", ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")),
        ("hs64", ("HS256", "HS384", "HS512")),
    )
    for name, algorithms in groups:
        for made in algorithms:
            for named in algorithms:
                if made != named:
                    token = cases.forge({"alg": named}, {"sub": "u"}, made, name)
                    cases.add(f"relabel/{made}-as-{named}", token, verifying_form(name, cases.keys), tuple(algorithms))


def signature_forms(cases: Cases):
    """Other signature encodings and parameters under a good key."""

    def seal(case, algorithm, name, make):
        text = b64u(compact({"alg": algorithm})) + "." + b64u('{"sub":"u"}')
        token = text + "." + b64u(make(text.encode()))
        cases.add(f"signature/{case}", token, verifying_form(name, cases.keys), (algorithm,))

    order = {
        "p256": ("ES256", 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551, 32, hashes.SHA256()),
        "secp256k1": ("ES256K", 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141, 32, hashes.SHA256()),
    }
    for name, (algorithm, n, size, digest) in order.items():
        key = cases.keys.private(name)

        def rs(data, key=key, digest=digest):
            return decode_dss_signature(key.sign(data, ec.ECDSA(digest)))

        def raw(r, s, size=size):
            return r.to_bytes(size, "big") + s.to_bytes(size, "big")

        seal(f"{algorithm}/der", algorithm, name, lambda data, key=key, digest=digest: key.sign(data, ec.ECDSA(digest)))
        for kind in ("low", "high"):

            def by_kind(data, kind=kind, n=n, rs=rs, raw=raw):
                r, s = rs(data)
                return raw(r, min(s, n - s) if kind == "low" else max(s, n - s))

            seal(f"{algorithm}/{kind}-s", algorithm, name, by_kind)
        seal(f"{algorithm}/swapped", algorithm, name, lambda data, rs=rs, raw=raw: raw(*reversed(rs(data))))
        seal(f"{algorithm}/r-zero", algorithm, name, lambda data, raw=raw: raw(0, 1))
        seal(f"{algorithm}/s-zero", algorithm, name, lambda data, raw=raw: raw(1, 0))
        seal(f"{algorithm}/r-n", algorithm, name, lambda data, raw=raw, n=n: raw(n, 1))
        seal(f"{algorithm}/s-n", algorithm, name, lambda data, raw=raw, n=n: raw(1, n))
        seal(f"{algorithm}/one-one", algorithm, name, lambda data, raw=raw: raw(1, 1))
        seal(
            f"{algorithm}/other-hash",
            algorithm,
            name,
            lambda data, key=key, raw=raw: raw(*decode_dss_signature(key.sign(data, ec.ECDSA(hashes.SHA512())))),
        )
        seal(f"{algorithm}/padded", algorithm, name, lambda data, rs=rs: raw(*rs(data), size=33))

    edwards = cases.keys.private("ed25519")
    group = 2**252 + 27742317777372353535851937790883648493

    def plus_order(data):
        signature = edwards.sign(data)
        return signature[:32] + (int.from_bytes(signature[32:], "little") + group).to_bytes(32, "little")

    seal("EdDSA/s-plus-order", "EdDSA", "ed25519", plus_order)
    seal("EdDSA/ed448-under-ed25519", "EdDSA", "ed25519", lambda data: cases.keys.private("ed448").sign(data))

    key = cases.keys.private("rsa2048")
    for salt in (0, 20, 31, 32, 33, 64, padding.PSS.MAX_LENGTH):
        name = "max" if salt is padding.PSS.MAX_LENGTH else salt
        pss = padding.PSS(padding.MGF1(hashes.SHA256()), salt)
        seal(f"PS256/salt-{name}", "PS256", "rsa2048", lambda data, pss=pss: key.sign(data, pss, hashes.SHA256()))
    mixed = padding.PSS(padding.MGF1(hashes.SHA1()), 32)
    seal("PS256/mgf-sha1", "PS256", "rsa2048", lambda data: key.sign(data, mixed, hashes.SHA256()))
    seal("RS256/sha1", "RS256", "rsa2048", lambda data: key.sign(data, padding.PKCS1v15(), hashes.SHA1()))
    # One signature in 256 starts with a zero byte; without it the number is the same and the length is wrong.
    for algorithm in ("RS256", "PS256"):
        for count in range(100000):
            # PSS is random, so its claims can stay; PKCS#1 needs other claims for another signature.
            text = b64u(compact({"alg": algorithm})) + "." + b64u(compact({"n": count if algorithm == "RS256" else 0}))
            signature = cases.sign(algorithm, "rsa2048", text.encode())
            if signature[0] == 0:
                break
        cases.add(f"signature/{algorithm}/zero-first", f"{text}.{b64u(signature)}", "rsa2048:public", (algorithm,))
        cases.add(f"signature/{algorithm}/zero-dropped", f"{text}.{b64u(signature[1:])}", "rsa2048:public", (algorithm,))
        cases.add(f"signature/{algorithm}/zero-added", f"{text}.{b64u(bytes(1) + signature)}", "rsa2048:public", (algorithm,))


def base64_damage(cases: Cases):
    """Each segment damaged; once with the signature over the damaged text, once over the clean one."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

    def stray(text: str) -> str:
        return text[:-1] + alphabet[alphabet.index(text[-1]) | 1]

    # Three lengths, so that every padding occurs: 0, 1 and 2 characters.
    heads = {0: '{"alg":"HS256"}', 2: '{"alg":"HS256" }', 1: '{"alg":"HS256"  }'}
    bodies = {0: '{"a":"aaaa"}', 2: '{"a":"aaaa" }', 1: '{"a":"aaaa"  }'}
    damage = {
        "pad1": lambda t: t + "=",
        "pad2": lambda t: t + "==",
        "pad3": lambda t: t + "===",
        "pad-inside": lambda t: t[:4] + "=" + t[4:],
        "space-before": lambda t: " " + t,
        "space-after": lambda t: t + " ",
        "space-inside": lambda t: t[:4] + " " + t[4:],
        "tab-after": lambda t: t + "\t",
        "newline-after": lambda t: t + "\n",
        "crlf-after": lambda t: t + "\r\n",
        "newline-inside": lambda t: t[:8] + "\n" + t[8:],
        "plus": lambda t: t[:5] + "+" + t[6:],
        "slash": lambda t: t[:5] + "/" + t[6:],
        "bang": lambda t: t[:5] + "!" + t[6:],
        "percent": lambda t: t + "%3D",
        "nul": lambda t: t[:5] + "\x00" + t[6:],
        "nul-after": lambda t: t + "\x00",
        "latin": lambda t: t[:5] + "\u00e9" + t[6:],
        "wide": lambda t: t[:5] + "\uff21" + t[6:],
        "low-byte": lambda t: t[:5] + "\u0141" + t[6:],
        "astral": lambda t: t[:5] + "\U0001d400" + t[6:],
        "one-more": lambda t: t + "A",
        "four-more": lambda t: t + "AAAA",
        "one-less": lambda t: t[:-1],
        "empty": lambda t: "",
        "bom": lambda t: "\ufeff" + t,
    }
    for rest, (head, body) in {rest: (heads[rest], bodies[rest]) for rest in (0, 1, 2)}.items():
        header, payload = b64u(head), b64u(body)
        clean = cases.seal(f"{header}.{payload}").rpartition(".")[2]
        cases.add(f"base64/clean/{rest}", f"{header}.{payload}.{clean}")
        wanted = damage if rest == 0 else {name: damage[name] for name in ("pad1", "pad2", "pad3")}
        for name, change in wanted.items():
            cases.add(f"base64/header/{rest}/{name}", cases.seal(f"{change(header)}.{payload}"))
            cases.add(f"base64/payload/{rest}/{name}", cases.seal(f"{header}.{change(payload)}"))
            cases.add(f"base64/payload-clean-signature/{rest}/{name}", f"{header}.{change(payload)}.{clean}")
            if rest == 0:
                cases.add(f"base64/signature/{name}", f"{header}.{payload}.{change(clean)}")
        if rest:
            cases.add(f"base64/header/{rest}/stray", cases.seal(f"{stray(header)}.{payload}"))
            cases.add(f"base64/payload/{rest}/stray", cases.seal(f"{header}.{stray(payload)}"))
            cases.add(f"base64/signature/stray-{rest}", f"{header}.{payload}.{stray(clean)}")


def segments(cases: Cases):
    good = cases.token({"sub": "u"})
    header, payload, signature = good.split(".")
    shapes = {
        "empty": "",
        "space": " ",
        "dot": ".",
        "dots2": "..",
        "dots3": "...",
        "dots4": "....",
        "word": "token",
        "one": header,
        "two": f"{header}.{payload}",
        "two-dot": f"{header}.{payload}.",
        "no-header": f".{payload}.{signature}",
        "no-payload": f"{header}..{signature}",
        "only-signature": f"..{signature}",
        "four": f"{good}.AAAA",
        "four-empty": f"{good}.",
        "five": f"{good}.AAAA.AAAA",
        "leading-dot": f".{good}",
        "double-dot": f"{header}..{payload}.{signature}",
        "bearer": f"Bearer {good}",
        "quoted": f'"{good}"',
        "json": compact({"protected": header, "payload": payload, "signature": signature}),
        "json-general": compact({"payload": payload, "signatures": [{"protected": header, "signature": signature}]}),
        "jwe": ".".join((b64u('{"alg":"dir","enc":"A128GCM"}'), "", "AAAA", "AAAA", "AAAA")),
        "spaces-around": f" {good} ",
        "newline-end": f"{good}\n",
        "comma": good.replace(".", ","),
        "nested": cases.forge({"alg": "HS256", "cty": "JWT"}, good),
        "detached": cases.seal(f"{header}."),
        "swapped": f"{payload}.{header}.{signature}",
        "empty-payload": cases.seal(f"{header}."),
        "null": None,
        "number": 12,
        "true": True,
        "list": [good],
        "object": {"token": good},
    }
    for name, token in shapes.items():
        cases.add(f"segments/{name}", token)


KID_VALUES = ("k", "", "\u043a\u043b\u044e\u0447", None, 0, 1, 1.5, True, False, [], ["k"], {}, {"k": 1})
CRIT_VALUES = (
    None,
    [],
    {},
    "",
    "b64",
    "exp",
    1,
    0,
    True,
    False,
    [""],
    [None],
    [1],
    [[]],
    ["b64"],
    ["b64", "b64"],
    ["exp"],
    ["alg"],
    ["kid"],
    ["crit"],
    ["unknown"],
    ["zip"],
    ["b64", "unknown"],
    ["unknown", 1],
    {"b64": True},
)


def json_shapes() -> dict:
    """Texts of an object with one more member, well-formed or not. %s stands for the members that must be there."""
    return {
        "spaces": '{ "x" : 1 , %s }',
        "newlines": '\n{\r\n"x":1,\t%s}\n',
        "trailing-comma": '{%s,}',
        "no-comma": '{"x":1 %s}',
        "double-comma": '{"x":1,,%s}',
        "unclosed": '{%s',
        "twice": '{%s}{}',
        "garbage-after": '{%s}x',
        "nul-after": '{%s}\u0000',
        "comment": '{/* c */%s}',
        "line-comment": '{%s}// c',
        "single-quotes": "{'x':1,%s}",
        "bare-name": '{x:1,%s}',
        "bare-word": '{"x":word,%s}',
        "NaN": '{"x":NaN,%s}',
        "Infinity": '{"x":Infinity,%s}',
        "minus-Infinity": '{"x":-Infinity,%s}',
        "overflow": '{"x":1e999,%s}',
        "minus-overflow": '{"x":[-1e999],%s}',
        "huge-int": '{"x":' + "9" * 400 + ",%s}",
        "underflow": '{"x":1e-999,%s}',
        "leading-zero": '{"x":01,%s}',
        "plus": '{"x":+1,%s}',
        "hex": '{"x":0x1,%s}',
        "dot-start": '{"x":.5,%s}',
        "dot-end": '{"x":1.,%s}',
        "big-int": '{"x":12345678901234567890,%s}',
        "minus-zero": '{"x":-0,%s}',
        "exponents": '{"x":[1E2,1e+2,1e-2,-0.0],%s}',
        "duplicate": '{"x":1,"x":2,%s}',
        "duplicate-same-value": '{"x":1,"x":1,%s}',
        "duplicate-escaped": '{"x":1,"\\u0078":2,%s}',
        "duplicate-nested": '{"x":{"y":1,"y":2},%s}',
        "duplicate-in-list": '{"x":[{"y":1,"z":0,"y":2}],%s}',
        "duplicate-empty-name": '{"":1,"":2,%s}',
        "case-names": '{"x":1,"X":2,%s}',
        "proto": '{"__proto__":{"admin":true},%s}',
        "proto-escaped": '{"\\u005f_proto__":1,%s}',
        "proto-nested": '{"x":{"__proto__":{"admin":true}},%s}',
        "constructor": '{"constructor":{"prototype":{"admin":true}},%s}',
        "object-names": '{"toString":1,"hasOwnProperty":2,"valueOf":3,%s}',
        "raw-newline": '{"x":"a\nb",%s}',
        "raw-tab": '{"x":"a\tb",%s}',
        "raw-nul": '{"x":"a\u0000b",%s}',
        "raw-del": '{"x":"a\u007fb",%s}',
        "raw-unicode": '{"x":"é😀\u2028",%s}',
        "bad-escape": '{"x":"\\q",%s}',
        "bad-unicode-escape": '{"x":"\\u12",%s}',
        "hex-escape": '{"x":"\\x41",%s}',
        "escapes": '{"x":"\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041",%s}',
        "surrogate-pair": '{"x":"\\ud83d\\ude00",%s}',
        "lone-high": '{"x":"\\ud800",%s}',
        "lone-low": '{"x":"\\udc00y",%s}',
        "lone-in-name": '{"\\ud800":1,%s}',
        "nbsp": '\u00a0{%s}',
        "form-feed": '\f{%s}',
        "upper-literals": '{"x":True,%s}',
        "colon-missing": '{"x" 1,%s}',
        "string-colons": '{"x":"a:b:{[\\"}",%s}',
        "depth100": '{"x":' + "[" * 100 + "]" * 100 + ",%s}",
        "depth500": '{"x":' + "[" * 500 + "]" * 500 + ",%s}",
        "depth600": '{"x":' + "[" * 600 + "]" * 600 + ",%s}",
        "depth600-objects": '{"x":' + '{"x":' * 600 + "1" + "}" * 600 + ",%s}",
        "depth5000": '{"x":' + "[" * 5000 + "]" * 5000 + ",%s}",
        "unclosed-depth": '{%s,"x":' + "[" * 5000,
    }


def byte_shapes(members: str) -> dict:
    text = "{" + members + "}"
    return {
        "bom": b"\xef\xbb\xbf" + text.encode(),
        "utf16le": text.encode("utf-16-le"),
        "utf16be": text.encode("utf-16-be"),
        "utf16-bom": text.encode("utf-16"),
        "utf32": text.encode("utf-32-le"),
        "latin1": b'{"x":"\xe9",' + members.encode() + b"}",
        "truncated-utf8": b'{"x":"\xc3",' + members.encode() + b"}",
        "overlong": b'{"x":"\xc0\xaf",' + members.encode() + b"}",
        "surrogate-utf8": b'{"x":"\xed\xa0\x80",' + members.encode() + b"}",
        "beyond-unicode": b'{"x":"\xf4\x90\x80\x80",' + members.encode() + b"}",
        "continuation": b'{"x":"\x80",' + members.encode() + b"}",
        "invalid-tail": text.encode() + b"\xff",
    }


NOT_OBJECTS = {
    "nothing": "",
    "space": " ",
    "null": "null",
    "true": "true",
    "number": "7",
    "string": '"text"',
    "list": "[]",
    "list-of-pairs": '[["alg","HS256"]]',
    "list-of-objects": '[{"alg":"HS256"}]',
    "word": "hello",
    "brace": "{",
    "number-huge": "1" * 5000,
}


def headers(cases: Cases):
    base = {"alg": "HS256", "typ": "JWT"}
    for value in KID_VALUES:
        cases.add(f"header-kid/{short(value)}", cases.forge({**base, "kid": value}, {"sub": "u"}))
    for value in CRIT_VALUES:
        cases.add(f"header-crit/{short(value)}", cases.forge({**base, "crit": value}, {"sub": "u"}))
    cases.add("header-crit/unknown-present", cases.forge({**base, "crit": ["unknown"], "unknown": 1}, {"sub": "u"}))
    cases.add("header-crit/b64-true", cases.forge({**base, "crit": ["b64"], "b64": True}, {"sub": "u"}))
    cases.add("header-crit/b64-null", cases.forge({**base, "crit": ["b64"], "b64": None}, {"sub": "u"}))
    cases.add("header-crit/registered-present", cases.forge({**base, "crit": ["typ"]}, {"sub": "u"}))
    cases.add("header-crit/prototype-name", cases.forge({**base, "crit": ["toString"]}, {"sub": "u"}))
    for value in (True, False, None, 0, 1, "false", "", [], {}):
        cases.add(f"header-b64/{short(value)}", cases.forge({**base, "b64": value}, {"sub": "u"}))
        head = b64u(compact({**base, "b64": value, "crit": ["b64"]}))
        cases.add(f"header-b64-crit/{short(value)}", cases.seal(f"{head}.{b64u(compact({'sub': 'u'}))}"))
    cases.add("header-b64/detached", cases.seal(b64u(compact({**base, "b64": False, "crit": ["b64"]})) + "."))
    cases.add("header-b64/detached-no-crit", cases.seal(b64u(compact({**base, "b64": False})) + "."))
    cases.add("header-b64/raw-payload", cases.seal(b64u(compact({**base, "b64": False, "crit": ["b64"]})) + '.{"sub":"u"}'))
    for value in (ABSENT, None, "", "jwt", "JWT", "at+jwt", "application/jwt", "JOSE", 0, 1, True, [], ["JWT"], {}):
        cases.add(f"header-typ/{short(value)}", cases.forge({"alg": "HS256", **with_claim("typ", value)}, {"sub": "u"}))
    members = (("cty", "JWT"), ("cty", None), ("cty", 1), ("zip", "DEF"), ("zip", None), ("enc", "A128GCM"), ("exp", 1), ("iss", 5))
    for name, value in members:
        cases.add(f"header-member/{name}/{short(value)}", cases.forge({**base, name: value}, {"sub": "u"}))
    jwk = cases.keys.stored["hs48"]["jwk"]["jwk"]
    rsa_jwk = cases.keys.stored["rsa2048b"]["publicJwk"]["jwk"]
    for name, value in {
        "jwk": jwk,
        "jku": "https://evil.example/jwks",
        "x5u": "https://evil.example/cert",
        "x5c": ["AAAA"],
        "x5t": "AAAA",
    }.items():
        cases.add(f"header-key/{name}", cases.forge({**base, name: value}, {"sub": "u"}))
        cases.add(f"header-key/{name}/signed-by-it", cases.forge({**base, name: value}, {"sub": "u"}, "HS256", "hs48"))
    forged = cases.forge({"alg": "RS256", "jwk": rsa_jwk}, {"sub": "u"}, "RS256", "rsa2048b")
    cases.add("header-key/jwk-rsa/signed-by-it", forged, "rsa2048:public", ("RS256",))
    for name, text in json_shapes().items():
        cases.add(f"header-json/{name}", cases.forge(text.replace("%s", '"alg":"HS256"'), {"sub": "u"}))
    for name, data in byte_shapes('"alg":"HS256"').items():
        cases.add(f"header-bytes/{name}", cases.forge(data, {"sub": "u"}))
    for name, text in NOT_OBJECTS.items():
        cases.add(f"header-value/{name}", cases.forge(text, {"sub": "u"}))
    cases.add("header-json/duplicate-alg", cases.forge('{"alg":"none","alg":"HS256"}', {"sub": "u"}))
    cases.add("header-json/duplicate-alg-last", cases.forge('{"alg":"HS256","alg":"none"}', {"sub": "u"}))
    cases.add("header-json/alg-in-proto", cases.forge('{"__proto__":{"alg":"HS256"}}', {"sub": "u"}))
    for size in (4000, 12000, 12200, 12300, 16000, 20000):
        cases.add(f"header-size/{size}", cases.forge({**base, "x": "h" * size}, {"sub": "u"}))


def payloads(cases: Cases):
    for name, text in json_shapes().items():
        cases.add(f"payload-json/{name}", cases.forge({"alg": "HS256"}, text.replace("%s", '"sub":"u"')))
    for name, data in byte_shapes('"sub":"u"').items():
        cases.add(f"payload-bytes/{name}", cases.forge({"alg": "HS256"}, data))
    for name, text in NOT_OBJECTS.items():
        cases.add(f"payload-value/{name}", cases.forge({"alg": "HS256"}, text))
    cases.add("payload-json/empty-object", cases.forge({"alg": "HS256"}, "{}"))
    cases.add("payload-json/duplicate-sub", cases.forge({"alg": "HS256"}, '{"sub":"u","sub":"admin"}'))
    cases.add("payload-json/duplicate-exp", cases.forge({"alg": "HS256"}, f'{{"exp":1,"exp":{NOW + 60}}}'))
    cases.add("payload-json/exp-in-proto", cases.forge({"alg": "HS256"}, f'{{"__proto__":{{"exp":{NOW + 60}}}}}'), require=["exp"])
    cases.add("payload-json/exp-in-object-name", cases.forge({"alg": "HS256"}, "{}"), require=["toString"])
    for size in (1000, 30000, 48000, 49000, 50000):
        cases.add(f"payload-size/{size}", cases.forge({"alg": "HS256"}, {"x": "p" * size}))


def keys_and_forms(cases: Cases):
    keys = cases.keys
    main = {}
    for algorithm, name in MAIN:
        main.setdefault(name, algorithm)
    tokens = {name: cases.token({"sub": "u"}, algorithm, name) for name, algorithm in main.items()}
    # The key in every form it has.
    for name, algorithm in main.items():
        for form in keys.stored[name]:
            if form != "kty":
                cases.add(f"key-form/{name}/{form}", tokens[name], f"{name}:{form}", (algorithm,))
    # Another key of the same type, and every other type.
    for name, algorithm in main.items():
        for other in main:
            if other != name:
                cases.add(f"key-other/{algorithm}-{name}/{other}", tokens[name], verifying_form(other, keys), (algorithm,))
    for name, bits in (("rsa2048e3", "e3"), ("rsa3072", "3072"), ("rsa4096", "4096"), ("rsa1024", "1024")):
        for algorithm in ("RS256", "PS256"):
            token = cases.token({"sub": "u"}, algorithm, name)
            cases.add(f"key-rsa/{algorithm}/{bits}", token, f"{name}:public", (algorithm,))
    for name, key in keys.stored.items():
        if key["kty"] == "oct":
            for algorithm in ("HS256", "HS384", "HS512"):
                cases.add(f"key-secret/{algorithm}/{name}", cases.token({"sub": "u"}, algorithm, name), name, (algorithm,))
    odd_keys(cases, tokens)
    secret_guard(cases)


def odd_keys(cases: Cases, tokens: dict):
    keys = cases.keys

    def put(name: str, form: dict, token: str, algorithm: str):
        keys.extra[name] = form
        cases.add(f"key-odd/{algorithm}/{name}", token, name, (algorithm,))

    for name, algorithm in (("rsa2048", "RS256"), ("p256", "ES256"), ("ed25519", "EdDSA")):
        pem = keys.stored[name]["public"]["text"]
        lines = pem.strip().split("\n")
        other = keys.stored[{"rsa2048": "p256", "p256": "rsa2048", "ed25519": "p256"}[name]]["public"]["text"]
        body = "".join(lines[1:-1])
        jwk = keys.stored[name]["publicJwk"]["jwk"]
        texts = {
            "crlf": pem.replace("\n", "\r\n"),
            "cr": pem.replace("\n", "\r"),
            "indented": "\n".join("  " + line for line in lines),
            "leading-space": "\n\n  " + pem,
            "text-before": "Public key:\n" + pem,
            "text-after": pem + "\nthe end\n",
            "no-final-newline": pem.strip(),
            "one-line": lines[0] + "\n" + body + "\n" + lines[-1],
            "bom": "\ufeff" + pem,
            "no-end": "\n".join(lines[:-1]),
            "no-begin": "\n".join(lines[1:]),
            "cut": "\n".join([lines[0], body[:40], lines[-1]]),
            "empty-body": lines[0] + "\n" + lines[-1],
            "wrong-label": pem.replace("PUBLIC KEY", "RSA PUBLIC KEY"),
            "private-label": pem.replace("PUBLIC KEY", "PRIVATE KEY"),
            "two": pem + other,
            "two-reversed": other + pem,
            "base64-only": body,
            "word": "not a key",
            "empty": "",
        }
        for variant, text in texts.items():
            put(f"{name}-{variant}", {"text": text}, tokens[name], algorithm)
        put(f"{name}-pem-bytes", {"b64": base64.b64encode(pem.encode()).decode()}, tokens[name], algorithm)
        changes = {
            "kid": {"kid": "k1"},
            "alg": {"alg": algorithm},
            "alg-other": {"alg": {"RS256": "RS512", "ES256": "ES384", "EdDSA": "ES256"}[algorithm]},
            "use-sig": {"use": "sig"},
            "use-enc": {"use": "enc"},
            "ops-verify": {"key_ops": ["verify"]},
            "ops-sign": {"key_ops": ["sign"]},
            "ops-encrypt": {"key_ops": ["encrypt"]},
            "kty-other": {"kty": "oct"},
            "kty-lower": {"kty": jwk["kty"].lower()},
            "kty-absent": {"kty": ABSENT},
            "unknown-member": {"x-extra": 1},
        }
        if name == "p256":
            changes |= {
                "x-short": {"x": jwk["x"][:-2]},
                "x-absent": {"x": ABSENT},
                "off-curve": {"y": jwk["x"]},
                "crv-other": {"crv": "P-384"},
                "crv-absent": {"crv": ABSENT},
                "x-number": {"x": 5},
                "x-padded": {"x": jwk["x"] + "="},
            }
        if name == "rsa2048":
            changes |= {
                "e-absent": {"e": ABSENT},
                "e-one": {"e": "AQ"},
                "e-even": {"e": "Ag"},
                "n-empty": {"n": ""},
                "n-number": {"n": 5},
                "n-even": {"n": jwk["n"][:-2] + "AA"},
                "n-padded": {"n": jwk["n"] + "=="},
                "n-leading-zero": {"n": b64u(bytes(1) + unb64u(jwk["n"]))},
            }
        if name == "ed25519":
            changes |= {
                "x-short": {"x": jwk["x"][:-2]},
                "x-absent": {"x": ABSENT},
                "crv-other": {"crv": "Ed448"},
                "crv-unknown": {"crv": "X25519"},
                "small-order": {"x": b64u(bytes([1]) + bytes(31))},
                "non-canonical": {"x": b64u(b"\xee" + b"\xff" * 30 + b"\x7f")},
            }
        for variant, change in changes.items():
            changed = {k: v for k, v in {**jwk, **change}.items() if v is not ABSENT}
            put(f"{name}-jwk-{variant}", {"jwk": changed}, tokens[name], algorithm)


def secret_guard(cases: Cases):
    """Keys of another kind given as an HMAC secret: with the signature that such a confusion would need."""
    keys = cases.keys
    stored = keys.stored
    pem = stored["rsa2048"]["public"]["text"]
    candidates = {
        "spki": pem,
        "pkcs8": stored["rsa2048"]["private"]["text"],
        "pkcs1": stored["rsa2048"]["traditional"]["text"],
        "pkcs1-public": stored["rsa2048"]["traditionalPublic"]["text"],
        "ec-spki": stored["p256"]["public"]["text"],
        "sec1": stored["p256"]["traditional"]["text"],
        "certificate": stored["rsa2048"]["certificate"]["text"],
        "ssh-rsa": stored["rsa2048"]["ssh"]["text"],
        "ssh-ec": stored["p256"]["ssh"]["text"],
        "ssh-ed25519": stored["ed25519"]["ssh"]["text"],
        "ssh-indented": "  " + stored["rsa2048"]["ssh"]["text"],
        "pem-indented": "   " + pem,
        "pem-newline": "\n" + pem,
        "pem-bom": "\ufeff" + pem,
        "pem-crlf": pem.replace("\n", "\r\n"),
        "pem-no-end": pem.rpartition("-----END")[0],
        "pem-one-line": pem.replace("\n", ""),
        "jwk": compact(stored["rsa2048"]["publicJwk"]["jwk"]),
        "jwk-indented": "\n  " + json.dumps(stored["p256"]["publicJwk"]["jwk"], indent=2),
        "jwk-bom": "\ufeff" + compact(stored["p256"]["publicJwk"]["jwk"]),
        "jwk-oct": compact(stored["hs32"]["jwk"]["jwk"]),
        "jwks": compact({"keys": [stored["p256"]["publicJwk"]["jwk"]]}),
        "jwk-list": compact([stored["p256"]["publicJwk"]["jwk"]]),
        "json-other": compact({"password": "a JSON text that is no key at all, and long enough"}),
        "word-pem": "a secret that mentions -----BEGIN PUBLIC KEY----- without being a key",
        "word-ssh": "ssh-rsa is the name of a key format, this is only a long secret text",
        "empty": "",
        "one-byte": "x",
        "spaces": " " * 40,
        "short-31": "0123456789012345678901234567890",
        "exact-32": "01234567890123456789012345678901",
    }
    for name, text in candidates.items():
        keys.extra[f"guard-{name}"] = {"text": text}
    for name in ("rsa2048", "p256", "ed25519"):
        keys.extra[f"guard-der-{name}"] = stored[name]["publicDer"]
    keys.extra["guard-der-private"] = stored["p256"]["privateDer"]
    for name in [name for name in keys.extra if name.startswith("guard-")]:
        form = keys.extra[name]
        raw = form["text"].encode() if "text" in form else base64.b64decode(form["b64"])
        text = b64u('{"alg":"HS256","typ":"JWT"}') + "." + b64u('{"sub":"u"}')
        token = text + "." + b64u(hmac.new(raw, text.encode(), "sha256").digest())
        cases.add(f"guard/{name[6:]}", token, name)
        # The same confusion from the caller's side: the public key's algorithm is allowed, the token says HS256.
        if name in ("guard-spki", "guard-ec-spki", "guard-certificate"):
            allowed = ("ES256",) if "ec" in name else ("RS256",)
            cases.add(f"guard-confusion/{name[6:]}", token, name, allowed)


def decode_cases(keys: Keys) -> list:
    cases = Cases(keys)
    for part in (
        times,
        audiences,
        issuers,
        subjects_and_ids,
        required,
        order_of_checks,
        allow_lists,
        tampering,
        base64_damage,
        segments,
        headers,
        payloads,
        keys_and_forms,
    ):
        part(cases)
    return cases.rows


# --- files ------------------------------------------------------------------------------------------------------------


def meta() -> dict:
    return {
        "made_by": "vectors/generate.py",
        "pyjwt": jwt.__version__,
        "cryptography": cryptography.__version__,
        "python": platform.python_version(),
        "date": dt.datetime.now(dt.timezone.utc).strftime("%Y-%m-%d"),
        "now": NOW,
    }


def write(path: pathlib.Path, tables: dict):
    """One entry per line, so that a change shows as the line it is."""
    parts = []
    for name, table in tables.items():
        if name == "meta":
            parts.append(f'"meta": {json.dumps(table)}')
        elif isinstance(table, dict):
            lines = ",\n".join(f"{json.dumps(key)}: {compact(value)}" for key, value in table.items())
            parts.append(f"{json.dumps(name)}: {{\n{lines}\n}}")
        else:
            lines = ",\n".join(map(compact, table))
            parts.append(f"{json.dumps(name)}: [\n{lines}\n]")
    path.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="ascii")


def main():
    here = pathlib.Path(__file__).resolve().parent
    options = argparse.ArgumentParser(description="Writes the PyJWT cross-check vectors.")
    options.add_argument("--out", type=pathlib.Path, default=here / "pyjwt")
    options.add_argument("--keys", type=pathlib.Path, help="key file to use (default: keys.json in --out)")
    given = options.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    source = given.keys or given.out / "keys.json"
    if source.exists():
        stored = json.loads(source.read_text())["keys"]
    else:
        stored = make_keys()
        write(source, {"meta": meta(), "keys": stored})
    keys = Keys(stored)
    _, payload_table, encode_rows = encode_cases(keys)
    write(given.out / "encode.json", {"meta": meta(), "payloads": payload_table, "cases": encode_rows})
    decode_rows = decode_cases(keys)
    write(given.out / "decode.json", {"meta": meta(), "keys": keys.extra, "cases": decode_rows})
    print(f"{len(encode_rows)} tokens, {len(decode_rows)} verdicts, PyJWT {jwt.__version__}", file=sys.stderr)


if __name__ == "__main__":
    main()

"""PyJWT's half of scripts/pyjwt-live.mjs: jobs as JSON on standard input, answers as JSON on standard output.

A "verify" job has a token, a public key and the algorithm; the answer is PyJWT's header and claims.
A "sign" job has claims, a private key and the algorithm; the answer is PyJWT's token.
"""

import functools
import json
import sys

import jwt


@functools.cache
def material(form, algorithm):
    """The key as PyJWT reads it, once: the primes of an RSA key are checked each time."""
    form = json.loads(form)
    if "jwk" in form:
        return jwt.PyJWK(form["jwk"], algorithm=algorithm)
    given = form["text"] if "text" in form else bytes.fromhex(form["hex"])
    return jwt.get_algorithm_by_name(algorithm).prepare_key(given)


def answer(job):
    key = material(json.dumps(job["key"]), job["alg"])
    if job["do"] == "sign":
        return {"token": jwt.encode(job["claims"], key, algorithm=job["alg"], headers={"kid": "pyjwt"})}
    found = jwt.decode_complete(job["token"], key, algorithms=[job["alg"]], audience="api", issuer="signet")
    return {"header": found["header"], "claims": found["payload"]}


def safe(job):
    try:
        return {"id": job["id"], **answer(job)}
    except Exception as error:
        return {"id": job["id"], "error": f"{type(error).__name__}: {error}"}


json.dump({"version": jwt.__version__, "answers": [safe(job) for job in json.load(sys.stdin)]}, sys.stdout)

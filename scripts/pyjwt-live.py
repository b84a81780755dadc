"""PyJWT's half of scripts/pyjwt-live.mjs: jobs as JSON on standard input, answers as JSON on standard output.

A "verify" job has a token, a public key and the algorithm; the answer is PyJWT's header and claims.
A "sign" job has claims, a private key and the algorithm; the answer is PyJWT's token.
"""

import json
import sys

import jwt


def material(form, algorithm):
    if "jwk" in form:
        return jwt.PyJWK(form["jwk"], algorithm=algorithm)
    return form["text"] if "text" in form else bytes.fromhex(form["hex"])


def answer(job):
    key = material(job["key"], job["alg"])
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

"""An OpenID provider in memory that serves the real shapes: configuration, keys, token endpoint, signed ID tokens."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from urllib.parse import parse_qs, urlsplit

import httpx
from joserfc import jwt
from joserfc.jwk import RSAKey

ISSUER = "https://login.example.co.jp"
CLIENT = "shoko"
SECRET = "s3cret-of-the-client"
RETURN = "https://shoko.example.co.jp/login/sso/return"


class Provider:
    """Answers like a provider; each test may bend what it says."""

    def __init__(self, clock):
        self.clock = clock
        self.key = RSAKey.generate_key(2048, {"kid": "one"})
        self.claims = {"sub": "s-1", "email": "Keiri@Example.co.jp", "email_verified": True}
        self.header = {"alg": "RS256", "kid": "one"}
        self.sign_with = None
        self.published = None
        self.configuration = {}
        self.status = 200
        self.codes = {}
        self.asked = []

    def client(self):
        return httpx.Client(transport=httpx.MockTransport(self._answer))

    def authorize(self, address):
        """What a person does at the provider; gives the parameters of the way back."""
        parts = urlsplit(address)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{ISSUER}/authorize"
        assert (asked["response_type"], asked["client_id"], asked["redirect_uri"]) == ("code", CLIENT, RETURN)
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return {"code": code, "state": asked["state"], "iss": ISSUER}

    def _answer(self, request):
        self.asked.append(request.url.path)
        match request.url.path:
            case "/.well-known/openid-configuration":
                found = {
                    "issuer": ISSUER,
                    "authorization_endpoint": f"{ISSUER}/authorize",
                    "token_endpoint": f"{ISSUER}/token",
                    "jwks_uri": f"{ISSUER}/jwks",
                    "response_types_supported": ["code"],
                    "subject_types_supported": ["public"],
                    "id_token_signing_alg_values_supported": ["RS256"],
                }
                return httpx.Response(200, json=found | self.configuration)
            case "/jwks":
                key = self.published or self.key
                return httpx.Response(200, json={"keys": [key.as_dict(private=False) | {"use": "sig"}]})
            case "/token":
                return self._token(request)
        return httpx.Response(404)

    def _token(self, request):
        expected = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        asked = self.codes.pop(form["code"], None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).decode()
        right = (
            asked is not None
            and request.headers["authorization"] == f"Basic {expected}"
            and form["redirect_uri"] == RETURN
            and challenge.rstrip("=") == asked["code_challenge"]
        )
        if not right or self.status != 200:
            return httpx.Response(max(self.status, 400), json={"error": "invalid_grant"})
        now = int(self.clock().timestamp())
        claims = {"iss": ISSUER, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"]} | self.claims
        claims = {name: value for name, value in claims.items() if value is not None}
        answer = {"access_token": "at-1", "token_type": "Bearer", "expires_in": 300}
        return httpx.Response(200, json=answer | {"id_token": self.signed(claims)})

    def signed(self, claims):
        if self.header["alg"] == "none":
            parts = [json.dumps(part).encode() for part in (self.header, claims)]
            return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts) + "."
        if self.header["alg"] == "HS256":  # the public key taken as a secret: the oldest trick against verifiers
            parts = [json.dumps(part).encode() for part in (self.header, claims)]
            begun = ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
            mac = hmac.new(self.key.as_pem(private=False), begun.encode(), hashlib.sha256).digest()
            return f"{begun}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"
        key = self.sign_with or self.key
        return jwt.encode(self.header, claims, key, algorithms=[self.header["alg"]])

"""Single sign-on: whom the provider vouches for gets in, and nothing that is bent gets anybody in."""

import logging
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc.jwk import RSAKey
from pydantic import SecretStr

from app.web.application import create_app
from app.web.people import People
from app.web.sessions import COOKIE
from app.web.settings import SsoSettings, WebSettings
from app.web.sso import SingleSignOn
from app.web.views.sso import COOKIE as BEGUN
from app.web.wired import web_settings
from domain.acts import ActKind
from domain.errors import AccessRefused, ConfigError
from domain.people import Role
from pipeline.steps import identities, people
from pipeline.wiring import open_shoko
from tests.support.accounts import Clock, Seat, add_people
from tests.support.homes import quick_settings
from tests.support.provider import CLIENT, ISSUER, RETURN, SECRET, Provider
from tests.unit.app.web.memory_services import MemoryServices

SETTINGS = SsoSettings(issuer=ISSUER, client_id=CLIENT, client_secret=SecretStr(SECRET), redirect_uri=RETURN)


@pytest.fixture(scope="module")
def shoko(tmp_path_factory):
    shoko = open_shoko(quick_settings(tmp_path_factory.mktemp("home")))
    add_people(shoko, keiri=(Role.ACCOUNTANT,), eigyo=(Role.ACCOUNTANT,))
    yield shoko
    shoko.close()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def provider(clock):
    return Provider(clock)


@pytest.fixture
def browser(shoko, provider, clock):
    identities.link(shoko, "keiri", ["email:keiri@example.co.jp"], by="kanri")
    people.enable(shoko, "keiri", by="kanri")
    app = create_app(
        MemoryServices(),
        settings=WebSettings(sso=SETTINGS),
        clock=clock,
        people=People(shoko),
        sso=SingleSignOn(SETTINGS, clock=clock, client=provider.client()),
    )
    return Seat(app)


def sign_on(browser, provider, next_="/search", **bent):
    begun = browser.get("/login/sso", params={"next": next_})
    assert begun.status_code == 303, begun.text
    back = provider.authorize(begun.headers["location"]) | bent
    return browser.get("/login/sso/return", params={k: v for k, v in back.items() if v is not None})


def logged_in(browser):
    return browser.get("/search.json").status_code == 200


def test_whom_the_provider_vouches_for_is_logged_in(shoko, browser, provider):
    browser.get("/login")
    planted = browser.cookies[COOKIE]
    response = sign_on(browser, provider, "/review?x=1")
    assert (response.status_code, response.headers["location"]) == (303, "/review?x=1")
    assert browser.cookies[COOKIE] != planted
    assert logged_in(browser)
    assert BEGUN not in browser.cookies
    cookie = next(one for one in response.headers.get_list("set-cookie") if one.startswith(COOKIE))
    assert "HttpOnly" in cookie
    # from now on the subject counts, whatever address the provider names
    assert shoko.people.find("keiri").external == ("sub:s-1",)
    provider.claims = {"sub": "s-1"}
    browser.cookies.clear()
    assert sign_on(browser, provider).status_code == 303
    provider.claims = {"sub": "s-2", "email": "keiri@example.co.jp", "email_verified": True}
    browser.cookies.clear()
    assert sign_on(browser, provider).status_code == 401
    assert provider.asked.count("/.well-known/openid-configuration") == provider.asked.count("/jwks") == 1
    acts = [act for act in shoko.archive.acts_of_kinds(ActKind.USER_CHANGED) if act.facts["change"] == "linked"]
    assert acts[-1].personal["identities"] == "sub:s-1"
    assert "example" not in str(acts[-1].facts)


BENT = {
    "another key": lambda p: setattr(p, "sign_with", RSAKey.generate_key(2048, {"kid": "one"})),
    "an unknown key id": lambda p: setattr(p, "header", {"alg": "RS256", "kid": "two"}),
    "no signature": lambda p: setattr(p, "header", {"alg": "none"}),
    "the public key as a secret": lambda p: setattr(p, "header", {"alg": "HS256", "kid": "one"}),
    "another issuer": lambda p: p.claims.update(iss="https://evil.example"),
    "another audience": lambda p: p.claims.update(aud="other"),
    "several audiences without azp": lambda p: p.claims.update(aud=[CLIENT, "other"], azp="other"),
    "another nonce": lambda p: p.claims.update(nonce="x"),
    "no nonce": lambda p: p.claims.update(nonce=None),
    "no end": lambda p: p.claims.update(exp=None),
    "over": lambda p: p.claims.update(exp=int(p.clock().timestamp()) - 61),
    "not yet": lambda p: p.claims.update(nbf=int(p.clock().timestamp()) + 3600),
    "issued in the future": lambda p: p.claims.update(iat=int(p.clock().timestamp()) + 3600),
    "another access token": lambda p: p.claims.update(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
    "no subject": lambda p: p.claims.update(sub=None),
    "a subject that is no text": lambda p: p.claims.update(sub={"a": 1}),
    "an address that is not verified": lambda p: p.claims.update(email_verified=False),
    "an address that is verified in words": lambda p: p.claims.update(email_verified="true"),
    "the address of nobody": lambda p: p.claims.update(email="x@example.co.jp"),
    "a refusal of the code": lambda p: setattr(p, "status", 400),
    "a configuration of another": lambda p: p.configuration.update(issuer="https://evil.example"),
    "an endpoint without https": lambda p: p.configuration.update(token_endpoint="http://login.example.co.jp/token"),
    "no keys": lambda p: p.configuration.update(jwks_uri=f"{ISSUER}/nothing"),
}


@pytest.mark.parametrize("how", BENT)
def test_nothing_bent_gets_in(browser, provider, how, caplog):
    caplog.set_level(logging.WARNING)
    BENT[how](provider)
    begun = browser.get("/login/sso")
    if begun.status_code == 303:
        response = browser.get("/login/sso/return", params=provider.authorize(begun.headers["location"]))
    else:
        response = begun
    assert response.status_code == 401, how
    assert not logged_in(browser)
    assert "id_token" not in response.text
    assert "example" not in caplog.text


@pytest.mark.parametrize(
    "bent",
    [
        {"state": "x"},
        {"state": None},
        {"code": None},
        {"code": "code-of-another"},
        {"error": "access_denied"},
        {"iss": "https://evil.example"},
    ],
)
def test_a_way_back_that_was_bent_leads_nowhere(browser, provider, bent):
    assert sign_on(browser, provider, **bent).status_code == 401
    assert not logged_in(browser)


def test_the_way_back_is_gone_once_and_in_the_browser_that_began(browser, provider, clock):
    assert browser.get("/login/sso/return", params={"code": "c", "state": "s"}).status_code == 401
    back = provider.authorize(browser.get("/login/sso").headers["location"])
    stranger = Seat(browser.app)
    assert stranger.get("/login/sso/return", params=back).status_code == 401  # a login that another began
    kept = browser.cookies[BEGUN]
    assert browser.get("/login/sso/return", params=back).status_code == 303
    browser.submit("/logout")
    browser.cookies.set(BEGUN, kept, domain="127.0.0.1", path="/login/sso")
    assert browser.get("/login/sso/return", params=back).status_code == 401  # the code was used
    late = provider.authorize(browser.get("/login/sso").headers["location"])
    clock.ahead += timedelta(minutes=11)
    assert browser.get("/login/sso/return", params=late).status_code == 401
    browser.cookies.set(BEGUN, "forged", domain="127.0.0.1", path="/login/sso")
    assert browser.get("/login/sso/return", params=late).status_code == 401


def test_where_to_go_on_is_on_this_page(browser, provider):
    for target in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        assert sign_on(browser, provider, target).headers["location"] == "/search"


def test_keys_that_the_provider_changed_are_fetched_once_more(browser, provider, clock):
    assert sign_on(browser, provider).status_code == 303
    provider.key = RSAKey.generate_key(2048, {"kid": "new"})
    provider.header = {"alg": "RS256", "kid": "new"}
    clock.ahead += timedelta(minutes=2)
    assert sign_on(browser, provider).status_code == 303
    assert provider.asked.count("/jwks") == 2


def test_a_disabled_account_stays_out_and_passwords_go_on(shoko, browser, provider):
    assert "会社のアカウントでログイン" in browser.get("/login").text
    people.disable(shoko, "keiri", by="kanri")
    assert sign_on(browser, provider).status_code == 401
    people.enable(shoko, "keiri", by="kanri")
    assert browser.log_in("keiri").status_code == 303
    with pytest.raises(AccessRefused):
        identities.link(shoko, "eigyo", ["email:KEIRI@example.co.jp"], by="kanri")
    for wrong in ("keiri@example.co.jp", "sub:", "email:a\nb", "login:x"):
        with pytest.raises(AccessRefused):
            identities.link(shoko, "eigyo", [wrong], by="kanri")


def test_without_settings_there_is_no_such_way(shoko, monkeypatch):
    app = create_app(MemoryServices(), settings=WebSettings(), people=People(shoko))
    for path in ("/login/sso", "/login/sso/return"):
        assert Seat(app).get(path).status_code == 404
    monkeypatch.setenv("SHOKO_WEB_OIDC_ISSUER", ISSUER)
    with pytest.raises(ConfigError, match="CLIENT_ID"):
        web_settings(port=0)
    monkeypatch.setenv("SHOKO_WEB_OIDC_CLIENT_ID", CLIENT)
    monkeypatch.setenv("SHOKO_WEB_OIDC_REDIRECT_URI", "http://shoko.example.co.jp/login/sso/return")
    with pytest.raises(ConfigError):
        web_settings(port=0)
    monkeypatch.setenv("SHOKO_WEB_OIDC_REDIRECT_URI", RETURN)
    assert web_settings(port=0).sso.issuer == ISSUER


def test_what_is_sent_to_the_provider_gives_nothing_away(browser, provider):
    asked = parse_qs(urlsplit(browser.get("/login/sso").headers["location"]).query)
    assert SECRET not in str(asked)
    assert len(asked["state"][0]) >= 43
    assert asked["state"] != asked["nonce"]
    again = parse_qs(urlsplit(browser.get("/login/sso").headers["location"]).query)
    assert again["state"] != asked["state"]

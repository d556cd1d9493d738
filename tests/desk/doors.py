"""Coming in as somebody, for the desk's tests."""

from html.parser import HTMLParser

from django.test import Client

from accounts.models import User
from audit_log.domain.entry import Actor


def sign_in(actor: Actor) -> Client:
    """A browser in which this actor is signed in: by account, or an expert by his session."""
    client = Client()
    if actor.role == "expert":
        session = client.session
        session["expert_code"], session["expert_org"] = actor.id, actor.org
        session.save()
    else:
        client.force_login(User.objects.get(pk=actor.id))
    return client


def text_of(response) -> str:
    """The page's text as sent."""
    return response.content.decode()


class _Form(HTMLParser):
    """Collects what a form would send as it stands."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.open = ""

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        name, kind = given.get("name"), given.get("type", "text")
        if tag == "input" and name and (kind not in ("radio", "checkbox") or "checked" in given):
            self.values[name] = given.get("value") or ""
        elif tag in ("textarea", "select"):
            self.open = name or ""
            self.values[self.open] = ""
        elif tag == "option" and "selected" in given:
            self.values[self.open] = given.get("value") or ""

    def handle_data(self, data):
        if self.lasttag == "textarea" and self.open:
            self.values[self.open] = data.removeprefix("\n")

    def handle_endtag(self, tag):
        if tag in ("textarea", "select"):
            self.open = ""


def filled_in(page: str) -> dict[str, str]:
    """The values that a page's forms stand at."""
    form = _Form()
    form.feed(page)
    form.values.pop("csrfmiddlewaretoken", None)
    return form.values

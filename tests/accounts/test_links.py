"""One-time links: they work once, not for long, and cannot be read from the database."""

import hashlib
from datetime import timedelta

import pytest

from accounts.models import OneTimeLink
from accounts.services import links
from tests.scenarios import later

pytestmark = pytest.mark.django_db

SUBJECT = "T-D1/c0012"


@pytest.fixture
def token(ladder):
    return links.issue(purpose="invitation", subject=SUBJECT, lifetime=timedelta(hours=1))


def test_a_link_tells_whom_it_is_for_as_often_as_it_is_looked_at(token):
    told = [links.subject_of(token, purpose="invitation") for _ in range(3)]
    assert told == [SUBJECT] * 3


def test_a_link_is_spent_once(token):
    told = [links.spend(token, purpose="invitation") for _ in range(3)]
    assert told == [SUBJECT, None, None]
    assert links.subject_of(token, purpose="invitation") is None


def test_a_link_serves_its_purpose_only(token):
    assert links.subject_of(token, purpose="sign_in") is None
    assert links.spend(token, purpose="sign_in") is None
    assert links.spend(token, purpose="invitation") == SUBJECT


@pytest.mark.parametrize(("minutes", "told"), [(59, SUBJECT), (60, None), (61, None)])
def test_a_link_works_until_its_time_is_over(token, minutes, told):
    later(minutes=minutes)
    assert links.subject_of(token, purpose="invitation") == told
    assert links.spend(token, purpose="invitation") == told


def test_only_the_hash_of_a_link_is_kept(token):
    (row,) = OneTimeLink.objects.filter(subject=SUBJECT).values()
    assert bytes(row["token_hash"]) == hashlib.sha256(token.encode()).digest()
    assert token not in str(row)


def test_a_hash_from_the_database_opens_nothing(token):
    stored = bytes(OneTimeLink.objects.get(subject=SUBJECT).token_hash)
    for guess in (stored.hex(), token[:-1], token.lower(), ""):
        assert links.spend(guess, purpose="invitation") is None


def test_links_are_long_and_never_the_same(ladder):
    made = [
        links.issue(purpose="invitation", subject=SUBJECT, lifetime=timedelta(hours=1))
        for _ in range(50)
    ]
    assert (len(set(made)), {len(token) for token in made}) == (50, {32})


def test_two_links_of_one_subject_are_spent_apart(token):
    other = links.issue(purpose="invitation", subject=SUBJECT, lifetime=timedelta(hours=1))
    assert links.spend(token, purpose="invitation") == SUBJECT
    assert links.spend(other, purpose="invitation") == SUBJECT

"""入库: applied for, reviewed by the regulator, tested, entered for a term."""

from datetime import date

import pytest

from accounts.models import Person
from accounts.services import vault
from accounts.services.gate import BadInput, NotAllowed, NotFound
from audit_log.domain import canonical
from audit_log.selectors import trail
from audit_log.services import reconciling
from experts.models import Expert
from experts.selectors import pool as reading
from experts.services import pool
from rulebook.domain.blockers import Refused
from tests.experts.world import (
    CENTRE,
    POOL_OWNER,
    REGULATOR,
    STRANGERS,
    TENDERER,
    TERM,
    application,
    enter,
)

pytestmark = pytest.mark.django_db
CODE = "T00001"
ENTRY = ["expert.applied", "expert.review_begun", "expert.review_passed", "expert.entered"]


def apply(number=1, **changes):
    return pool.apply(actor=POOL_OWNER, **application(number, **changes))


def types(code=CODE):
    return [event["type"] for event in trail.events(f"expert/{code}")]


def refusal(act, **given):
    with pytest.raises(Refused) as caught:
        act(**given)
    return [one.code for one in caught.value.blockers]


def test_an_expert_enters_by_application_review_and_test(district):
    apply()
    pool.review(actor=REGULATOR, expert=CODE, approve=True)
    ref = pool.pass_test(actor=POOL_OWNER, expert=CODE, **TERM)
    row = Expert.objects.get(pk=CODE)
    assert (row.state, row.term_from, row.term_to) == ("active", *TERM.values())
    assert types() == ENTRY
    assert (ref.stream, ref.n) == (f"expert/{CODE}", 3)
    assert reading.specialties(row) == ["C130101"]
    assert reconciling.reconcile().faults == []


def test_the_main_specialty_is_the_first_named(district):
    apply(specialties=["C130201", "C130101"])
    assert reading.specialties(Expert.objects.get(pk=CODE)) == ["C130201", "C130101"]


def test_the_person_is_in_the_vault_and_nowhere_else(district):
    given = application(1)
    apply()
    assert vault.reveal(CODE) == given["person"]
    told = canonical.dumps(trail.events(f"expert/{CODE}")).decode()
    assert [value for value in given["person"].values() if value in told] == []
    assert all(value.encode() not in Person.objects.get(pk=CODE).blob for value in given["person"])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("code", "张三"),
        ("employer", "91330402MA0000000X"),
        ("region", "3310"),
        ("specialties", []),
        ("specialties", ["A08"]),
        ("specialties", ["C130101", "C130101"]),
        ("title", " "),
        ("years", -1),
    ],
)
def test_a_wrong_field_is_named(district, field, value):
    with pytest.raises(BadInput) as caught:
        apply(**{field: value})
    assert list(caught.value.fields) == [field]
    assert not Expert.objects.filter(pk=CODE).exists()


@pytest.mark.parametrize("field", ["name", "id_number", "phone"])
def test_a_wrong_person_is_named_by_field(district, field):
    with pytest.raises(BadInput) as caught:
        apply(person=application(1)["person"] | {field: " "})
    assert list(caught.value.fields) == [field]


def test_a_code_is_given_once_and_a_person_is_in_the_pool_once(district):
    apply()
    with pytest.raises(BadInput, match="T00001") as caught:
        apply()
    assert caught.value.code == "expert_exists"
    with pytest.raises(BadInput) as caught:
        apply(2, person=application(1)["person"])
    assert caught.value.code == "person_exists"
    assert not Expert.objects.filter(pk="T00002").exists()
    assert trail.events("expert/T00002") == []


@pytest.mark.parametrize(
    ("actor", "error"),
    [(CENTRE, NotFound), (TENDERER, NotFound), (POOL_OWNER, NotAllowed), (STRANGERS, NotFound)],
)
def test_only_the_regulator_of_the_district_reviews(district, actor, error):
    apply()
    with pytest.raises(error):
        pool.review(actor=actor, expert=CODE, approve=True)
    assert types() == ENTRY[:1]


def test_a_rejection_states_a_ground_of_the_list(district):
    apply()
    with pytest.raises(BadInput):
        pool.review(actor=REGULATOR, expert=CODE, approve=False, ground="不合适")
    pool.review(actor=REGULATOR, expert=CODE, approve=False, ground="documents")
    assert Expert.objects.get(pk=CODE).state == "rejected"
    assert trail.events(f"expert/{CODE}")[-1]["data"]["ground"] == "documents"


def test_fewer_than_eight_years_in_the_field_do_not_pass_the_review(district):
    apply(years=7)
    with pytest.raises(Refused) as caught:
        pool.review(actor=REGULATOR, expert=CODE, approve=True)
    [reason] = caught.value.blockers
    assert (reason.code, reason.value) == ("too_few_years", 8)
    assert "第三十七条" in reason.basis


def test_an_application_is_reviewed_once(district):
    apply()
    pool.review(actor=REGULATOR, expert=CODE, approve=True)
    assert refusal(pool.review, actor=REGULATOR, expert=CODE, approve=True) == ["wrong_state"]


def test_a_term_does_not_end_before_it_begins(district):
    apply()
    pool.review(actor=REGULATOR, expert=CODE, approve=True)
    with pytest.raises(BadInput) as caught:
        pool.pass_test(
            actor=POOL_OWNER, expert=CODE, term_from=date(2026, 1, 2), term_to=date(2026, 1, 1)
        )
    assert list(caught.value.fields) == ["term_to"]


def test_an_imported_expert_is_in_the_pool_at_once(district):
    pool.import_expert(actor=POOL_OWNER, from_pool="省综合评标专家库", **application(1), **TERM)
    assert Expert.objects.get(pk=CODE).state == "active"
    assert types() == ["expert.imported"]
    assert trail.events(f"expert/{CODE}")[0]["data"]["to"] == "active"


def test_a_batch_is_the_whole_procedure_for_each(district):
    refs = enter(*(application(number) for number in range(1, 101)))
    assert [ref.n for ref in refs] == [3] * 100
    single = application(101)
    pool.apply(actor=POOL_OWNER, **single)
    pool.review(actor=REGULATOR, expert=single["code"], approve=True)
    pool.pass_test(actor=POOL_OWNER, expert=single["code"], **TERM)
    assert types("T00100") == types("T00101") == ENTRY
    both = [trail.events(f"expert/{code}") for code in ("T00001", "T00101")]
    shared = [
        [(e["type"], e["actor"], e["data"].get("from"), e["data"].get("to")) for e in events]
        for events in both
    ]
    assert shared[0] == shared[1]
    assert reconciling.reconcile().faults == []


def test_a_batch_of_a_hundred_needs_little_more_than_its_entries(
    district, django_assert_max_num_queries
):
    rows = [{**application(number), **TERM} for number in range(1, 101)]
    with django_assert_max_num_queries(100 * len(ENTRY) + 40):
        pool.enter_batch(actor=POOL_OWNER, reviewer=REGULATOR, applications=rows)
    assert Expert.objects.filter(code__startswith="T0", state="active").count() == 100


def test_a_batch_is_all_or_nothing(district):
    good, bad = application(1), application(2, years=3)
    assert refusal(
        pool.enter_batch,
        actor=POOL_OWNER,
        reviewer=REGULATOR,
        applications=[{**good, **TERM}, {**bad, **TERM}],
    ) == ["too_few_years"]
    assert trail.events(f"expert/{CODE}") == []


def test_a_batch_has_at_most_a_hundred_and_each_once(district):
    rows = [{**application(number), **TERM} for number in range(1, 102)]
    with pytest.raises(BadInput) as caught:
        pool.enter_batch(actor=POOL_OWNER, reviewer=REGULATOR, applications=rows)
    assert caught.value.code == "batch_too_large"
    with pytest.raises(BadInput) as caught:
        pool.enter_batch(actor=POOL_OWNER, reviewer=REGULATOR, applications=[rows[0], rows[0]])
    assert caught.value.code == "expert_exists"


def test_the_pool_owner_does_not_review_its_own_batch(district):
    with pytest.raises(NotAllowed):
        pool.enter_batch(actor=POOL_OWNER, applications=[{**application(1), **TERM}])

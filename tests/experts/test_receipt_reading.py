"""A receipt is read exactly: nothing merely similar to the format is accepted."""

import json

import pytest

from audit_log.domain import canonical
from experts.domain.receipt import verify_receipt
from experts.domain.receipt_error import ReceiptError
from tests.experts.ceremony import Ceremony, rechain


def refusal(receipt):
    with pytest.raises(ReceiptError) as refused:
        verify_receipt(receipt)
    return refused.value.code, refused.value.n


def receipt(**changed):
    return {**Ceremony().commit().open_round().run().receipt(), **changed}


def with_entry(n, **changed):
    """A receipt whose entry n has other members, all chained anew."""
    draw = Ceremony().commit().open_round().run()
    draw.entries[n].update(changed)
    return receipt(entries=rechain(draw.entries))


@pytest.mark.parametrize(
    "changed",
    [
        {"v": 2},
        {"v": True},
        {"entries": []},
        {"entries": [1]},
        {"entries": ["\ud800"]},
        {"manifest": []},
        {"signature": ""},
    ],
)
def test_a_receipt_of_another_shape_is_refused(changed):
    assert refusal(receipt(**changed)) == ("receipt_malformed", None)


def test_bytes_must_be_canonical():
    written = canonical.dumps(receipt())
    assert refusal(written + b"\n") == ("receipt_malformed", None)
    assert refusal(json.dumps(receipt(), indent=1).encode()) == ("receipt_malformed", None)
    assert refusal(written.replace(b'"v":1}', b'"v":1,"v":1}')) == ("receipt_malformed", None)


def test_the_manifest_must_be_valid():
    assert refusal(receipt(manifest={})) == ("manifest_malformed", None)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"stream": "draw/D-2"}, "stream_foreign"),
        ({"stream": "project/D-1"}, "entry_malformed"),
        ({"type": "project.registered"}, "entry_malformed"),
        ({"type": "draw.Committed"}, "entry_malformed"),
        ({"v": 2}, "entry_malformed"),
        ({"at": "2025-05-08T00:00:00.000000Z"}, "time_reversed"),
        ({"at": "2025-05-08 01:00:01"}, "entry_malformed"),
        ({"at": "2025-05-08T01:00:01Z"}, "entry_malformed"),
        ({"actor": "system"}, "entry_malformed"),
        ({"actor": {"id": "system", "role": "system"}}, "entry_malformed"),
        ({"data": []}, "entry_malformed"),
        ({"data": {"note": "x" * 70_000}}, "entry_malformed"),
        ({"extra": 1}, "entry_malformed"),
        ({"data": {}}, "data_malformed"),
    ],
)
def test_an_entry_of_another_shape_is_refused(changed, code):
    assert refusal(with_entry(1, **changed)) == (code, 1)


@pytest.mark.parametrize(
    ("written", "altered", "code"),
    [
        ('"v":1}', '"v":1,"v":1}', "entry_malformed"),
        ('{"actor"', '{ "actor"', "entry_malformed"),
        ('"n":0', '"n":1', "chain_broken"),
        ('"n":0', '"n":false', "entry_malformed"),
        ('"prev":"0', '"prev":"1', "chain_broken"),
    ],
)
def test_the_bytes_of_an_entry_must_be_canonical_and_in_place(written, altered, code):
    first, *rest = receipt()["entries"]
    assert first.count(written) == 1
    assert refusal(receipt(entries=[first.replace(written, altered), *rest])) == (code, 0)

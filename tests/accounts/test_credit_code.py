"""统一社会信用代码 by GB 32100-2015: 18 characters, the last of them a check character."""

import pytest

from accounts.domain.credit_code import ALPHABET, check_character, is_valid

PUBLISHED = (
    "91350100M000100Y43",
    "9144030071526726XG",
    "91330100799655058B",
    "914403001922038216",
    "91110000802100433B",
    "11100000000013127D",
)
"""Codes of existing bodies from public registers, with digits and letters as check characters."""


@pytest.mark.parametrize("code", PUBLISHED)
def test_published_codes_are_valid(code):
    assert is_valid(code)
    assert check_character(code[:17]) == code[17]


@pytest.mark.parametrize("code", PUBLISHED)
@pytest.mark.parametrize("place", range(18))
def test_any_other_character_in_any_place_is_found(code, place):
    others = (char for char in ALPHABET if char != code[place])
    assert [char for char in others if is_valid(code[:place] + char + code[place + 1 :])] == []


@pytest.mark.parametrize("code", PUBLISHED)
def test_exchanged_neighbours_are_found(code):
    pairs = [place for place in range(17) if code[place] != code[place + 1]]
    swapped = [code[:p] + code[p + 1] + code[p] + code[p + 2 :] for p in pairs]
    assert [one for one in swapped if is_valid(one)] == []


@pytest.mark.parametrize(
    "code",
    [
        "",
        "91350100M000100Y4",
        "91350100M000100Y433",
        "91350100m000100y43",
        "91350100I000100Y43",
        " 1350100M000100Y43",
        "\uff191350100M000100Y43",
        "91350100M000100Y4\n",
    ],
    ids=["empty", "17", "19", "lower case", "letter I", "blank", "full width", "line break"],
)
def test_what_is_not_of_the_alphabet_is_none(code):
    assert not is_valid(code)


def test_the_alphabet_leaves_out_what_is_taken_for_a_digit():
    assert (len(ALPHABET), set("IOSVZ") & set(ALPHABET)) == (31, set())

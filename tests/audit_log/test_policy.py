"""What a verifier demands: `tlog-policy` files and their verdict on a checkpoint."""

import pytest

from audit_log.domain import note, policy
from audit_log.domain.checkpoint import Checkpoint
from audit_log.domain.merkle import EMPTY_ROOT
from audit_log.domain.note import Cosigner, Ed25519Signer, parse_vkey
from audit_log.domain.policy import PolicyError, Untrusted, format_policy, parse_policy

LOG = Ed25519Signer("a.example/trail", b"l" * 32)
NEXT_KEY = Ed25519Signer("a.example/trail", b"m" * 32)
OTHER_LOG = Ed25519Signer("b.example/trail", b"o" * 32)
W = [Cosigner(f"w{number}.example", bytes([number]) * 32) for number in range(5)]
HEAD = Checkpoint("a.example/trail", 0, EMPTY_ROOT)
LINES = "".join(f"witness w{number} {cosigner.key}\n" for number, cosigner in enumerate(W))
BASE = f"log {LOG.vkey}\n{LINES}"


def signed(*witnesses, by=(LOG,), head=HEAD):
    lines = "".join(W[number].cosign(head.text, 1000 + number) for number in witnesses)
    return note.sign_note(head.text, by) + lines


def met(rule, *witnesses):
    return parse_policy(BASE + rule).judge(signed(*witnesses)).met


def test_the_verdict_names_log_tree_and_witnesses_with_their_times():
    verdict = parse_policy(BASE + "quorum w0\n").judge(signed(0, 2))
    assert verdict.checkpoint == HEAD
    assert str(verdict.log) == LOG.vkey
    assert verdict.witnesses == {"w0": 1000, "w2": 1002}
    assert verdict.met


@pytest.mark.parametrize(
    ("rule", "enough", "too_few"),
    [
        ("quorum w1\n", [1], [0, 2, 3, 4]),
        ("group g any w0 w1\nquorum g\n", [1], [2]),
        ("group g all w0 w1\nquorum g\n", [0, 1], [1, 2]),
        ("group g 2 w0 w1 w2\nquorum g\n", [0, 2], [2, 3, 4]),
        (
            "group a 2 w0 w1 w2\ngroup b any w3 w4\ngroup c all a b\nquorum c\n",
            [0, 2, 4],
            [0, 1, 2],
        ),
        ("group a all w0 w1\ngroup b 1 a w2\nquorum b\n", [2], [0]),
    ],
)
def test_a_quorum_is_met_by_enough_of_the_right_witnesses(rule, enough, too_few):
    assert met(rule, *enough)
    assert not met(rule, *too_few)


def test_a_policy_without_witnesses_wants_only_the_log():
    verdict = parse_policy(f"log {LOG.vkey}\nquorum none\n").judge(signed(0))
    assert (verdict.met, verdict.witnesses) == (True, {})


def test_witnesses_without_the_log_are_nothing():
    lines = "".join(cosigner.cosign(HEAD.text, 1) for cosigner in W)
    with pytest.raises(Untrusted):
        parse_policy(BASE + "quorum w0\n").judge(f"{HEAD.text}\n{lines}")


def test_a_log_signs_under_its_own_origin_only():
    rule = f"log {LOG.vkey}\nlog {OTHER_LOG.vkey}\nquorum none\n"
    with pytest.raises(Untrusted):
        parse_policy(rule).judge(signed(by=[OTHER_LOG]))


def test_a_log_may_have_two_keys_while_it_changes_them():
    rule = f"log {LOG.vkey}\nlog {NEXT_KEY.vkey}\nquorum none\n"
    assert str(parse_policy(rule).judge(signed(by=[NEXT_KEY])).log) == NEXT_KEY.vkey
    assert str(parse_policy(rule).judge(signed(by=[NEXT_KEY, LOG])).log) == LOG.vkey


@pytest.mark.parametrize(
    "spoiled", ["no note", HEAD.text + "\n", "text\n\n" + LOG.sign_lines("x\n")]
)
def test_what_is_no_signed_checkpoint_is_untrusted(spoiled):
    with pytest.raises(Untrusted):
        parse_policy(BASE + "quorum none\n").judge(spoiled)


def test_a_signed_text_that_is_no_checkpoint_is_untrusted():
    with pytest.raises(Untrusted):
        parse_policy(BASE + "quorum none\n").judge(note.sign_note("hello\n", [LOG]))


def test_one_failing_line_of_a_known_witness_spoils_the_checkpoint():
    moved = W[0].cosign(HEAD._replace(size=1).text, 1)
    with pytest.raises(Untrusted):
        parse_policy(BASE + "quorum none\n").judge(signed() + moved)


def test_comments_tabs_empty_lines_urls_and_names_of_any_script_are_allowed():
    text = (
        f"# 本单位核验用\n\n \t\n\tlog \t{LOG.vkey} https://log.example/ \n"
        f"witness 纪委 {W[0].key} https://w.example/\n  # end\nquorum 纪委"
    )
    assert parse_policy(text).judge(signed(0)).witnesses == {"纪委": 1000}


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "quorum w9\n",
        "quorum g\ngroup g any w0\n",
        "quorum w0\nquorum w0\n",
        "quorum\n",
        "quorum w0 w1\n",
        "group g any\nquorum g\n",
        "group g 0 w0\nquorum g\n",
        "group g 2 w0\nquorum g\n",
        "group g 01 w0\nquorum g\n",
        "group g most w0\nquorum g\n",
        "group g any none\nquorum g\n",
        "group g any g\nquorum g\n",
        "group g any w0 w0\nquorum g\n",
        "group g any w0\ngroup h any w0\nquorum h\n",
        "group w0 any w1\nquorum w0\n",
        "group none any w1\nquorum none\n",
        "Quorum w0\n",
        "quorum\u00a0w0\n",
        "quorum w0\r\n",
        "quorum w0\x7f\n",
        "witness w0 x\nquorum w0\n",
        f"witness w9 {W[0].key}\nquorum w0\n",
        f"witness w9 {LOG.vkey}\nquorum w0\n",
        f"log {LOG.vkey}\nquorum w0\n",
        f"log {Cosigner('x', b'x' * 32).key}\nquorum w0\n",
        "log\nquorum w0\n",
    ],
)
def test_a_malformed_policy_is_refused(rule):
    with pytest.raises(PolicyError):
        parse_policy(BASE + rule)


def test_a_refused_line_is_named():
    with pytest.raises(PolicyError, match="line 2: "):
        parse_policy(f"log {LOG.vkey}\nlog {LOG.vkey}\nquorum none\n")


@pytest.mark.parametrize("needed", [0, 1, 2, 3])
def test_a_written_policy_wants_as_many_as_it_was_told(needed):
    keys = [cosigner.key for cosigner in W[:3]]
    written = parse_policy(format_policy([parse_vkey(LOG.vkey)], keys, needed))
    verdicts = [written.judge(signed(*range(count))).met for count in range(4)]
    assert verdicts == [count >= needed for count in range(4)]


def test_no_policy_is_written_that_cannot_be_met():
    with pytest.raises(PolicyError):
        format_policy([parse_vkey(LOG.vkey)], [W[0].key], 2)


def test_logs_come_first_among_the_keys():
    assert list(map(str, parse_policy(BASE + "quorum w0\n").vkeys)) == [
        LOG.vkey,
        *(str(cosigner.key) for cosigner in W),
    ]


def test_none_is_met_by_anyone():
    assert met(f"quorum {policy.NONE}\n")

"""Stretches of the log checked apart and joined: as if the log had been read in one go."""

from datetime import timedelta

import pytest

from audit_log.domain import entry, segment
from audit_log.domain.merkle import Frontier, root_of
from audit_log.domain.segment import Fault
from audit_log.domain.shapes import Lines, Shapes
from tests.audit_log.a_log import AT

ENTRIES = 10


def a_chain():
    """Two interleaved streams of five entries each."""
    bodies, prevs = [], {}
    for number in range(ENTRIES):
        stream, n = f"project/{number % 2}", number // 2
        body = entry.build(
            stream=stream,
            n=n,
            prev=prevs.get(stream, entry.GENESIS),
            type="project.registered",
            at=AT + timedelta(seconds=number),
            actor=entry.SYSTEM,
            data={},
        )
        prevs[stream] = entry.leaf_hash(body).hex()
        bodies.append(body)
    return bodies


BODIES = a_chain()


def faults(bodies, *, cuts=(), gone=()):
    """What is found where the log is cut at these places."""
    heads, found = {}, []
    for start, stop in zip((0, *cuts), (*cuts, len(bodies)), strict=True):
        kept = {at: entry.leaf_hash(BODIES[at]) for at in gone if start <= at < stop}
        part = [b"" if at in kept else bodies[at] for at in range(start, stop)]
        checked = segment.check(start, list(Lines.stretches(part)), [], Shapes(), kept)
        found += segment.joined(checked, heads)
    return found


@pytest.mark.parametrize("cuts", [(), (1,), (2, 5), tuple(range(1, ENTRIES))])
def test_a_whole_chain_is_whole_wherever_it_is_cut(cuts):
    assert faults(BODIES, cuts=cuts) == []


@pytest.mark.parametrize("cuts", [(), (5,), (6,), (7,)])
def test_a_changed_entry_is_found_by_the_next_of_its_stream_wherever_it_is_cut(cuts):
    changed = BODIES[4].replace(b'"data":{}', b'"data":{"a":1}')
    bodies = [*BODIES[:4], changed, *BODIES[5:]]
    assert faults(bodies, cuts=cuts) == [Fault("project/0#3(第 6 条)", "与上一条的哈希不衔接")]


def test_neighbours_that_are_gone_are_one_fault_and_the_chain_says_the_rest():
    assert faults(BODIES, gone=(4, 5, 9)) == [
        Fault("第 4 至 5 条", "流水条目已不存在,日志中仍有其位置"),
        Fault("project/0#3(第 6 条)", "序号应为 2"),
        Fault("project/0#3(第 6 条)", "与上一条的哈希不衔接"),
        Fault("project/1#3(第 7 条)", "序号应为 2"),
        Fault("project/1#3(第 7 条)", "与上一条的哈希不衔接"),
        Fault("第 9 条", "流水条目已不存在,日志中仍有其位置"),
    ]


def test_what_is_no_entry_is_named_by_its_index():
    bodies = [*BODIES[:-1], b"{}"]
    assert faults(bodies) == [Fault("第 9 条", "不是规范的流水条目:not an entry of version 1")]


def test_a_time_that_goes_back_is_named():
    early = BODIES[9].replace(b"01:00:09", b"00:00:09")
    assert faults([*BODIES[:9], early]) == [Fault("project/1#4(第 9 条)", "时间早于上一条")]


def test_the_tree_is_told_at_every_size_asked_for_and_at_the_end():
    checked = segment.check(0, list(Lines.stretches(BODIES)), [3, 8], Shapes(), {})
    leaves = [entry.leaf_hash(body) for body in BODIES]
    assert {size: tree.root() for size, tree in checked.ends.items()} == {
        size: root_of(leaves[:size]) for size in (3, 8, ENTRIES)
    }
    assert checked.ends[ENTRIES] == Frontier().extend(leaves)

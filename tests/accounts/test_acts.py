"""The registry of acts: each is known to the policy and declared once."""

from dataclasses import replace

import pytest

from accounts import acts


def test_an_act_is_registered_once():
    known = acts.ACTS["project.archive"]
    acts.register(known)
    with pytest.raises(ValueError, match="twice"):
        acts.register(replace(known))
    assert acts.ACTS["project.archive"] is known


def test_an_act_that_the_policy_does_not_know_is_refused():
    with pytest.raises(ValueError, match="not in the policy"):
        acts.register(acts.Act("project.dance", "跳舞", print))

"""The act of rating after a project (一标一评)."""

from accounts.acts import Act
from evaluation import serializers as fields
from evaluation.selectors import rating as reading
from evaluation.services import rating

ACTS = (
    Act(
        "project.rate_expert",
        "评价专家(一标一评)",
        rating.rate_expert,
        fields.Rating,
        blockers=reading.rate_expert,
        offered=reading.offered,
        warning="每方对每位专家评价一次,写入专家的流水;评价不影响任何人被抽中的机会。",
    ),
)

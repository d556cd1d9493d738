"""The act that decides on what ratings propose."""

from rest_framework import serializers

from accounts.acts import Act
from experts.acts import Form, document
from experts.selectors import ratings as reading
from experts.services import ratings


class DecideMeasureForm(Form):
    measure = serializers.CharField(label="处理建议", max_length=48)
    adopt = serializers.BooleanField(label="采纳", default=False)
    decision = document("决定书或者约谈记录")
    until = serializers.DateField(
        label="暂停至", required=False, allow_null=True, help_text="采纳暂停建议的填写,含当日"
    )


ACTS = (
    Act(
        "expert.decide_measure",
        "决定处理建议",
        ratings.decide,
        DecideMeasureForm,
        reading.deciding,
        warning="评价和累计扣分本身不影响抽取;采纳暂停、出库的,按专家库的办理程序即时生效",
    ),
)

"""When an expert is taken: two evaluations of one person never overlap."""

from django.db import models


class Engagement(models.Model):
    """One day's part of the time for which an accepted or signed-in seat takes its expert.

    Rows stand while the seat does. `tag` is a keyed hash of expert and day, `holder` his code under
    a key outside the database, since nobody may read from a table who was drawn. Of one tag no two
    rows overlap: an exclusion constraint on PostgreSQL, a trigger on SQLite (audit_log.guards). A
    row ends before its `ends_at`, so an evaluation may begin when another is over.
    """

    seat = models.ForeignKey("experts.Seat", on_delete=models.PROTECT, related_name="engagements")
    tag = models.CharField("标记", max_length=64)
    holder = models.BinaryField("加密的专家编号")
    starts_at = models.DateTimeField("起")
    ends_at = models.DateTimeField("止", db_index=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(starts_at__lt=models.F("ends_at")), name="engagement_has_length"
            ),
        ]
        indexes = [models.Index(fields=["tag", "starts_at"], name="engagement_by_tag")]

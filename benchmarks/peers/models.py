"""One model per way of keeping an audit trail; the columns are those of `experts.Expert`."""

import reversion
from auditlog.registry import auditlog
from django.conf import settings
from django.db import models
from simple_history.models import HistoricalRecords


class Row(models.Model):
    code = models.CharField(max_length=20, primary_key=True)
    employer = models.CharField(max_length=18, db_index=True)
    region = models.CharField(max_length=6)
    title = models.CharField(max_length=20)
    years = models.PositiveSmallIntegerField()
    term_from = models.DateField(null=True)
    term_to = models.DateField(null=True)
    state = models.CharField(max_length=50, default="active")

    class Meta:
        abstract = True


class Plain(Row):
    """Nothing is kept."""


class Auditlogged(Row):
    """django-auditlog."""


class Historied(Row):
    """django-simple-history."""

    history = HistoricalRecords()


@reversion.register()
class Reversioned(Row):
    """django-reversion."""


auditlog.register(Auditlogged)

if settings.POSTGRESQL:
    import pghistory

    @pghistory.track(append_only=True)
    class Pghistoried(Row):
        """django-pghistory, append only, without context."""

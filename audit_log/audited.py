"""What a business row carries so that its every change stands in the trail.

The head of a stream (position and hash of its last entry) is kept on the business row, which a
transition locks anyway; writing is then one INSERT and one UPDATE, and a database trigger refuses a
row whose head does not exist in the trail (audit_log.guards).
"""

from collections.abc import Collection, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, ClassVar, Self

from django.db import connection, models

from audit_log.domain.entry import Ref


class Headed(models.Model):
    """Columns that name one entry: position in its stream and leaf hash (32 bytes)."""

    audit_n = models.BigIntegerField("流水序号", editable=False)
    audit_hash = models.BinaryField("流水哈希", max_length=32, editable=False)

    class Meta:
        abstract = True

    @property
    def stream(self) -> str:
        """The stream whose entry is named, `<kind>/<id>`."""
        raise AttributeError(f"{type(self).__name__} names no stream")


class Audited(Headed):
    """The row that owns a stream; its primary key is the stream's id."""

    STREAM_KIND: ClassVar[str]

    audit_at = models.DateTimeField("流水时间", editable=False)

    class Meta:
        abstract = True

    _recorded: Mapping[str, Any] = MappingProxyType({})
    """The row's attributes as they were last written; empty for a row not yet written."""
    _told_state: str | None = None
    """The state that the row's last entry tells."""
    _evidence: tuple[Ref, ...] = ()

    @property
    def stream(self) -> str:
        return f"{self.STREAM_KIND}/{self.pk}"

    def because(self, evidence: tuple[Ref, ...]) -> None:
        """Keep the facts of other streams that decided a transition, for its entry's `refs`."""
        self._evidence = evidence

    @classmethod
    def locked(cls, key: str) -> Self | None:
        """Lock the row of that primary key and read it afresh; None where there is none."""
        sql = _locking(cls, connection.features.has_select_for_update)
        return next(iter(cls._default_manager.raw(sql, [key])), None)

    @classmethod
    def from_db(
        cls, db: str | None, field_names: Collection[str], values: Collection[Any], **more: Any
    ) -> Self:
        row = super().from_db(db, field_names, values, **more)
        row.settle()
        return row

    def settle(self) -> None:
        """Take the row as it stands now for what is written and told of it."""
        self._recorded = {name: value for name, value in self.__dict__.items() if name[0] != "_"}
        self._told_state = self.__dict__.get("state")

    def changed(self) -> "list[models.Field[Any, Any]]":
        """The columns whose values differ from what was recorded; mutable values always count."""
        before = self._recorded
        return [
            column
            for column in self._meta.concrete_fields
            if (value := self.__dict__[column.attname]) != before.get(column.attname)
            or isinstance(value, dict | list)
        ]


@cache
def _locking(model: type[Audited], lockable: bool) -> str:
    """The text of `locked`, made once: the ORM takes longer to make it than it takes to run."""
    columns = ", ".join(f'"{column.column}"' for column in model._meta.concrete_fields)
    table, key = model._meta.db_table, model._meta.pk.column
    lock = " FOR UPDATE" if lockable else ""
    return f'SELECT {columns} FROM "{table}" WHERE "{key}" = %s{lock}'  # noqa: S608


class AuditedPart(Headed):
    """A row whose changes its owner's stream tells (a seat, an objection)."""

    class Meta:
        abstract = True

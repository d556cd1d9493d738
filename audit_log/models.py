"""The tables of the trail. Nothing here is ever updated or deleted; triggers hold that.

No foreign keys: nothing may cascade into the trail, and an entry outlives every business row.
"""

from django.db import models

from audit_log.audited import Audited


class Entry(models.Model):
    """One entry: `body` is what is hashed; the other columns only find it again."""

    stream = models.CharField(max_length=80)
    n = models.BigIntegerField()
    type = models.CharField(max_length=64, db_index=True)
    at = models.DateTimeField(db_index=True)
    hash = models.BinaryField(max_length=32, unique=True)
    body = models.BinaryField(max_length=65_535)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stream", "n"], name="entry_place")]


class Pending(models.Model):
    """An entry that no checkpoint covers yet; a trigger fills it, only the sealer empties it."""

    entry_id = models.BigIntegerField(primary_key=True)


class Leaf(models.Model):
    """The place of an entry in the Merkle log."""

    index = models.BigIntegerField(primary_key=True)
    entry_id = models.BigIntegerField(unique=True)
    hash = models.BinaryField(max_length=32)


class Node(models.Model):
    """A finished inner node of the log at every fourth level, so that a proof needs few reads."""

    level = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "index"], name="node_place")]


class Checkpoint(models.Model):
    """A sealed tree: its size, its compact range and the note signed by the log."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField(max_length=32)
    frontier = models.BinaryField()
    note = models.TextField()
    sealed_at = models.DateTimeField()


class Cosignature(models.Model):
    """A witness's line under a checkpoint."""

    size = models.BigIntegerField(db_index=True)
    line = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["size", "line"], name="cosignature_once")]


class TimeStamp(models.Model):
    """A time-stamping authority's answer (RFC 3161, DER) over a checkpoint's note."""

    size = models.BigIntegerField(db_index=True)
    token = models.BinaryField()


class Attachment(models.Model):
    """Content named by an entry through its SHA-256 (lower-case hex)."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    body = models.BinaryField()


class Envelope(models.Model):
    """Ciphertext behind a commitment (formats.md section 3); its key is a file in KEY_DIR."""

    commitment = models.CharField(max_length=64, primary_key=True)
    stream = models.CharField(max_length=80)
    kind = models.CharField(max_length=64)
    author = models.CharField(max_length=130)
    n = models.BigIntegerField()
    blob = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["stream", "kind"], name="envelope_of")]


class SystemStream(Audited):
    """The row that owns a `system/…` stream: the clock, the log itself, the installation."""

    STREAM_KIND = "system"

    name = models.CharField(max_length=64, primary_key=True)

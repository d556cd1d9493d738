"""Users, organisations, the vault of persons, one-time links, the outbox.

Names, numbers and phones live in the vault alone, encrypted under a data key of each person;
everywhere else a person is a code.
"""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from accounts.domain import policy
from accounts.domain.roles import ROLES
from audit_log.audited import Audited
from audit_log.domain.entry import Actor


class Organisation(models.Model):
    """A body that takes part: named by its 统一社会信用代码."""

    code = models.CharField("统一社会信用代码", max_length=18, primary_key=True)
    name = models.CharField("名称", max_length=200)
    region = models.CharField("行政区划代码", max_length=6)
    trades = models.JSONField("监管行业", default=list, blank=True)
    group_head = models.CharField("集团母公司代码", max_length=18, blank=True)

    def __str__(self) -> str:
        return self.name


class BodyRelation(models.Model):
    """`parent` holds `child` (集团母公司, or one between) from a day to a day, both included."""

    child = models.CharField("单位代码", max_length=18)
    parent = models.CharField("上级单位代码", max_length=18)
    valid_from = models.DateField("起始日")
    valid_to = models.DateField("终止日", null=True)
    evidence = models.CharField("凭证摘要", max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["child", "parent", "valid_from"], name="body_relation_once"
            )
        ]


class UserManager(BaseUserManager["User"]):
    """Looks users up by their login name; users are made by accounts.services.people alone."""


class User(AbstractBaseUser, Audited):
    """An account with exactly one role in one organisation; experts have none of these."""

    STREAM_KIND = "account"
    USERNAME_FIELD = "code"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    code = models.CharField("账号", max_length=40, primary_key=True)
    title = models.CharField("岗位", max_length=60)
    role = models.CharField("角色", max_length=20, choices=list(ROLES.items()))
    org = models.ForeignKey(Organisation, on_delete=models.PROTECT, verbose_name="单位")
    is_active = models.BooleanField("启用", default=True)

    objects = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=list(ROLES)), name="user_role_known")
        ]

    def __str__(self) -> str:
        return f"{self.org.name} {self.title}"

    @property
    def actor(self) -> Actor:
        return Actor(self.code, self.role, self.org_id)

    def relations(self, actor: Actor) -> frozenset[str]:
        """How the actor stands to this account (accounts.domain.policy)."""
        found = {policy.SELF} if actor.id == self.code else set()
        body = Organisation.objects.filter(pk=actor.org).first() if actor.org else None
        if body is not None and policy.covers(body.region, self.org.region):
            found.add(policy.DISTRICT)
        return frozenset(found)

    @property
    def is_staff(self) -> bool:
        return False


class Person(models.Model):
    """The vault: personal data of one person, AES-256-GCM under his own data key."""

    code = models.CharField(max_length=40, primary_key=True)
    blob = models.BinaryField()
    identity_tag = models.BinaryField("证件号码的密钥散列", max_length=32, unique=True)

    @property
    def erased(self) -> bool:
        """Whether the person was forgotten: the row stays, nothing is in it."""
        return not self.blob


class PersonKey(models.Model):
    """A person's data key, wrapped by the vault's key; deleting the row forgets the person.

    `kek` is the number of the key-encryption key that wraps it.
    """

    person = models.OneToOneField(Person, on_delete=models.PROTECT, primary_key=True)
    kek = models.PositiveIntegerField()
    wrapped = models.BinaryField()


class SealedReport(Audited):
    """An interference report: only that there is one; its envelope opens at the commission."""

    STREAM_KIND = "sealed"

    code = models.CharField("编号", max_length=32, primary_key=True)


class OneTimeLink(models.Model):
    """A link that works once and not for long; only its SHA-256 is stored."""

    token_hash = models.BinaryField(max_length=32, unique=True)
    purpose = models.CharField(max_length=20)
    subject = models.CharField(max_length=130)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class Outgoing(models.Model):
    """The outbox: a message written in the transaction of its cause, sent later.

    It holds a code and a template, never a name, a number or a project's title; the address is
    decrypted only at sending.
    """

    template = models.CharField(max_length=40)
    recipient = models.CharField("收件人代码", max_length=130)
    values: Any = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

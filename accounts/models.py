"""Users, organisations, the vault of persons, one-time links, the outbox.

Names, numbers and phones live in the vault alone, encrypted under a data key of each person;
everywhere else a person is a code.
"""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from accounts.domain import policy
from accounts.domain.messages import DELIVERIES, OUTCOMES, STATUS
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

    It holds a code and a template with its parameters, never a name, a number or a project's title;
    the address is decrypted only at sending. `key` names it to gateways, `channel` is the one whose
    turn it is, `tries` counts the attempts that this channel has had. It is not looked at before
    `due_at`, which also reserves it for who is sending it. `receipt` is the SHA-256 of the newest
    receipt.
    """

    template = models.CharField(max_length=40)
    recipient = models.CharField("收件人代码", max_length=130, db_index=True)
    values: Any = models.JSONField("参数", default=dict)
    key = models.CharField("发送标识", max_length=32, unique=True)
    status = models.CharField(
        "状态", max_length=12, default="waiting", choices=list(STATUS.items())
    )
    channel = models.CharField("通道", max_length=80, blank=True)
    tries = models.PositiveSmallIntegerField("本通道已试次数", default=0)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    receipt = models.CharField("回执摘要", max_length=64, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=list(STATUS)), name="outgoing_status_known"
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=models.Q(status="waiting"), name="outgoing_waiting"
            )
        ]


class Sending(models.Model):
    """One attempt to hand a message over, written before it is made.

    An attempt without outcome is under way, or its process was killed; the next one says `lost` of
    it. `delivery` is what the gateway's receipt says afterwards, `told_at` when the stream of the
    cause told of that; `pressed` is the key he pressed in a call.
    """

    message = models.ForeignKey(Outgoing, on_delete=models.PROTECT, related_name="sendings")
    number = models.PositiveSmallIntegerField("第几次")
    channel = models.CharField("通道", max_length=80)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, blank=True, choices=list(OUTCOMES.items()))
    delivery = models.CharField(max_length=12, blank=True, choices=list(DELIVERIES.items()))
    pressed = models.CharField("按键", max_length=1, blank=True)
    receipt = models.CharField("回执摘要", max_length=64, blank=True)
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "number"], name="sending_once"),
        ]


class Guess(models.Model):
    """One attempt at something secret: `place` is a keyed hash of what was tried and from where."""

    place = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["place", "at"], name="guess_place")]

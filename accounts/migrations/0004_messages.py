import secrets

import django.db.models.deletion
from django.db import migrations, models

STATUS = [
    ("waiting", "待发送"),
    ("handed", "已交通道"),
    ("delivered", "已送达"),
    ("undelivered", "未能送达"),
    ("called", "已交人工呼叫"),
    ("dropped", "不再发送"),
]


def take_over(apps, schema_editor):
    """What was in the outbox: sent messages keep their receipt, the others wait."""
    Outgoing = apps.get_model("accounts", "Outgoing")
    for row in Outgoing.objects.all():
        row.key = secrets.token_hex(16)
        row.due_at = row.created_at
        row.receipt = row.values.pop("receipt", "")
        if row.sent_at:
            row.status = "handed" if row.receipt else "dropped"
        row.save()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_sealed_report"),
    ]

    operations = [
        migrations.AddField(
            "outgoing", "key", models.CharField(default="", max_length=32, verbose_name="发送标识")
        ),
        migrations.AddField(
            "outgoing",
            "status",
            models.CharField(choices=STATUS, default="waiting", max_length=12, verbose_name="状态"),
        ),
        migrations.AddField(
            "outgoing", "channel", models.CharField(blank=True, max_length=80, verbose_name="通道")
        ),
        migrations.AddField(
            "outgoing",
            "tries",
            models.PositiveSmallIntegerField(default=0, verbose_name="本通道已试次数"),
        ),
        migrations.AddField("outgoing", "due_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "outgoing",
            "receipt",
            models.CharField(blank=True, max_length=64, verbose_name="回执摘要"),
        ),
        migrations.RunPython(take_over, migrations.RunPython.noop),
        migrations.AlterField(
            "outgoing", "key", models.CharField(max_length=32, unique=True, verbose_name="发送标识")
        ),
        migrations.AlterField("outgoing", "due_at", models.DateTimeField()),
        migrations.AlterField(
            "outgoing",
            "recipient",
            models.CharField(db_index=True, max_length=130, verbose_name="收件人代码"),
        ),
        migrations.AlterField(
            "outgoing", "values", models.JSONField(default=dict, verbose_name="参数")
        ),
        migrations.AddConstraint(
            "outgoing",
            models.CheckConstraint(
                condition=models.Q(("status__in", [name for name, _ in STATUS])),
                name="outgoing_status_known",
            ),
        ),
        migrations.AddIndex(
            "outgoing",
            models.Index(
                condition=models.Q(("status", "waiting")),
                fields=["due_at"],
                name="outgoing_waiting",
            ),
        ),
        migrations.CreateModel(
            name="Guess",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("place", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["place", "at"], name="guess_place")],
            },
        ),
        migrations.CreateModel(
            name="Sending",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="第几次")),
                ("channel", models.CharField(max_length=80, verbose_name="通道")),
                ("began_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("handed", "已交通道"),
                            ("refused", "通道拒收"),
                            ("unreachable", "通道不通"),
                            ("lost", "结果不明"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "delivery",
                    models.CharField(
                        blank=True,
                        choices=[("delivered", "已送达"), ("undelivered", "未能送达")],
                        max_length=12,
                    ),
                ),
                ("pressed", models.CharField(blank=True, max_length=1, verbose_name="按键")),
                ("receipt", models.CharField(blank=True, max_length=64, verbose_name="回执摘要")),
                ("told_at", models.DateTimeField(null=True)),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sendings",
                        to="accounts.outgoing",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("message", "number"), name="sending_once")
                ],
            },
        ),
    ]

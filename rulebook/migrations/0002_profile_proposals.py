import django_fsm
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rulebook", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="ruleprofile",
            name="draft",
            field=models.CharField(blank=True, max_length=64, verbose_name="待审批内容摘要"),
        ),
        migrations.AddField(
            model_name="ruleprofile",
            name="drafted_by",
            field=models.CharField(blank=True, max_length=40, verbose_name="提出人"),
        ),
        migrations.AddField(
            model_name="ruleprofile",
            name="state",
            field=django_fsm.FSMField(
                choices=[("published", "已发布"), ("proposed", "待审批")],
                default="published",
                max_length=50,
                protected=True,
                verbose_name="状态",
            ),
        ),
        migrations.AddConstraint(
            model_name="ruleprofile",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["published", "proposed"])),
                name="profile_state_known",
            ),
        ),
    ]

"""The example on the boards: published firms, parks, plans and scenarios, and generated projects, needs and demand."""

import random
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from django.db import transaction

from liqi.accounts.models import Person
from liqi.observatory import boards, needs, projects, scenarios, targets
from liqi.observatory.models import (
    DemandLine,
    Firm,
    Judgement,
    Need,
    NeedWish,
    Park,
    Project,
    Scenario,
    Target,
    Trial,
)

DATA = Path(__file__).with_name("data")
FILES = (
    ("firms", "firms.csv"),
    ("parks", "parks.csv"),
    ("park-entries", "park_entries.csv"),
    ("targets", "targets.csv"),
    ("scenarios", "scenarios.csv"),
    ("demand", "demand.csv"),
)
FIELDS = ("海洋仪器", "分析仪器", "智能仪器仪表", "医疗器械", "量子测量", "电子测量")
THINGS = ("质谱仪", "色谱仪", "电镜探测器", "单光子探测器", "真空泵", "温盐深仪", "测序仪", "力传感器")
PARTS = (
    ("真空计", 5200, False),
    ("束流位置探测器", 3100, True),
    ("磁铁电源", 9400, True),
    ("插入件测量台", 240, True),
    ("像素探测器", 620, True),
    ("单色器晶体", 1280, True),
    ("温度传感器", 11800, False),
    ("控制器机箱", 8360, True),
    ("离子泵", 4900, None),
    ("准直仪器", 5100, True),
)
"""What a light source of 50,000 pieces might need: item, pieces, made to order (None: not said)."""
PROGRAMME = "光源（合成数据）"


def load(*, now: datetime) -> int:
    """The example stands on the boards; answers how many records were made, 0 where firms are there already."""
    person = Person.objects.filter(is_operator=True).order_by("pk").first()
    if Firm.objects.exists() or person is None:
        return 0
    with transaction.atomic():
        made = 0
        for name, file in FILES:
            taken = boards.take_in(boards.board(name), (DATA / file).read_bytes(), file, person=person, now=now)
            made += taken.created
        return made + _told(person, now) + _projects(person, now) + _needs(person, now) + _demand(person, now)


def _told(person: Person, now: datetime) -> int:
    """What was published as reached, and the scenarios whose three parties are known."""
    for name, plan, on, amount in (
        ("院所", "两江协同创新区十四五目标", date(2021, 1, 1), Decimal(35)),
        ("示范线建成", "两江示范线", date(2021, 1, 1), Decimal(4)),
    ):
        target = Target.objects.get(name=name, plan=plan)
        targets.record(target, on=on, amount=amount, person=person, now=now, source=target.source)
    scenes = list(Scenario.objects.exclude(operator="").order_by("pk"))
    for scene in scenes:
        scenarios.publish(scene, person=person, now=now)
    whole = scenes[0]
    trial = Trial.objects.create(
        title="小型质谱现场快检（合成）", firm=Firm.objects.filter(name=whole.operator).first(), scenario=whole,
        user="某海关实验室（合成）", value_cny=Decimal(600_000), premium_cny=Decimal(15_000), kept_by=person,
        created_at=now, updated_at=now, synthetic=True,
    )  # fmt: skip
    begun = now.date() - timedelta(days=120)
    for days, kind, passed, words in (
        (0, "trial", False, "湿度大时信号不稳。"),
        (14, "log", None, "进样口受潮。"),
        (45, "fix", None, "加热进样口。"),
        (60, "again", True, "连续四周稳定。"),
    ):
        on = begun + timedelta(days=days)
        scenarios.step(trial, kind=kind, on=on, person=person, now=now, passed=passed, words=words)
    return 1


def _projects(person: Person, now: datetime) -> int:
    chance, park = random.Random(20260701), Park.objects.order_by("pk").first()
    made = []
    for number in range(24):
        begun = now.date() - timedelta(days=chance.randint(300, 1800))
        one = Project.objects.create(
            name=f"{chance.choice(THINGS)}项目 {number + 1:02d}（合成）", park=park if number % 3 else None,
            fields=chance.choice(FIELDS), level=chance.choice((2, 3, 4, 4, 5)), begun_on=begun,
            cost_cny=Decimal(chance.randint(10, 90)) * 100_000, kept_by=person, created_at=now, updated_at=now,
            synthetic=True,
        )  # fmt: skip
        _walk(one, begun, person, now, chance)
        made.append(one)
    for one in made[:12]:
        for judge in ("评委甲", "评委乙", "评委丙"):
            interest = chance.random() < 0.1
            score = None if interest else Decimal(chance.randint(45, 95))
            Judgement.objects.create(project=one, judge=judge, score=score, interest=interest)
    made[0].excludes.add(made[1])
    made[2].excludes.add(made[3])
    made[5].derived_from = made[4]
    made[5].save(update_fields=["derived_from"])
    return len(made)


def _walk(one: Project, begun: date, person: Person, now: datetime, chance: random.Random) -> None:
    states, on = list(Project.State.values), begun
    for _step in range(chance.randint(0, 6)):
        on += timedelta(days=chance.randint(40, 300))
        if on > now.date():
            return
        out = chance.random() < 0.08
        level = min(9, one.level + chance.choice((0, 1, 1, 2)))
        state = states[min(len(states) - 1, states.index(one.state) + chance.choice((0, 1, 1, 2)))]
        exit_ = chance.choice(Project.Exit.values) if out else ""
        sold = level == 9 and not out and chance.random() < 0.5
        projects.move(one, level=level, state=state, on=on, person=person, now=now, exit=exit_, sold=sold)
        if out:
            return


def _needs(person: Person, now: datetime) -> int:
    """Five needs and three makers, wished as in the worked case of the residents' match."""
    names = {"M": "瑞士万通", "C": "国仪量子（合肥）技术有限公司", "G": "杭州谱育科技发展有限公司"}
    found = {key: Firm.objects.filter(name=name).first() for key, name in names.items()}
    makers = {key: firm or Firm.objects.order_by("pk")[n] for n, (key, firm) in enumerate(found.items())}
    for firm in makers.values():
        firm.places = 2
        firm.save(update_fields=["places"])
    askers = {"A": "C", "S": "CM", "D": "CMG", "L": "MCG", "J": "CGM"}
    hosts = {"M": "DLSJ", "C": "DASLJ", "G": "DAJL"}
    titles = {"A": "低温共聚焦探头", "S": "原位电化学池", "D": "单颗粒质谱接口", "L": "微流控进样", "J": "磁光成像"}
    for number, (key, wished) in enumerate(askers.items()):
        need = Need.objects.create(
            title=f"{titles[key]}（合成）", kind="prototype" if number % 2 else "idea", who=f"课题组 {key}（合成）",
            kept_by=person, created_at=now, updated_at=now, synthetic=True,
        )  # fmt: skip
        for host, wishes in hosts.items():
            own = wished.index(host) + 1 if host in wished else None
            theirs = wishes.index(key) + 1 if key in wishes else None
            if own or theirs:
                NeedWish.objects.create(need=need, firm=makers[host], rank_by_need=own, rank_by_firm=theirs)
    assert needs.pair()
    return len(askers)


def _demand(person: Person, now: datetime) -> int:
    """Lines of a light source that make 50,000 pieces, most of them to order."""
    chance, lines = random.Random(7), []
    makers = list(Firm.objects.filter(country="CN").order_by("pk")[:6])
    for part, (item, pieces, custom) in enumerate(PARTS, 1):
        left, number = pieces, 0
        while left:
            number += 1
            quantity = left if number == 20 else min(left, max(1, chance.randint(pieces // 40, pieces // 12)))
            left -= quantity
            lines.append(
                DemandLine(
                    programme=PROGRAMME, code=f"{part:02d}-{number:03d}", item=item, quantity=quantity, custom=custom,
                    due_on=now.date() + timedelta(days=chance.randint(-60, 900)),
                    firm=chance.choice(makers) if makers and chance.random() < 0.6 else None, kept_by=person,
                    created_at=now, updated_at=now, synthetic=True,
                )
            )  # fmt: skip
    DemandLine.objects.bulk_create(lines)
    return len(lines)

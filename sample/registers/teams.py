"""Resident work teams (驻村工作队) and their training (驻村培训)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from sample import made_up
from sample.apportion import settle
from sample.dates import Scene, add_months
from sample.places import Place, Places
from sample.plan import CountyPlan

_VILLAGE_TYPES = ("脱贫村", "脱贫村", "脱贫村", "乡村振兴任务重的村", "易地搬迁安置村", "党组织软弱涣散村")
_LEVELS = ("省级", "市级", "市级", "县级", "县级", "县级", "县级", "镇级")
_SENDERS = (
    "农业农村系统样例单位",
    "教育系统样例单位",
    "水利系统样例单位",
    "交通系统样例单位",
    "国有企业样例单位",
)
_COURSES = (
    "驻村第一书记和工作队员轮训班",
    "防返贫监测帮扶业务培训班",
    "衔接资金和项目管理培训班",
    "乡村建设专题培训班",
)


@dataclass(slots=True)
class Worker:
    """A seat in a team. Until ``started_on`` a predecessor holds it, with a number and name of his own."""

    serial: int
    place: Place
    village_type: str
    team_no: str
    role: str
    sender: str
    level: str
    started_on: date
    days: int


@dataclass(slots=True)
class Session:
    serial: int
    title: str
    level: str
    started_on: date
    ended_on: date
    person_times: int


def grow(plan: CountyPlan, places: Places, scene: Scene) -> list[Worker]:
    """The planned teams, workers and first secretaries, at most one first secretary to a team."""
    rng = scene.rng(plan.code, "teams")
    if not plan.teams:
        return []
    usual = plan.workers // plan.teams
    sizes = settle(rng, [usual] * plan.teams, plan.workers, low=usual, high=plan.workers)
    places_of_teams = rng.sample(places.villages, plan.teams)
    rotated = _rotation(scene)
    workers: list[Worker] = []
    for number, (size, place) in enumerate(zip(sizes, places_of_teams, strict=True), 1):
        level, sender, kind = rng.choice(_LEVELS), rng.choice(_SENDERS), rng.choice(_VILLAGE_TYPES)
        for role in _roles(size, number <= plan.first_secretaries, rng):
            late = rng.random() < 0.03
            workers.append(
                Worker(
                    serial=len(workers) + 1,
                    place=place,
                    village_type=kind,
                    team_no=f"{plan.code}D{number:04d}",
                    role=role,
                    sender=sender,
                    level=level,
                    started_on=scene.between(rng, rotated, scene.end.replace(day=1))
                    if late
                    else rotated + timedelta(days=rng.randint(0, 20)),
                    days=rng.randint(20, 26),
                )
            )
    return workers


def as_of(workers: list[Worker], day: date, code: str) -> list[dict]:
    return [_row(worker, day, code) for worker in workers]


def grow_training(plan: CountyPlan, scene: Scene) -> list[Session]:
    """Sessions of the year whose person-times sum to the plan."""
    rng = scene.rng(plan.code, "training")
    if not plan.trained:
        return []
    count = max(1, round(plan.trained / 55))
    usual = [rng.randint(30, 80) for _ in range(count)]
    people = settle(rng, usual, plan.trained, low=1, high=plan.trained)
    sessions = []
    for serial, times in enumerate(people, 1):
        started_on = scene.workday(rng, scene.at(60), scene.end - timedelta(days=4))
        length = rng.randint(1, 4)
        sessions.append(
            Session(
                serial,
                rng.choice(_COURSES),
                _session_level(rng),
                started_on,
                started_on + timedelta(length),
                times,
            )
        )
    return sorted(sessions, key=lambda session: (session.started_on, session.serial))


def training_as_of(sessions: list[Session], day: date, code: str) -> list[dict]:
    return [
        {
            "session_no": f"{code}P{session.started_on.year}{session.serial:03d}",
            "session_title": f"{session.started_on.year}年{session.title}(第{session.serial}期)",
            "level": session.level,
            "started_on": session.started_on,
            "ended_on": session.ended_on,
            "person_times": session.person_times,
        }
        for session in sessions
        if session.ended_on <= day
    ]


def _session_level(rng: Random) -> str:
    return rng.choices(("省级", "市级", "县级"), (1, 3, 8))[0]


def _rotation(scene: Scene) -> date:
    """Teams are sent for two years, in May: the last May 10 at least two months before the end."""
    may = date(scene.end.year, 5, 10)
    return may if scene.end >= date(scene.end.year, 6, 1) else may.replace(year=may.year - 1)


def _roles(size: int, secretary: bool, rng: Random) -> list[str]:
    if not secretary:
        return ["队长", *["队员"] * (size - 1)]
    if size < 2 or rng.random() < 0.8:
        return ["第一书记(兼队长)", *["队员"] * (size - 1)]
    return ["第一书记", "队长", *["队员"] * (size - 2)]


def _row(worker: Worker, day: date, code: str) -> dict:
    in_office = worker.started_on <= day
    started_on = worker.started_on if in_office else add_months(worker.started_on, -24)
    # A predecessor's number differs: another person holds the seat.
    number = worker.serial if in_office else worker.serial + 50_000
    return {
        "township": worker.place.township,
        "village": worker.place.village,
        "village_type": worker.village_type,
        "team_no": worker.team_no,
        "worker_no": f"{code}R{number:05d}",
        "worker_name": made_up.person("样例队员", number),
        "worker_phone": made_up.phone(number + 3000),
        "role": worker.role,
        "sender": worker.sender,
        "sender_level": worker.level,
        "started_on": started_on,
        "ends_on": add_months(started_on, 24),
        "days_present": worker.days,
    }

from __future__ import annotations

import textwrap

import pytest

from tests.readers.sockets import map_of

APP = """
    from celery import Celery
    app = Celery("shop", broker="redis://x")
"""


def queues(**files: str) -> set[tuple[str, str]]:
    """The queues of one service: direction and name, or "?" and the variable where that isn't known."""
    texts = {"job/Dockerfile": "", **{f"job/{name}.py": textwrap.dedent(text) for name, text in files.items()}}
    links = map_of(texts).links
    assert {link.endpoint.kind for link in links} <= {"queue"}
    return {(link.direction, link.endpoint.name or f"?{link.endpoint.variable}") for link in links}


TASKS = """
    from celery import shared_task

    @shared_task
    def charge(order): ...

    @shared_task(bind=True, name="shop.mail", max_retries=3)
    def mail(self, order): ...
    """
SENDS = """
    from tasks import charge, mail

    def checkout(order):
        charge.delay(order)
        mail.apply_async(args=(order,), countdown=60)
    """


def test_tasks_without_a_queue_wait_in_the_one_that_celery_has_by_default() -> None:
    assert queues(tasks=TASKS, main=SENDS) == {("consumes", "celery"), ("produces", "celery")}


def test_the_default_queue_is_likely_until_a_setting_names_it() -> None:
    texts = {"job/Dockerfile": "", "job/tasks.py": textwrap.dedent(TASKS), "job/main.py": textwrap.dedent(SENDS)}
    assert {link.certainty for link in map_of(texts).links} == {"likely"}

    texts["job/settings.py"] = "CELERY_TASK_DEFAULT_QUEUE = 'work'\n"
    assert {(link.endpoint.name, link.certainty) for link in map_of(texts).links} == {("work", "certain")}


SETTINGS = {
    "an attribute": """
        from celery import Celery
        app = Celery("shop")
        app.conf.task_default_queue = "rest"
        app.conf.task_routes = {"tasks.charge": {"queue": "money"}, "other.*": {"queue": "others"}}
        """,
    "an update": """
        from celery import Celery
        QUEUE = "money"
        app = Celery("shop")
        app.conf.update(task_default_queue="rest", task_routes={"*.charge": {"queue": QUEUE, "exchange": "x"}})
        """,
    "Django": """
        CELERY_TASK_DEFAULT_QUEUE = "rest"
        CELERY_TASK_ROUTES = {"tasks.ch*": {"queue": "money"}}
        """,
    "a class": """
        class Config:
            task_default_queue = "rest"
            task_routes = {"tasks.charge": {"queue": "money"}}
        """,
}


@pytest.mark.parametrize("where", SETTINGS)
def test_routes_and_the_default_are_found_wherever_they_are_set(where: str) -> None:
    found = queues(tasks=TASKS, main=SENDS, settings=SETTINGS[where])

    assert found == {("consumes", "money"), ("consumes", "rest"), ("produces", "money"), ("produces", "rest")}


def test_a_decorator_names_a_queue_and_so_does_a_call() -> None:
    tasks = """
        from program import app

        @app.task(queue="scoring")
        def score(order): ...

        @app.task
        def report(day): ...
        """
    main = """
        import tasks

        class Service:
            def run(self, day):
                tasks.score.delay(1)
                tasks.report.apply_async((day,), queue="slow")
        """
    assert queues(program=APP, tasks=tasks, main=main) == {
        ("consumes", "scoring"),
        ("produces", "scoring"),
        ("consumes", "slow"),
        ("produces", "slow"),
    }


def test_a_task_that_is_sent_by_name_is_found() -> None:
    main = """
        from program import app
        app.send_task("shop.mail", args=[1])
        app.send_task("elsewhere.task", args=[1], queue="elsewhere")
        """
    tasks = """
        from program import app

        @app.task(name="shop.mail", queue="mails")
        def mail(order): ...
        """
    found = queues(program=APP, tasks=tasks, main=main)

    assert found == {("consumes", "mails"), ("produces", "mails"), ("produces", "elsewhere")}


def test_a_task_that_nobody_is_seen_to_send_to_waits_nowhere_known_where_queues_are_named() -> None:
    tasks = """
        from program import app

        @app.task(queue="scoring")
        def score(order): ...

        @app.task
        def nightly(): ...
        """
    assert queues(program=APP, tasks=tasks) == {("consumes", "scoring")}


def test_a_name_that_is_not_known_follows_no_route() -> None:
    main = """
        import os
        from celery import Celery
        app = Celery("shop")
        app.conf.task_routes = {os.environ["FIRST"]: {"queue": "first"}, "second": {"queue": "second"}}
        app.send_task(os.environ["FIRST"], args=[1])
        """
    assert queues(main=main) == set()


def test_only_who_has_the_task_waits_for_it() -> None:
    texts = {
        "shared/tasks.py": "from celery import shared_task\n@shared_task\ndef charge(order): ...\n",
        "web/Dockerfile": "",
        "web/main.py": "from shared.tasks import charge\ndef checkout(order):\n    charge.delay(order)\n",
        "worker/Dockerfile": "",
        "worker/main.py": "import shared.tasks\n",
    }
    links = {(link.job, link.direction, link.endpoint.name) for link in map_of(texts).links}

    assert links == {("shared", "consumes", "celery"), ("web", "produces", "celery")}


def test_what_only_sounds_like_celery_is_no_edge() -> None:
    code = """
        from multiprocessing import Pool
        from airflow.decorators import task
        import celery

        @task
        def extract(): ...

        Pool(2).apply_async(extract, (1,))
        timer.delay(3)
        extract.delay(1)
        """
    assert queues(main=code) == set()

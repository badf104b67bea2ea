"""Where code says the names of its topics: constants, formats, settings classes, options, configuration files, frameworks."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.domain.pipeline import Link, PipelineMap
from copilot.readers.config_files import read_config, value_at
from tests.readers.sockets import map_of
from tests.readers.test_effects import edges

CONSUMER = "from confluent_kafka import Consumer\nconsumer = Consumer({})\n"


def topics(found: PipelineMap) -> set[str]:
    return {str(link.endpoint) for link in found.links}


def links(texts: Mapping[str, str]) -> tuple[Link, ...]:
    return map_of({"job/Dockerfile": "FROM scratch\n", **texts}).links


def consumed(code: str, expression: str, more: Mapping[str, str] | None = None) -> set[str]:
    """Returns the topics of a job whose module has this code and subscribes to the expression."""
    main = f"{CONSUMER}{code}\nconsumer.subscribe([{expression}])\n"
    return {str(link.endpoint) for link in links({"job/app/main.py": main, **(more or {})})}


@pytest.mark.parametrize(
    ("code", "expression", "topic"),
    [
        ("", "'orders-{}.v{}'.format('eu', 'x')", "orders-eu.vx"),
        ("", "'orders-{region}'.format(region='eu')", "orders-eu"),
        ("", "'orders-%s' % 'eu'", "orders-eu"),
        ("", "'%s-%s' % ('orders', 'eu')", "orders-eu"),
        ("", "'%(a)s-eu' % {'a': 'orders'}", "orders-eu"),
        ("", "'.'.join(['orders', 'eu'])", "orders.eu"),
        ("", "'orders' + '-' + 'eu'", "orders-eu"),
        ("", "'ORDERS'.lower()", "orders"),
        ("", "'orders_eu'.replace('_', '-')", "orders-eu"),
        ("R = 'eu'\n", "f'orders-{R}'", "orders-eu"),
        ("LAYOUT = 'orders-{}'\n", "LAYOUT.format('eu')", "orders-eu"),
        ("T = {'in': 'orders'}\n", "T['in']", "orders"),
        ("A = {'in': 'a'}\nT = {**A, 'in': 'orders'}\n", "T['in']", "orders"),
        ("A = {'in': 'orders'}\nT = {**A, 'out': 'b'}\n", "T['in']", "orders"),
        ("A = {'in': 'orders'}\nT = A | {'out': 'b'}\n", "T['in']", "orders"),
        ("T = {'kafka': {'in': 'orders'}}\n", "T['kafka']['in']", "orders"),
        ("class Topics:\n    IN = 'orders'\n", "Topics.IN", "orders"),
        ("import enum\nclass Topics(enum.Enum):\n    IN = 'orders'\n", "Topics.IN.value", "orders"),
        ("def topic(): return 'orders'\n", "topic()", "orders"),
        ("import os\n", "os.getenv('T', 'orders')", "orders"),
        ("import os\n", "os.environ.get('T') or 'orders'", "orders"),
        ("from os import environ\n", "environ.get('T', 'orders')", "orders"),
        ("import os\nenv = os.environ\n", "env['T']", "unknown (T)"),
        ("import os\n", "os.getenv('lower_case', 'orders')", "orders"),
        ("from environs import Env\nenv = Env()\n", "env('T', default='orders')", "orders"),
        ("from environs import Env\nenv = Env()\n", "env.str('T', 'orders')", "orders"),
        ("import environ\nenv = environ.Env()\n", "env('T', default='orders')", "orders"),
        ("from decouple import config\n", "config('T', default='orders')", "orders"),
        ("from airflow.models import Variable\n", "Variable.get('topic', default_var='orders')", "orders"),
        ("from airflow.models import Variable\n", "Variable.get('topic')", "unknown (AIRFLOW_VAR_TOPIC)"),
        ("from dotenv import dotenv_values\nconf = dotenv_values('.env')\n", "conf['T']", "unknown (T)"),
    ],
)
def test_texts_are_folded(code: str, expression: str, topic: str) -> None:
    assert consumed(code, expression) == {topic}


@pytest.mark.parametrize(
    "code", ["env.list('T', ['a'])", "config('T', cast=Csv())", "[t.strip() for t in os.environ['T'].split(',')]"]
)
def test_lists_in_one_variable_are_taken_apart(code: str) -> None:
    compose = "services:\n  job:\n    build: job\n    environment: {T: 'orders, refunds'}\n"
    imports = "import os\nfrom decouple import config, Csv\nfrom environs import Env\nenv = Env()\n"
    main = f"{CONSUMER}{imports}consumer.subscribe({code})\n"

    assert {str(link.endpoint) for link in links({"job/app/main.py": main, "compose.yaml": compose})} == {
        "orders",
        "refunds",
    }


SETTINGS = {
    "plain": "import os\nclass Settings:\n    topic = os.getenv('T', 'orders')\nS = Settings()\n",
    "in the constructor": "class Settings:\n    def __init__(self):\n        self.topic = 'orders'\nS = Settings()\n",
    "dataclass": "from dataclasses import dataclass\n@dataclass\nclass Settings:\n    topic: str = 'orders'\nS = Settings()\n",
    "factory": (
        "import os\nfrom dataclasses import dataclass, field\n@dataclass\nclass Settings:\n"
        "    topic: str = field(default_factory=lambda: os.getenv('T', 'orders'))\nS = Settings()\n"
    ),
    "pydantic": (
        "from pydantic_settings import BaseSettings\nclass Settings(BaseSettings):\n    topic: str = 'orders'\nS = Settings()\n"
    ),
    "field": (
        "from pydantic import Field\nfrom pydantic_settings import BaseSettings\nclass Settings(BaseSettings):\n"
        "    topic: str = Field('orders', alias='X')\nS = Settings()\n"
    ),
    "inherited": "class Base:\n    topic = 'orders'\nclass Settings(Base):\n    other = 1\nS = Settings()\n",
    "cached": (
        "from functools import lru_cache\nclass Settings:\n    topic = 'orders'\n@lru_cache\n"
        "def get_settings():\n    return Settings()\nS = get_settings()\n"
    ),
    "nested": (
        "from pydantic import BaseModel\nfrom pydantic_settings import BaseSettings\nclass Kafka(BaseModel):\n"
        "    topic: str = 'orders'\nclass All(BaseSettings):\n    kafka: Kafka = Kafka()\nS = All().kafka\n"
    ),
    "reexported": "from app.deep import S\n",
}


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_settings_of_another_module_are_followed(name: str) -> None:
    more = {"job/app/config.py": SETTINGS[name], "job/app/deep.py": SETTINGS["plain"]}

    assert consumed("from app.config import S\n", "S.topic", more) == {"orders"}


@pytest.mark.parametrize(
    ("fields", "variable"),
    [
        ("    topic: str\n", "TOPIC"),
        ("    model_config = SettingsConfigDict(env_prefix='KAFKA_')\n    topic: str = 'x'\n", "KAFKA_TOPIC"),
        ("    topic: str = 'x'\n    class Config:\n        env_prefix = 'KAFKA_'\n", "KAFKA_TOPIC"),
        ("    topic: str = Field(default='x', env='MY_TOPIC')\n", "MY_TOPIC"),
        ("    topic: str = Field('x', validation_alias=AliasChoices('FIRST', 'MY_TOPIC'))\n", "MY_TOPIC"),
    ],
)
def test_fields_of_pydantic_settings_are_variables(fields: str, variable: str) -> None:
    config = (
        "from pydantic import Field, AliasChoices\nfrom pydantic_settings import BaseSettings, SettingsConfigDict\n"
        f"class Settings(BaseSettings):\n{fields}settings = Settings()\n"
    )
    compose = f"services:\n  job:\n    build: job\n    environment: {{{variable}: orders}}\n"
    more = {"job/app/config.py": config, "compose.yaml": compose}

    assert consumed("from app.config import settings\n", "settings.topic", more) == {"orders"}


def test_a_class_that_is_only_called_settings_is_no_variable() -> None:
    config = (
        "class CommonSettings:\n    pass\nclass Settings(CommonSettings):\n    topic: str = 'orders'\nS = Settings()\n"
    )
    compose = "services:\n  job:\n    build: job\n    environment: {TOPIC: other}\n"
    main = f"{CONSUMER}from app.config import S\nconsumer.subscribe([S.topic])\n"
    (link,) = links({"job/app/main.py": main, "job/app/config.py": config, "compose.yaml": compose})

    assert (link.endpoint.name, link.certainty) == ("orders", "certain")


def test_a_class_derived_from_the_own_settings_has_variables() -> None:
    config = (
        "from pydantic_settings import BaseSettings\nclass Common(BaseSettings):\n    region: str = 'eu'\n"
        "class Mine(Common):\n    topic: str = 'orders'\nS = Mine()\n"
    )
    compose = "services:\n  job:\n    build: job\n    environment: {TOPIC: other}\n"
    more = {"job/app/config.py": config, "compose.yaml": compose}

    assert consumed("from app.config import S\n", "S.topic", more) == {"other"}


def test_nested_models_have_variables_of_their_own() -> None:
    config = (
        "from pydantic import BaseModel\nfrom pydantic_settings import BaseSettings, SettingsConfigDict\n"
        "class Kafka(BaseModel):\n    topic: str\nclass Settings(BaseSettings):\n"
        "    model_config = SettingsConfigDict(env_prefix='APP_', env_nested_delimiter='__')\n    kafka: Kafka\n"
        "settings = Settings()\n"
    )
    compose = "services:\n  job:\n    build: job\n    environment: {APP_KAFKA__TOPIC: orders}\n"
    more = {"job/app/config.py": config, "compose.yaml": compose}

    assert consumed("from app.config import settings\n", "settings.kafka.topic", more) == {"orders"}


def test_configuration_of_flask_is_found_and_production_holds() -> None:
    config = (
        "import os\nclass Config:\n    TOPIC = os.environ.get('T', 'orders')\n"
        "class ProductionConfig(Config):\n    OTHER = 'prod'\n"
    )
    code = "from flask import current_app\n"
    more = {"job/config.py": config + "class TestConfig(Config):\n    OTHER = 'test'\n"}

    assert consumed(code, "current_app.config['TOPIC']", more) == {"orders"}
    assert consumed(code, "current_app.config['OTHER']", more) == {"prod"}


def test_an_object_holds_what_it_was_made_with() -> None:
    config = (
        "from dataclasses import dataclass\nT = 'orders'\n@dataclass\nclass Kafka:\n    brokers: str\n    topic: str = 'other'\n"
        "DEV = Kafka(brokers='x', topic=T)\nPLAIN = Kafka(brokers='x')\n"
    )
    reader = (
        "from confluent_kafka import Consumer\n\nclass Reader:\n    def __init__(self, config):\n        self.config = config\n"
        "    def run(self):\n        consumer = Consumer({})\n        consumer.subscribe([self.config.topic])\n"
    )
    main = "from app.config import DEV\nfrom app.reader import Reader\nReader(DEV).run()\n"
    more = {"job/app/config.py": config, "job/app/reader.py": reader}

    assert consumed("from app.config import DEV\n", "DEV.topic", {"job/app/config.py": config}) == {"orders"}
    assert consumed("from app.config import PLAIN\n", "PLAIN.topic", {"job/app/config.py": config}) == {"other"}
    assert {str(link.endpoint) for link in links({"job/app/main.py": main, **more})} == {"orders"}


def test_settings_of_django_are_found_and_production_holds() -> None:
    more = {
        "job/site/settings/__init__.py": "",
        "job/site/settings/base.py": "import os\nTOPIC = os.environ.get('T', 'orders')\nOTHER = 'base'\n",
        "job/site/settings/production.py": "from .base import *\nOTHER = 'prod'\n",
    }
    code = "from django.conf import settings\n"

    assert consumed(code, "settings.TOPIC", more) == {"orders"}
    assert consumed(code, "settings.OTHER", more) == {"prod"}


CONFIGS = {
    "config.yaml": "kafka:\n  topic: orders\n  password: hunter2\n",
    "config.json": '{"kafka": {"topic": "orders"}}',
    "config.toml": "[kafka]\ntopic = 'orders'\n",
    "config.ini": "[kafka]\ntopic = orders\n",
}


@pytest.mark.parametrize(
    ("code", "expression", "file"),
    [
        ("import yaml\nc = yaml.safe_load(open('config.yaml'))\n", "c['kafka']['topic']", "config.yaml"),
        (
            "import yaml\nwith open('config.yaml') as f:\n    c = yaml.safe_load(f)\n",
            "c['kafka']['topic']",
            "config.yaml",
        ),
        (
            "import yaml\nwith open('config.yaml') as f:\n    c = yaml.load(f.read())\n",
            "c.get('kafka').get('topic')",
            "config.yaml",
        ),
        (
            "import yaml\nfrom pathlib import Path\nP = Path(__file__).parent / 'config.yaml'\nc = yaml.safe_load(P.read_text())\n",
            "c['kafka']['topic']",
            "config.yaml",
        ),
        ("from omegaconf import OmegaConf\nc = OmegaConf.load('config.yaml')\n", "c.kafka.topic", "config.yaml"),
        ("import json\nc = json.load(open('config.json'))\n", "c['kafka']['topic']", "config.json"),
        ("import tomllib\nc = tomllib.load(open('config.toml', 'rb'))\n", "c['kafka']['topic']", "config.toml"),
        (
            "import configparser\nc = configparser.ConfigParser()\nc.read('config.ini')\n",
            "c['kafka']['topic']",
            "config.ini",
        ),
        (
            "import configparser\nc = configparser.ConfigParser()\nc.read('config.ini')\n",
            "c.get('kafka', 'topic')",
            "config.ini",
        ),
    ],
)
def test_configuration_files_that_the_code_loads_are_read(code: str, expression: str, file: str) -> None:
    main = f"{CONSUMER}{code}consumer.subscribe([{expression}])\n"
    (link,) = links({"job/app/main.py": main, f"job/app/{file}": CONFIGS[file]})

    assert link.endpoint.name == "orders"
    assert link.proof[-1].path == f"job/app/{file}"
    assert "hunter2" not in repr(link)


def test_the_configuration_of_hydra_is_read() -> None:
    code = (
        "import hydra\n@hydra.main(config_path='conf', config_name='app')\ndef main(cfg):\n"
        "    consumer.subscribe([cfg.kafka.topic])\n"
    )
    more = {"job/app/main.py": CONSUMER + code, "job/app/conf/app.yaml": "kafka:\n  topic: ${oc.env:T,orders}\n"}

    assert {str(link.endpoint) for link in links(more)} == {"orders"}


@given(st.sampled_from(["c.yaml", "c.json", "c.toml", "c.ini"]), st.text(max_size=60))
def test_no_text_breaks_reading_a_configuration_file(path: str, text: str) -> None:
    entry = read_config(path, text)

    assert entry is None or value_at(entry, ("a", "b")) is None or "b" in text


def test_a_loaded_file_is_followed_from_another_module_and_its_path_from_a_deployment() -> None:
    config = "import os, yaml\nCONFIG = yaml.safe_load(open(os.environ['CONFIG']))\n"
    compose = (
        "services:\n  a:\n    build: job\n    environment: {CONFIG: conf/a.yaml}\n"
        "  b:\n    build: job\n    environment: {CONFIG: conf/b.yaml}\n"
    )
    more = {
        "job/app/config.py": config,
        "compose.yaml": compose,
        "job/conf/a.yaml": "topic: orders\n",
        "job/conf/b.yaml": "topic: ${T:-refunds}\n",
    }

    assert consumed("from app.config import CONFIG\n", "CONFIG['topic']", more) == {"orders", "refunds"}


ARGPARSE = (
    "import argparse\nparser = argparse.ArgumentParser()\nparser.add_argument('-t', '--topic'{})\n"
    "args = parser.parse_args()\n"
)


def test_options_have_their_default_until_a_deployment_sets_them() -> None:
    code = ARGPARSE.format(", default='orders'")
    service = "services:\n  job:\n    build: job\n    command: python -m app.main {}\n"

    assert consumed(code, "args.topic") == {"orders"}
    assert consumed(code, "args.topic", {"compose.yaml": service.format("--topic refunds")}) == {"refunds"}
    assert consumed(code, "args.topic", {"compose.yaml": service.format("-t=refunds")}) == {"orders"}
    assert consumed(code, "args.topic", {"compose.yaml": service.format("-t refunds")}) == {"refunds"}
    assert consumed(ARGPARSE.format(""), "args.topic") == {"unknown (--topic)"}


def test_options_that_a_docstring_declares_are_options() -> None:
    code = "from docopt import docopt\nargs = docopt(__doc__)\n"
    text = (
        '"""Reads.\n\nOptions:\n    -t, --topic=T  what to read [default: orders]\n    --other=X      no default\n"""\n'
    )
    main = text + CONSUMER + code + "consumer.subscribe([args['--topic'], args.get('--other') or 'refunds'])\n"
    unit = "[Service]\nExecStart=python3 job/app/main.py --other=returns\n"

    assert {str(link.endpoint) for link in links({"job/app/main.py": main})} == {"orders", "refunds"}
    deployed = links({"job/app/main.py": main, "deploy/job.service": unit})
    assert {str(link.endpoint) for link in deployed} == {"orders", "returns"}


def test_five_deployments_of_one_job_are_five_edges() -> None:
    services = "".join(
        f"  w{number}:\n    build: job\n    command: python -m app.main --topic t{number}\n" for number in range(5)
    )
    main = f"{CONSUMER}{ARGPARSE.format('')}consumer.subscribe([args.topic])\n"
    found = map_of({"job/Dockerfile": "", "job/app/main.py": main, "compose.yaml": "services:\n" + services})

    assert sorted(link.endpoint.name for link in found.links) == [f"t{number}" for number in range(5)]
    assert len(found.deployments) == 5
    assert {str(link.proof[-1]) for link in found.links} == {f"compose.yaml:{4 + 3 * number}" for number in range(5)}


@pytest.mark.parametrize(
    "code",
    [
        "import click\n@click.command()\n@click.option('--topic', envvar='T', default='orders')\ndef main(topic):\n",
        "import click\n@click.command()\n@click.option('--in', 'topic', default='orders')\ndef main(topic):\n",
        "import typer\ndef main(topic: str = typer.Option('orders', envvar='T')):\n",
        "import typer\nfrom typing import Annotated\ndef main(topic: Annotated[str, typer.Option(envvar='T')] = 'orders'):\n",
    ],
)
def test_parameters_that_the_command_line_gives_have_their_defaults(code: str) -> None:
    main = f"{CONSUMER}{code}    consumer.subscribe([topic])\n"

    assert {str(link.endpoint) for link in links({"job/app/main.py": main})} == {"orders"}


def test_a_proof_leads_through_the_variable_to_the_text() -> None:
    config = "import os\n\nTOPIC = os.getenv(\n    'T',\n    'orders',\n)\n"
    main = f"{CONSUMER}from app.config import TOPIC\nconsumer.subscribe([TOPIC])\n"
    (link,) = links({"job/app/main.py": main, "job/app/config.py": config})

    assert [str(span) for span in link.proof] == ["job/app/main.py:4", "job/app/config.py:3", "job/app/config.py:5"]
    assert link.certainty == "likely"


@pytest.mark.parametrize(
    ("code", "certainty"),
    [
        ("TOPICS = ['a', 'b']\nconsumer.subscribe(TOPICS)\n", "certain"),
        ("TOPICS = ['a', 'b']\nfor topic in TOPICS:\n    consumer.subscribe([topic])\n", "certain"),
        ("for name in ['a', 'b']:\n    consumer.subscribe([name + ''])\n", "certain"),
        ("consumer.subscribe([f'{name}' for name in ('a', 'b')])\n", "certain"),
        ("import sys\ntopic = 'a' if sys.argv else 'b'\nconsumer.subscribe([topic])\n", "likely"),
        ("import sys\nif sys.argv:\n    topic = 'a'\nelse:\n    topic = 'b'\nconsumer.subscribe([topic])\n", "likely"),
    ],
)
def test_topics_of_a_list_are_all_certain_and_those_of_a_choice_are_not(code: str, certainty: str) -> None:
    found = links({"job/app/main.py": CONSUMER + code})

    assert [(link.endpoint.name, link.certainty) for link in found] == [("a", certainty), ("b", certainty)]


def test_a_variable_that_is_set_to_something_unknown_has_no_default() -> None:
    code = "import os\n"
    compose = "services:\n  job:\n    build: job\n    environment: {T: '${FROM_OUTSIDE}'}\n"

    assert consumed(code, "os.getenv('T', 'orders')", {"compose.yaml": compose}) == {"unknown (T)"}


@pytest.mark.parametrize("item", ['KafkaTopics["orders.in"].name', 'KafkaTopics.get("orders.in").name'])
def test_a_topic_that_an_operator_tells_goes_by_the_name_under_which_it_is_asked_for(item: str) -> None:
    code = f"""
        import os
        from app_common_python import KafkaTopics
        from kafka import KafkaConsumer

        KafkaConsumer(os.getenv("TOPIC", {item}))
        """

    assert edges({"app/Dockerfile": "", "app/main.py": code}) == {("app", "consumes", "orders.in", "likely")}

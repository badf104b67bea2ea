"""Topics that an own class of settings carries: made from the environment or a file, handed over, or taken where nothing is."""

from __future__ import annotations

import pytest

from tests.readers.test_effects import edges

CONSUMES = """
    from kafka import KafkaConsumer
    from app.conf import Config, config

    class Runner:
        def __init__(self, settings{default}):
            self.settings = {chosen}

        def run(self):
            for message in KafkaConsumer(self.settings.topic):
                print(message)

    Runner({handed}).run()
    """
CONFIG = """
    import os

    class Config:
        def __init__(self):
            self.topic = os.getenv("TOPIC", "orders")

    config = Config()
    """


@pytest.mark.parametrize(
    ("default", "chosen", "handed"),
    [
        ("=config", "settings", ""),
        ("=Config()", "settings", ""),
        ("=None", "settings or config", ""),
        ("=None", "settings or Config()", ""),
        ("", "settings", "config"),
        (": Config", "settings", "Config()"),
    ],
)
def test_an_object_of_settings_is_followed_from_wherever_it_comes(default: str, chosen: str, handed: str) -> None:
    code = CONSUMES.format(default=default, chosen=chosen, handed=handed)

    assert edges({"app/Dockerfile": "", "app/conf.py": CONFIG, "app/main.py": code}) == {
        ("app", "consumes", "orders", "likely")
    }


def test_what_a_caller_hands_over_comes_before_the_default_object() -> None:
    code = CONSUMES.format(default="=config", chosen="settings", handed="Config2()")
    other = CONFIG + "\n\n    class Config2:\n        topic = 'returns'\n"
    texts = {
        "app/Dockerfile": "",
        "app/conf.py": other,
        "app/main.py": code.replace("Config, config", "Config2, config"),
    }

    assert edges(texts) == {("app", "consumes", "returns", "certain")}


def test_what_a_caller_hands_over_comes_before_what_the_annotated_class_says() -> None:
    code = """
        from dataclasses import dataclass
        from kafka import KafkaConsumer
        from app.conf import Config

        def consume(config: Config) -> None:
            for message in KafkaConsumer(config.topic):
                print(message)

        consume(Config(topic="orders.eu"))
        """
    conf = "from dataclasses import dataclass\n\n@dataclass\nclass Config:\n    topic: str = 'orders'\n"

    assert edges({"app/Dockerfile": "", "app/conf.py": conf, "app/main.py": code}) == {
        ("app", "consumes", "orders.eu", "certain")
    }


@pytest.mark.parametrize("name", ["cls", "Config"])
def test_a_class_method_that_makes_the_settings_is_followed(name: str) -> None:
    code = f"""
        import os
        from dataclasses import dataclass
        from kafka import KafkaConsumer

        @dataclass
        class Config:
            topic: str

            @classmethod
            def from_env(cls):
                return {name}(topic=os.environ.get("TOPIC", "orders"))

        config = Config.from_env()
        consumer = KafkaConsumer(config.topic)
        """

    assert edges({"app/Dockerfile": "", "app/main.py": code}) == {("app", "consumes", "orders", "likely")}


def test_a_nested_dataclass_is_made_by_its_default_factory() -> None:
    code = """
        from dataclasses import dataclass, field
        from kafka import KafkaConsumer

        @dataclass
        class Kafka:
            topic: str = "orders"

        @dataclass
        class Config:
            kafka: Kafka = field(default_factory=Kafka)

        consumer = KafkaConsumer(Config().kafka.topic)
        """

    assert edges({"app/Dockerfile": "", "app/main.py": code}) == {("app", "consumes", "orders", "certain")}


LOADED = """
    import yaml
    from dataclasses import dataclass
    from kafka import KafkaConsumer

    @dataclass
    class Config:
        topic: str = "orders"

    def load(path):
        with open(path) as file:
            loaded = yaml.safe_load(file)
        return Config(**loaded["kafka"])

    consumer = KafkaConsumer(load("config.yml").topic)
    """


def test_settings_made_with_all_that_a_file_holds_have_its_entries() -> None:
    texts = {"app/Dockerfile": "", "app/main.py": LOADED, "app/config.yml": "kafka:\n  topic: returns\n"}

    assert edges(texts) == {("app", "consumes", "returns", "certain")}


def test_what_the_file_lacks_is_the_default_of_the_class() -> None:
    texts = {"app/Dockerfile": "", "app/main.py": LOADED, "app/config.yml": "kafka:\n  group: g\n"}

    assert edges(texts) == {("app", "consumes", "orders", "likely")}


HELPER = """
    import os
    from kafka import KafkaConsumer

    class Config:
        def __init__(self):
            self.topic = self._get({arguments})

        def _get(self, name, default=None):
            {read}

    consumer = KafkaConsumer(Config().topic)
    """


@pytest.mark.parametrize(
    ("arguments", "read", "expected"),
    [
        ('"TOPIC", "orders"', "return os.environ.get(name, default)", ("orders", "likely")),
        ('"TOPIC"', "return os.environ.get(name, default)", ("?TOPIC", "possible")),
        ('"TOPIC"', "return os.environ[name]", ("?TOPIC", "possible")),
        ('"TOPIC"', 'return os.getenv("APP_" + name)', ("?APP_TOPIC", "possible")),
    ],
)
def test_a_helper_that_reads_a_variable_by_its_argument_reads_the_one_that_callers_name(
    arguments: str, read: str, expected: tuple[str, str]
) -> None:
    code = HELPER.format(arguments=arguments, read=read)

    assert edges({"app/Dockerfile": "", "app/main.py": code}) == {("app", "consumes", *expected)}


def test_a_variable_that_a_helper_reads_is_what_the_deployment_sets_it_to() -> None:
    code = HELPER.format(arguments='"TOPIC"', read="return os.environ[name]")
    texts = {
        "app/Dockerfile": "",
        "app/main.py": code,
        "compose.yaml": "services:\n  app:\n    build: app\n    environment: {TOPIC: returns}\n",
    }

    assert edges(texts) == {("app", "consumes", "returns", "certain")}


def test_methods_of_an_annotated_argument_are_those_of_its_class() -> None:
    texts = {
        "app/Dockerfile": "",
        "app/bus.py": """
            from kafka import KafkaProducer

            class Bus:
                def __init__(self):
                    self.producer = KafkaProducer()

                def publish(self, topic, value):
                    self.producer.send(topic, value)
            """,
        "app/main.py": """
            from app.bus import Bus

            def start(bus: Bus):
                bus.publish("orders", b"")
                bus.producer.send("returns", b"")

            start(Bus())
            """,
    }

    assert edges(texts) == {("app", "produces", "orders", "certain"), ("app", "produces", "returns", "certain")}


@pytest.mark.parametrize("environment", ["os.environ", "None"])
def test_a_helper_may_be_handed_the_environment_itself(environment: str) -> None:
    code = f"""
        import os
        from kafka import KafkaConsumer

        def read(env, key, default):
            return env.get(key, default).strip()

        class Config:
            def __init__(self, env=None):
                values = os.environ if env is None else env
                self.topic = read(values, "TOPIC", "orders")

        consumer = KafkaConsumer(Config({environment}).topic)
        """
    compose = "services:\n  app:\n    build: app\n    environment: {TOPIC: returns}\n"
    texts = {"app/Dockerfile": "", "app/main.py": code}

    assert edges(texts) == {("app", "consumes", "orders", "likely")}
    assert edges(texts | {"compose.yaml": compose}) == {("app", "consumes", "returns", "certain")}


TABLE = """
    import os
    from kafka import KafkaConsumer

    PREFIX = os.getenv("PREFIX", "shop")

    def tables():
        return {f"{PREFIX}.orders": "t_orders", f"{PREFIX}.returns": "t_returns"}

    def topics():
        return {"orders": f"{PREFIX}.orders", "returns": f"{PREFIX}.returns"}

    def consume(topic):
        KafkaConsumer(topic)

    """


@pytest.mark.parametrize(
    "code",
    [
        "for topic, table in tables().items():\n        consume(topic)",
        "for name, topic in topics().items():\n        consume(topic)",
        "for name in topics():\n        consume(topics()[name])",
    ],
)
def test_keys_and_values_of_a_table_that_a_function_makes_are_told_apart(code: str) -> None:
    found = edges({"app/Dockerfile": "", "app/main.py": TABLE + code + "\n"})

    assert {endpoint for _, _, endpoint, _ in found} == {"shop.orders", "shop.returns"}


def test_topics_that_a_framework_asks_its_heir_for_may_be_the_keys_of_its_table() -> None:
    texts = {
        "shared/setup.py": "",
        "shared/shared/base.py": """
            from abc import ABC, abstractmethod
            from kafka import KafkaConsumer

            class Base(ABC):
                @abstractmethod
                def topics(self):
                    ...

                def run(self):
                    consumer = KafkaConsumer(*self.topics())
            """,
        "app/Dockerfile": "",
        "app/main.py": """
            import os
            from shared.base import Base

            class App(Base):
                def __init__(self):
                    self.prefix = os.getenv("PREFIX", "shop")
                    self.tables = {f"{self.prefix}.orders": "t_orders", f"{self.prefix}.returns": "t_returns"}

                def topics(self):
                    return list(self.tables.keys())

            App().run()
            """,
        "compose.yaml": "services:\n  app:\n    build: app\n    environment: {PREFIX: eu}\n",
    }

    assert edges(texts) == {("app", "consumes", "eu.orders", "certain"), ("app", "consumes", "eu.returns", "certain")}

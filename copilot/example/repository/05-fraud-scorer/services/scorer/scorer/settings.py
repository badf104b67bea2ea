import os
from pathlib import Path

BOOTSTRAP = os.getenv("KAFKA_BOOTSTRAP", "localhost:9092")
FEATURES_TOPIC = os.getenv("FEATURES_TOPIC", "order-features")
SCORES_TOPIC = os.getenv("SCORES_TOPIC", "fraud-scores")
SCHEMA_DIR = Path(os.getenv("SCHEMA_DIR", "schemas"))

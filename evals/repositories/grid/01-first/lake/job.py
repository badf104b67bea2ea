"""Keeps readings that a connector has laid down as Avro files, and the energy of each hour."""

import json

from gridlib.schemas import READING
from pyspark.sql import SparkSession
from pyspark.sql.functions import col, window

LANDING = "/landing/grid.readings.v1"


def main():
    spark = SparkSession.builder.appName("lake").getOrCreate()
    readings = spark.read.format("avro").option("avroSchema", json.dumps(READING)).load(LANDING)
    readings.createOrReplaceTempView("readings")
    kept = spark.sql("SELECT id, meter.id AS meter_id, taken_at, kwh, quality FROM readings")
    kept.write.mode("append").parquet("/lake/readings")
    hours = readings.groupBy(window(col("taken_at"), "1 hour"), col("meter.id")).sum("kwh")
    hours.write.mode("append").parquet("/lake/hours")

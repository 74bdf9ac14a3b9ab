"""Reads a registry's tables with DuckDB: python duckdb_reads.py WAREHOUSE QUERY, with {table} for each table."""

import glob
import os
import sys

import duckdb
import duckdb_extension_avro
import duckdb_extension_iceberg

warehouse, query = sys.argv[1:]
connection = duckdb.connect()
for package in (duckdb_extension_avro, duckdb_extension_iceberg):
    folder = os.path.dirname(package.__file__)
    (extension,) = glob.glob(folder + "/extensions/*/*.duckdb_extension")
    connection.execute(f"load '{extension}'")


def table(name):
    newest = max(glob.glob(f"{warehouse}/models/{name}/metadata/*.metadata.json"))
    return f"iceberg_scan('{newest}')"


names = ["versions", "artifacts", "history", "definitions", "runs"]
for row in connection.execute(query.format(**{name: table(name) for name in names})).fetchall():
    print("|".join(str(value) for value in row))

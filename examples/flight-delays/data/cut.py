"""Cuts the example's data from three million flights of 2001, and plants a batch of bad rows beside it.

Run with DuckDB installed (pip install duckdb):

    python examples/flight-delays/data/cut.py PATH/TO/flights-3m.parquet
"""

import sys
from pathlib import Path

import duckdb

source = sys.argv[1]
folder = Path(__file__).parent / "flights"
folder.mkdir(exist_ok=True)
form = "(format parquet, compression zstd, compression_level 19, row_group_size 200000)"

duckdb.sql(f"""
    copy (
        select date, delay, distance, origin, destination
        from '{source}'
        where date >= timestamp '2001-01-01' and date < timestamp '2001-02-05'
        order by date, origin, destination, distance, delay
    ) to '{folder}/january.parquet' {form}
""")

# 40 rows without an origin, 30 with a delay no flight has, and 30 copies of rows that are in January already.
duckdb.sql(f"""
    copy (
        with numbered as (
            select *, row_number() over (order by date, origin, destination, distance, delay) as n
            from (select distinct * from '{folder}/january.parquet')
        )
        select date, delay, distance, null::varchar as origin, destination
        from numbered where n % 10000 = 1 and n < 400000
        union all
        select date, 90000 + delay, distance, origin, destination
        from numbered where n % 10000 = 2 and n < 300000
        union all
        select date, delay, distance, origin, destination
        from numbered where n % 10000 = 3 and n < 300000
        order by all
    ) to '{folder}/planted.parquet' {form}
""")

"""Prints how many orders were paid and cancelled on a day. Cron runs it at 06:00 for the day before."""

import sqlite3
import sys

QUERY = """
SELECT status, count(*), round(avg(score), 3)
FROM decisions
WHERE decided_at LIKE ? || '%'
GROUP BY status
ORDER BY status
"""


def main(database, day):
    for status, orders, score in sqlite3.connect(database).execute(QUERY, (day,)):
        print(f"{day}  {status:<10} {orders:>6}  mean score {score}")


if __name__ == "__main__":
    main(*sys.argv[1:3])

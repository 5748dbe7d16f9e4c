#!/usr/bin/env python3
"""Loads GDELT-like rows into PostgreSQL and SQLite and asks our three questions. See README.md."""
import argparse
import contextlib
import datetime
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

# Column of the GDELT 1.0 export, name, type in PostgreSQL.
COLUMNS = [(0, "id", "bigint"), (1, "day", "date"), (5, "actor1", "text"), (7, "country1", "text"),
           (15, "actor2", "text"), (17, "country2", "text"), (25, "root_event", "smallint"), (26, "code", "text"),
           (28, "root", "text"), (29, "quad", "smallint"), (30, "goldstein", "real"), (31, "mentions", "int"),
           (32, "sources", "int"), (33, "articles", "int"), (34, "tone", "real"), (50, "place", "text"),
           (51, "place_country", "text"), (53, "latitude", "real"), (54, "longitude", "real"), (57, "url", "text")]
INDEXES = ["CREATE INDEX by_country1 ON event (country1, day DESC)",
           "CREATE INDEX by_country2 ON event (country2, day DESC)",
           "CREATE INDEX by_actor1 ON event (actor1, day DESC)",
           "CREATE INDEX by_actor2 ON event (actor2, day DESC)",
           "CREATE INDEX by_root ON event (root, day DESC)"]
NEWEST = """SELECT * FROM (SELECT * FROM (SELECT * FROM event WHERE country1 = {0} ORDER BY day DESC LIMIT 100) a
            UNION SELECT * FROM (SELECT * FROM event WHERE country2 = {0} ORDER BY day DESC LIMIT 100) b) c
            ORDER BY day DESC LIMIT 100"""
WINDOW = """SELECT * FROM event WHERE country1 = {0} AND country2 = {1} AND day BETWEEN {2} AND {3}
            UNION ALL SELECT * FROM event WHERE country1 = {1} AND country2 = {0} AND day BETWEEN {2} AND {3}"""
BY_MONTH = """SELECT month, count(*), avg(goldstein) FROM (
              SELECT {month} AS month, goldstein FROM event WHERE country1 = {0} AND country2 = {1} AND day BETWEEN {2} AND {3}
              UNION ALL
              SELECT {month} AS month, goldstein FROM event WHERE country1 = {1} AND country2 = {0} AND day BETWEEN {2} AND {3}
              ) pair GROUP BY month ORDER BY month"""


def questions(path, count, seed=7):
    """Pairs of countries and days, as often as they occur: every n-th row that has both."""
    rng = random.Random(seed)
    rows = []
    with open(path, encoding="utf-8") as lines:
        for n, line in enumerate(lines):
            fields = line.split("\t", 18)
            if fields[7] and fields[17] and fields[7] != fields[17]:
                if len(rows) < count:
                    rows.append((fields[7], fields[17], fields[1]))
                elif rng.random() < count / (n + 1):
                    rows[rng.randrange(count)] = (fields[7], fields[17], fields[1])
    rng.shuffle(rows)
    return [(a, b, datetime.date(int(d[:4]), int(d[4:6]), int(d[6:8]))) for a, b, d in rows]


def report(peer, load_seconds, rows, disk_bytes, timings):
    print(f"{peer}: {rows / load_seconds:,.0f} rows/s into all indexes ({load_seconds:.1f} s), "
          f"{disk_bytes / rows:.0f} bytes/row on disk")
    for what, seconds in timings:
        seconds.sort()
        print(f"  {what:34s} p50 {seconds[len(seconds) // 2] * 1e6:9,.0f} µs   "
              f"p99 {seconds[len(seconds) * 99 // 100] * 1e6:9,.0f} µs")
    sys.stdout.flush()


def ask(run, asked):
    """run(kind, arguments) executes a question and fetches its rows."""
    timings = [(name, []) for name in ("an empty question", "newest 100 of a country", "a pair's 30 days",
                                       "a pair's year by month")]
    for warm in (True, False):
        for a, b, day in asked[: len(asked) // 4] if warm else asked:
            year = (day - datetime.timedelta(days=365), day)
            month = (day - datetime.timedelta(days=29), day)
            for (_, seconds), kind, arguments in zip(timings, ("empty", "newest", "window", "by_month"),
                                                     ((), (a,), (a, b, *month), (a, b, *year))):
                start = time.perf_counter()
                run(kind, arguments)
                if not warm:
                    seconds.append(time.perf_counter() - start)
    return timings


def cut(path, out):
    """Writes the wanted columns as PostgreSQL's COPY reads them; not timed. Returns the number of rows."""
    rows = 0
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            fields = line.rstrip("\n").split("\t")
            out.write("\t".join(fields[i] if fields[i] else "\\N" for i, _, _ in COLUMNS) + "\n")
            rows += 1
    return rows


@contextlib.contextmanager
def cluster():
    folder = tempfile.mkdtemp(prefix="peers-postgresql-")
    binaries = "/usr/lib/postgresql/15/bin/"
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if as_user:
        shutil.chown(folder, "postgres")
    data = os.path.join(folder, "data")
    settings = {"shared_buffers": "1GB", "maintenance_work_mem": "1GB", "wal_level": "minimal", "max_wal_senders": 0,
                "synchronous_commit": "off", "max_wal_size": "16GB", "checkpoint_timeout": "1h", "fsync": "on",
                "max_parallel_maintenance_workers": 2, "listen_addresses": "''", "unix_socket_directories": f"'{folder}'"}
    try:
        subprocess.run([*as_user, binaries + "initdb", "-D", data, "-A", "trust", "-U", "bench", "--no-locale", "-E", "UTF8"],
                       check=True, stdout=subprocess.DEVNULL, cwd=folder)
        with open(os.path.join(data, "postgresql.conf"), "a", encoding="utf-8") as conf:
            conf.writelines(f"{name} = {value}\n" for name, value in settings.items())
        subprocess.run([*as_user, binaries + "pg_ctl", "-D", data, "-w", "-l", os.path.join(folder, "log"), "start"],
                       check=True, stdout=subprocess.DEVNULL, cwd=folder)
        yield folder
    finally:
        subprocess.run([*as_user, binaries + "pg_ctl", "-D", data, "-m", "immediate", "stop"], check=False,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder)
        shutil.rmtree(folder, ignore_errors=True)


def postgresql(path, asked):
    import psycopg2  # pylint: disable=import-outside-toplevel
    with cluster() as folder, tempfile.TemporaryFile("w+", encoding="utf-8") as table:
        rows = cut(path, table)
        table.seek(0)
        connection = psycopg2.connect(host=folder, user="bench", dbname="postgres")
        cursor = connection.cursor()
        start = time.perf_counter()
        cursor.execute("CREATE TABLE event (" + ", ".join(f"{name} {kind}" for _, name, kind in COLUMNS) + ")")
        cursor.copy_expert("COPY event FROM STDIN", table)
        cursor.execute("ALTER TABLE event ADD PRIMARY KEY (id)")
        for index in INDEXES:
            cursor.execute(index)
        cursor.execute("CREATE INDEX by_pair ON event (country1, country2, day) INCLUDE (quad, goldstein)")
        connection.commit()
        load = time.perf_counter() - start
        connection.autocommit = True
        cursor.execute("VACUUM ANALYZE event")
        cursor.execute("SELECT pg_total_relation_size('event')")
        disk = cursor.fetchone()[0]
        cursor.execute("SET max_parallel_workers_per_gather = 0")
        slots = ["$1", "$2", "$3", "$4"]
        month = "to_char(day, 'YYYY-MM')"
        cursor.execute("PREPARE empty AS SELECT 1")
        cursor.execute("PREPARE newest(text) AS " + NEWEST.format(*slots))
        cursor.execute("PREPARE window_(text, text, date, date) AS " + WINDOW.format(*slots))
        cursor.execute("PREPARE by_month(text, text, date, date) AS " + BY_MONTH.format(*slots, month=month))

        def run(kind, arguments):
            name = "window_" if kind == "window" else kind
            slots = "(" + ", ".join(["%s"] * len(arguments)) + ")" if arguments else ""
            cursor.execute(f"EXECUTE {name}{slots}", arguments)
            return cursor.fetchall()

        report("PostgreSQL 15", load, rows, disk, ask(run, asked))
        connection.close()


def sqlite(path, asked):
    folder = tempfile.mkdtemp(prefix="peers-sqlite-")
    try:
        connection = sqlite3.connect(os.path.join(folder, "event.db"), isolation_level=None)
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -1000000", "mmap_size = 8000000000"):
            connection.execute("PRAGMA " + pragma)
        kinds = {"text": "TEXT", "date": "TEXT", "real": "REAL"}
        start = time.perf_counter()
        connection.execute("CREATE TABLE event (" + ", ".join(
            f"{name} {'INTEGER PRIMARY KEY' if name == 'id' else kinds.get(kind, 'INTEGER')}" for _, name, kind in COLUMNS) + ")")
        connection.execute("BEGIN")
        slots = ", ".join("?" * len(COLUMNS))
        rows = 0

        def records():
            nonlocal rows
            with open(path, encoding="utf-8") as lines:
                for line in lines:
                    fields = line.rstrip("\n").split("\t")
                    day = fields[1]
                    record = [fields[i] or None for i, _, _ in COLUMNS]
                    record[1] = f"{day[:4]}-{day[4:6]}-{day[6:]}"
                    rows += 1
                    yield record

        connection.executemany(f"INSERT INTO event VALUES ({slots})", records())
        for index in INDEXES:
            connection.execute(index)
        connection.execute("CREATE INDEX by_pair ON event (country1, country2, day, quad, goldstein)")
        connection.execute("COMMIT")
        load = time.perf_counter() - start
        connection.execute("ANALYZE")
        slots = ["?1", "?2", "?3", "?4"]
        texts = {"empty": "SELECT 1", "newest": NEWEST.format(*slots), "window": WINDOW.format(*slots),
                 "by_month": BY_MONTH.format(*slots, month="substr(day, 1, 7)")}

        def run(kind, arguments):
            return connection.execute(texts[kind], [a if isinstance(a, str) else a.isoformat() for a in arguments]).fetchall()

        disk = os.path.getsize(os.path.join(folder, "event.db"))
        report(f"SQLite {sqlite3.sqlite_version} (rows parsed by Python)", load, rows, disk, ask(run, asked))
        connection.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", required=True, metavar="FILE", help="made by import_bench --tsv")
    parser.add_argument("--questions", type=int, default=2000)
    parser.add_argument("peers", nargs="+", choices=["postgresql", "sqlite"])
    args = parser.parse_args()
    asked = questions(args.rows, args.questions)
    for peer in args.peers:
        {"postgresql": postgresql, "sqlite": sqlite}[peer](args.rows, asked)


if __name__ == "__main__":
    main()

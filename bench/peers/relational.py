#!/usr/bin/env python3
"""Loads GDELT-like rows into PostgreSQL and SQLite and asks our three questions. See README.md."""
import argparse
import contextlib
import datetime
import os
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
INDEXES = ["CREATE INDEX by_actor1 ON event (actor1, day DESC)",
           "CREATE INDEX by_actor2 ON event (actor2, day DESC)",
           "CREATE INDEX by_root ON event (root, day DESC)"]
# Name, keys, and what the index covers besides.
COVERING = [("by_country1", "country1, day DESC, id DESC", "code, quad, goldstein"),
            ("by_country2", "country2, day DESC, id DESC", "country1, code, quad, goldstein"),
            ("by_pair", "country1, country2, day", "id, code, quad, goldstein")]
# What else our store has of such rows, so that the same questions can be asked of any actor, type and stretch of time:
# pairs of actors and not of countries alone, types, and the roll-ups of actors and pairs by day, by month and in all.
MORE_INDEXES = ["CREATE INDEX by_actor_pair ON event (actor1, actor2, day) INCLUDE (id, code, quad, goldstein)",
                "CREATE INDEX by_code ON event (code, day DESC)"]
OF_EVENT = "day, root, quad, goldstein FROM event"
PARTIES = f"""SELECT actor1 AS actor, {OF_EVENT} WHERE actor1 IS NOT NULL
              UNION ALL SELECT country1, {OF_EVENT} WHERE country1 <> actor1
              UNION ALL SELECT actor2, {OF_EVENT} WHERE actor2 IS DISTINCT FROM actor1 AND actor2 IS DISTINCT FROM country1
                  AND actor2 IS NOT NULL
              UNION ALL SELECT country2, {OF_EVENT} WHERE country2 <> actor2 AND country2 IS DISTINCT FROM actor1
                  AND country2 IS DISTINCT FROM country1"""
PAIRS = f"""SELECT actor1 AS a, actor2 AS b, {OF_EVENT} WHERE actor1 <> actor2
            UNION ALL SELECT country1, actor2, {OF_EVENT} WHERE country1 <> actor1 AND country1 <> actor2
            UNION ALL SELECT actor1, country2, {OF_EVENT} WHERE country2 <> actor2 AND actor1 <> country2
            UNION ALL SELECT country1, country2, {OF_EVENT} WHERE country1 <> actor1 AND country2 <> actor2
                AND country1 <> country2"""
SUMS = "sum(events)::int AS events, sum(goldstein) AS goldstein"
ROLLUPS = [f"""CREATE TABLE actor_day AS SELECT actor, day, root, quad, count(*)::int AS events,
               sum(goldstein::float8) AS goldstein FROM ({PARTIES}) party GROUP BY actor, day, root, quad""",
           "ALTER TABLE actor_day ADD PRIMARY KEY (actor, day, root, quad) INCLUDE (events, goldstein)",
           f"""CREATE TABLE actor_month AS SELECT actor, date_trunc('month', day)::date AS day, root, quad, {SUMS}
               FROM actor_day GROUP BY 1, 2, 3, 4""",
           "ALTER TABLE actor_month ADD PRIMARY KEY (actor, day, root, quad) INCLUDE (events, goldstein)",
           f"""CREATE TABLE pair_day AS SELECT least(a, b) AS low, greatest(a, b) AS high, day, root, quad, a < b AS forward,
               count(*)::int AS events, sum(goldstein::float8) AS goldstein FROM ({PAIRS}) pair GROUP BY 1, 2, 3, 4, 5, 6""",
           "ALTER TABLE pair_day ADD PRIMARY KEY (low, high, day, root, quad, forward) INCLUDE (events, goldstein)",
           f"""CREATE TABLE pair_month AS SELECT low, high, date_trunc('month', day)::date AS day, root, quad, forward, {SUMS}
               FROM pair_day GROUP BY 1, 2, 3, 4, 5, 6""",
           "ALTER TABLE pair_month ADD PRIMARY KEY (low, high, day, root, quad, forward) INCLUDE (events, goldstein)",
           f"CREATE TABLE neighbor AS SELECT low, high, {SUMS} FROM pair_month GROUP BY low, high",
           "ALTER TABLE neighbor ADD PRIMARY KEY (low, high)",
           "CREATE INDEX neighbor_by_high ON neighbor (high, low)"]
ROLLUP_TABLES = ["actor_day", "actor_month", "pair_day", "pair_month", "neighbor"]
BY_MONTH_ROLLUP = """SELECT to_char(day, 'YYYY-MM'), sum(events), sum(goldstein) / sum(events) FROM pair_month
                     WHERE low = least({0}, {1}) AND high = greatest({0}, {1}) AND day BETWEEN {2} AND {3}
                     GROUP BY day ORDER BY day"""
ROW = "id, day, code, quad, goldstein"  # what our index has of an event
NEWEST = """SELECT {columns} FROM (
            SELECT * FROM (SELECT {columns} FROM event WHERE country1 = {0} ORDER BY day DESC, id DESC LIMIT 100) a
            UNION ALL
            SELECT * FROM (SELECT {columns} FROM event WHERE country2 = {0} AND {other} ORDER BY day DESC, id DESC LIMIT 100) b
            ) c ORDER BY day DESC, id DESC LIMIT 100"""
WINDOW = """SELECT {columns} FROM (
            SELECT {columns} FROM event WHERE country1 = {0} AND country2 = {1} AND day BETWEEN {2} AND {3}
            UNION ALL SELECT {columns} FROM event WHERE country1 = {1} AND country2 = {0} AND day BETWEEN {2} AND {3}
            ) c ORDER BY day, id LIMIT 1000"""
BY_MONTH = """SELECT month, count(*), avg(goldstein) FROM (
              SELECT {month} AS month, goldstein FROM event WHERE country1 = {0} AND country2 = {1} AND day BETWEEN {2} AND {3}
              UNION ALL
              SELECT {month} AS month, goldstein FROM event WHERE country1 = {1} AND country2 = {0} AND day BETWEEN {2} AND {3}
              ) pair GROUP BY month ORDER BY month"""
KINDS = {"empty": "an empty question", "newest_rows": "newest 100 of a country: rows",
         "newest": "newest 100 of a country: events", "window_rows": "30 days of a pair: rows",
         "window": "30 days of a pair: events", "by_month": "a year of a pair by month",
         "by_month_rollup": "the same from the roll-up"}
EPOCH = datetime.date(1970, 1, 1)


def texts(slots, other, month):
    """The questions in SQL. `slots` are the parameters, `other`: country1 is not the first of them."""
    everything = ", ".join(name for _, name, _ in COLUMNS)
    return {"empty": "SELECT 1",
            "newest_rows": NEWEST.format(*slots, columns=ROW, other=other),
            "newest": NEWEST.format(*slots, columns=everything, other=other),
            "window_rows": WINDOW.format(*slots, columns=ROW),
            "window": WINDOW.format(*slots, columns=everything),
            "by_month": BY_MONTH.format(*slots, month=month)}


def questions(path):
    """The file of import_bench --questions-file: two countries and the days of a window on each line."""
    with open(path, encoding="utf-8") as lines:
        return [line.split() for line in lines]


def arguments(kind, question):
    a, b, first, last = question
    return {"empty": (), "newest_rows": (a,), "newest": (a,), "window_rows": (a, b, first, last), "window": (a, b, first, last),
            "by_month": (a, b, "2021-01-01", "2021-12-31"), "by_month_rollup": (a, b, "2021-01-01", "2021-12-31")}[kind]


def days(day):
    """Since 1970; of "2021-03" the first of March."""
    if isinstance(day, str):
        day = datetime.date.fromisoformat(day if len(day) == 10 else day + "-01")
    return (day - EPOCH).days


def add_up(kind, rows, total):
    """What import_bench adds up too, so that the answers can be held against each other."""
    goldstein = 4 if kind.endswith("rows") else 10
    for row in rows:
        if kind.startswith("by_month"):
            values = (days(row[0]), round(float(row[2]) * 10 * int(row[1])), row[1])
        else:
            values = (days(row[1]), round(row[goldstein] * 10), 0 if kind.endswith("rows") else row[0])
        total[:] = [total[0] + 1, total[1] + values[0], total[2] + values[1], total[3] + values[2]]


def report_load(peer, what, load_seconds, processor, rows, disk_bytes):
    print(f"{peer}: {rows / load_seconds:,.0f} rows/s into {what} ({load_seconds:.1f} s, processor {processor:.1f} s = "
          f"{processor / rows * 1e6:.1f} us/row), {disk_bytes / rows:.0f} bytes/row on disk")
    sys.stdout.flush()


def report(timings, sums):
    for kind, seconds in timings.items():
        seconds.sort()
        print(f"  {KINDS[kind]:32s} p50 {seconds[len(seconds) // 2] * 1e6:9,.0f} us   "
              f"p99 {seconds[len(seconds) * 99 // 100] * 1e6:9,.0f} us"
              + ("" if kind == "empty" else "   sums: {} rows, days {}, goldstein {}, ids {}".format(*sums[kind])))
    sys.stdout.flush()


def ask(run, asked, kinds):
    """run(kind, arguments) executes a question and fetches its rows. All are asked twice; the second time counts."""
    timings = {kind: [] for kind in kinds}
    sums = {kind: [0, 0, 0, 0] for kind in kinds}
    for kind in kinds:
        for question in asked:
            rows = run(kind, arguments(kind, question))
            if kind != "empty":
                add_up(kind, rows, sums[kind])
        for question in asked:
            values = arguments(kind, question)
            start = time.perf_counter()
            run(kind, values)
            timings[kind].append(time.perf_counter() - start)
    return timings, sums


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


def cut_file(path, kept):
    """The rows as COPY reads them, and their number: of an earlier run if `kept` names its file."""
    if kept and os.path.exists(kept):
        table = open(kept, encoding="utf-8")  # pylint: disable=consider-using-with
        rows = sum(1 for _ in table)
    else:
        table = open(kept, "w+", encoding="utf-8") if kept else tempfile.TemporaryFile("w+", encoding="utf-8")
        rows = cut(path, table)
    table.seek(0)
    return table, rows


def postgresql(path, asked, kept, rollups):
    import psycopg2  # pylint: disable=import-outside-toplevel
    table, rows = cut_file(path, kept)
    with cluster() as folder, table:
        connection = psycopg2.connect(host=folder, user="bench", dbname="postgres")
        cursor = connection.cursor()
        processor = time.process_time() + cluster_processor_seconds(folder)
        start = time.perf_counter()
        cursor.execute("CREATE TABLE event (" + ", ".join(f"{name} {kind}" for _, name, kind in COLUMNS) + ")")
        cursor.copy_expert("COPY event FROM STDIN", table)
        cursor.execute("ALTER TABLE event ADD PRIMARY KEY (id)")
        for index in INDEXES:
            cursor.execute(index)
        for name, keys, covered in COVERING:
            cursor.execute(f"CREATE INDEX {name} ON event ({keys}) INCLUDE ({covered})")
        connection.commit()
        load = time.perf_counter() - start
        used = time.process_time() + cluster_processor_seconds(folder) - processor
        cursor.execute("SELECT pg_total_relation_size('event')")
        report_load("PostgreSQL 15", "the table and the indexes of the questions", load, used, rows, cursor.fetchone()[0])
        connection.commit()
        if rollups:
            start = time.perf_counter() - load  # of the load the query above is no part
            processor = time.process_time() + cluster_processor_seconds(folder) - used
            cursor.execute("SET work_mem = '512MB'")
            cursor.execute("SET max_parallel_workers_per_gather = 2")
            for text in MORE_INDEXES + ROLLUPS:
                cursor.execute(text)
            connection.commit()
            load = time.perf_counter() - start
            used = time.process_time() + cluster_processor_seconds(folder) - processor
        connection.autocommit = True
        cursor.execute("VACUUM ANALYZE")
        if rollups:
            tables = ["event", *ROLLUP_TABLES]
            cursor.execute("SELECT " + " + ".join(f"pg_total_relation_size('{table}')" for table in tables))
            report_load("PostgreSQL 15", "the set of indexes and roll-ups that we have", load, used, rows, cursor.fetchone()[0])
        cursor.execute("SET max_parallel_workers_per_gather = 0")
        statements = texts(["$1", "$2", "$3", "$4"], "country1 IS DISTINCT FROM $1", "to_char(day, 'YYYY-MM')")
        if rollups:
            statements["by_month_rollup"] = BY_MONTH_ROLLUP.format("$1", "$2", "$3", "$4")
        for kind, text in statements.items():
            kinds = "" if kind == "empty" else "(text)" if kind.startswith("newest") else "(text, text, date, date)"
            cursor.execute(f"PREPARE q_{kind}{kinds} AS {text}")

        def run(kind, values):
            slots = "(" + ", ".join(["%s"] * len(values)) + ")" if values else ""
            cursor.execute(f"EXECUTE q_{kind}{slots}", values)
            return cursor.fetchall()

        report(*ask(run, asked, statements))
        within(cursor, asked, statements)
        connection.close()


def cluster_processor_seconds(folder):
    """Of the server, its ended children and those that live."""
    ticks = os.sysconf("SC_CLK_TCK")
    with open(os.path.join(folder, "data", "postmaster.pid"), encoding="utf-8") as lines:
        postmaster = int(lines.readline())

    def fields(pid):
        with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
            return stat.read().rpartition(")")[2].split()  # from the third on: state, parent, …

    total = sum(int(value) for value in fields(postmaster)[11:15])
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            values = fields(pid)
            if int(values[1]) == postmaster:
                total += int(values[11]) + int(values[12])
    return total / ticks


def within(cursor, asked, kinds):
    """What the server itself says that it takes to execute a question, without client and socket."""
    print("  as the server itself measures execution (EXPLAIN ANALYZE, timing off):")
    for kind, what in KINDS.items():
        if kind == "empty" or kind not in kinds:
            continue
        millis = []
        for question in asked[:500]:
            values = arguments(kind, question)
            cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, SUMMARY ON, FORMAT JSON) EXECUTE q_{kind}("
                           + ", ".join(["%s"] * len(values)) + ")", values)
            millis.append(cursor.fetchone()[0][0]["Execution Time"])
        millis.sort()
        print(f"  {what:32s} p50 {millis[len(millis) // 2] * 1e3:9,.0f} us   p99 {millis[len(millis) * 99 // 100] * 1e3:9,.0f} us")
    sys.stdout.flush()


def sqlite(path, asked):
    folder = tempfile.mkdtemp(prefix="peers-sqlite-")
    try:
        connection = sqlite3.connect(os.path.join(folder, "event.db"), isolation_level=None)
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -1000000", "mmap_size = 8000000000"):
            connection.execute("PRAGMA " + pragma)
        kinds = {"text": "TEXT", "date": "TEXT", "real": "REAL"}
        processor = time.process_time()
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
        for name, keys, covered in COVERING:
            connection.execute(f"CREATE INDEX {name} ON event ({keys}, {covered.replace('id, ', '')})")
        connection.execute("COMMIT")
        load = time.perf_counter() - start
        processor = time.process_time() - processor
        connection.execute("ANALYZE")
        statements = texts(["?1", "?2", "?3", "?4"], "country1 IS NOT ?1", "substr(day, 1, 7)")

        def run(kind, values):
            return connection.execute(statements[kind], values).fetchall()

        disk = os.path.getsize(os.path.join(folder, "event.db"))
        report_load(f"SQLite {sqlite3.sqlite_version} (rows parsed by Python)", "the table and the indexes of the questions", load,
                    processor, rows, disk)
        report(*ask(run, asked, statements))
        connection.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", required=True, metavar="FILE", help="made by import_bench --tsv")
    parser.add_argument("--questions", required=True, metavar="FILE", help="made by import_bench --questions-file")
    parser.add_argument("--count", type=int, default=2000, help="how many of the questions")
    parser.add_argument("--cut", metavar="FILE", help="keep the columns that PostgreSQL gets in this file, or take those of an "
                        "earlier run from it")
    parser.add_argument("--no-rollups", action="store_true", help="PostgreSQL: only the indexes of the questions")
    parser.add_argument("peers", nargs="+", choices=["postgresql", "sqlite"])
    args = parser.parse_args()
    asked = questions(args.questions)[: args.count]
    for peer in args.peers:
        if peer == "postgresql":
            postgresql(args.rows, asked, args.cut, not args.no_rollups)
        else:
            sqlite(args.rows, asked)


if __name__ == "__main__":
    main()

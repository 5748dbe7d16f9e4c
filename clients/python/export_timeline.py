#!/usr/bin/env python3
"""Writes a timeline as CSV or JSON lines.

    export_timeline.py --server 127.0.0.1:7474 PRK RUS --from 2023-01-01 > prk-rus.csv
    export_timeline.py PRK --format jsonl --output prk.jsonl

The columns are those of `entente timeline --format csv` (docs/operations.md). Exit code: 0 all well, 1 an error,
2 wrong usage.
"""
from __future__ import annotations

import argparse
import csv
import json
import os
import sys
from typing import List, TextIO

import grpc
from google.protobuf import json_format

from entente.v1 import event_pb2, ontology_pb2
from entente_client import Client

COLUMNS = ["id", "start_date", "end_date", "date_precision", "type", "subtype", "status", "source", "target",
           "participants", "cameo", "plover", "mode", "goldstein", "quad_class", "confidence", "place", "country"]


def side(event: event_pb2.Event, wanted: int) -> str:
    """The codes of the participants on one side; those of a symmetric role stand on both."""
    return ";".join(p.code or p.actor for p in event.participants if p.side in (wanted, ontology_pb2.BOTH))


def fields(event: event_pb2.Event) -> List[str]:
    """An event's row, under COLUMNS."""
    return [event.id, event.date.start, event.date.end, event_pb2.DatePrecision.Name(event.date.precision),
            event.type, event.subtype, event_pb2.EventStatus.Name(event.status),
            side(event, ontology_pb2.SOURCE), side(event, ontology_pb2.TARGET),
            ";".join(f"{p.role}={p.actor}" for p in event.participants),
            event.cameo, event.plover, event.plover_mode, f"{event.goldstein + 0.0:.1f}",
            ontology_pb2.QuadClass.Name(event.quad_class), f"{event.confidence:.3f}",
            event.place.name, event.place.country]


def export(client: Client, args: argparse.Namespace, out: TextIO) -> int:
    """Writes the events as they arrive; gives their number."""
    writer = csv.writer(out, lineterminator="\n")
    if args.format == "csv":
        writer.writerow(COLUMNS)
    count = 0
    for event in client.timeline(args.actor, args.other, start_date=args.start, end_date=args.end, types=args.type,
                                 min_confidence=args.min_confidence, include_mentions=args.mentions):
        if args.format == "csv":
            writer.writerow(fields(event))
        else:
            message = json_format.MessageToDict(event, preserving_proto_field_name=True)
            out.write(json.dumps(message, ensure_ascii=False) + "\n")
        count += 1
    return count


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("actor", help="actor id or name")
    parser.add_argument("other", nargs="?", default="", help="only events that link it with this one")
    parser.add_argument("--server", default=os.environ.get("ENTENTE_SERVER", "127.0.0.1:7474"))
    parser.add_argument("--from", dest="start", default="", metavar="YYYY-MM-DD")
    parser.add_argument("--to", dest="end", default="", metavar="YYYY-MM-DD")
    parser.add_argument("--type", action="append", default=[], help="only this type; again for more")
    parser.add_argument("--min-confidence", type=float, default=0.0)
    parser.add_argument("--mentions", action="store_true", help="with the evidence, in jsonl")
    parser.add_argument("--format", choices=["csv", "jsonl"], default="csv")
    parser.add_argument("--output", default="-", help="a file instead of standard output")
    return parser.parse_args()


def main() -> int:
    args = parse_arguments()
    try:
        with Client(args.server) as client:
            if args.output == "-":
                export(client, args, sys.stdout)
            else:
                part = args.output + ".part"
                with open(part, "w", encoding="utf-8", newline="") as out:
                    count = export(client, args, out)
                os.replace(part, args.output)
                print(f"{count} events", file=sys.stderr)
    except grpc.RpcError as error:
        print(f"export_timeline: {error.details()}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"export_timeline: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""An EventCoder server for Entente: how somebody else's coder (an LLM, a transformer) plugs in.

    example_coder.py --listen 127.0.0.1:7575
    entente serve --db news.db --create --coder 127.0.0.1:7575

Everything but the class KeywordModel is what any such coder needs: a server, sentences, and turning what a model says
of a sentence into Entente's messages with the bytes that are its evidence. KeywordModel is a toy that works without a
network: it knows a few states and verbs. Put your model in its place; docs/external_coder.md tells how.

Needs python3-grpcio and python3-protobuf, and the stubs that a build of Entente puts into BUILD/clients/python.
"""
from __future__ import annotations

import argparse
import re
import signal
import sys
from concurrent import futures
from dataclasses import dataclass
from typing import Iterator, List, Tuple

import grpc

from entente.v1 import actor_pb2, article_pb2, event_coder_pb2_grpc, event_pb2

VERSION = "example-keywords/1"
MAX_MESSAGE_BYTES = 16 << 20
THREADS = 8


@dataclass
class Found:
    """An event that a model sees in a sentence. Spans are [start, end) in characters of the sentence."""

    type: str  # an id of the ontology, as `entente types` lists them
    trigger: Tuple[int, int]
    participants: List[Tuple[str, str, Tuple[int, int]]]  # role of the type, actor id, span
    confidence: float  # 0 to 1
    status: str = "OCCURRED"  # a name of EventStatus
    reason: str = ""  # shown by `entente code --explain`


class KeywordModel:
    """Stands for your model: "STATE VERB STATE" is an event.

    An LLM would get the sentence and the types with their roles in its prompt, answer in JSON with the *words* of
    trigger and participants, and be asked for nothing else; look each up in the sentence with str.find, and leave out
    events whose words are not there.
    """

    states = {"France": "FRA", "Russia": "RUS", "China": "CHN", "Iran": "IRN", "North Korea": "PRK",
              "South Korea": "KOR", "Ukraine": "UKR", "the United States": "USA", "The United States": "USA"}
    # verb: type, role of what stands before it, role of what stands after it
    verbs = {"condemned": ("criticism", "speaker", "target"), "armed": ("arms_deal", "supplier", "recipient"),
             "visited": ("visit", "visitor", "host"), "met": ("meeting", "participant", "participant")}

    def __init__(self) -> None:
        names = "|".join(sorted(map(re.escape, self.states), key=len, reverse=True))
        self.pattern = re.compile(rf"\b({names}) ({'|'.join(self.verbs)}) ({names})\b")

    def find(self, sentence: str) -> Iterator[Found]:
        for match in self.pattern.finditer(sentence):
            before, verb, after = match.groups()
            kind, source, target = self.verbs[verb]
            yield Found(kind, match.span(2), [(source, self.states[before], match.span(1)),
                                              (target, self.states[after], match.span(3))],
                        confidence=0.7, reason=f"keyword \"{verb}\" between two states")


def sentences(text: str) -> Iterator[Tuple[int, str]]:
    """Start, in characters, and words of each sentence. Cut at full stops and line breaks: a toy as well."""
    for match in re.finditer(r"[^\n.]*[^\n.\s][^\n.]*\.?", text):
        yield match.start(), match.group()


def byte_span(text: str, start: int, end: int) -> event_pb2.TextSpan:
    """Entente counts bytes of UTF-8, Python characters."""
    begin = len(text[:start].encode())
    return event_pb2.TextSpan(begin=begin, end=begin + len(text[start:end].encode()))


def add_event(coded: event_pb2.CodedArticle, section: int, text: str, start: int, sentence: str, found: Found) -> None:
    """What Entente can find out by itself (codes, sides, dates, the words of spans) is left out."""
    event = coded.events.add(type=found.type, status=event_pb2.EventStatus.Value(found.status),
                             confidence=found.confidence)
    mention = event.mentions.add(section=section, rule=f"{found.type}-keyword")
    mention.sentence.CopyFrom(byte_span(text, start, start + len(sentence)))
    mention.trigger.CopyFrom(byte_span(text, start + found.trigger[0], start + found.trigger[1]))
    mention.explanation.rule_source = found.reason
    for role, actor, (begin, end) in found.participants:
        event.participants.add(role=role, actor=actor, display_name=sentence[begin:end], code=actor, country=actor,
                               kind=actor_pb2.STATE)
        mention.participants.add(role=role, actor=actor, span=byte_span(text, start + begin, start + end))


class ExampleCoder(event_coder_pb2_grpc.EventCoderServicer):
    def __init__(self, model: KeywordModel) -> None:
        self.model = model

    def CodeArticle(self, request, context) -> event_pb2.CodedArticle:
        """Called from many threads at once. An exception reaches Entente as an error, and its own coder steps in."""
        article: article_pb2.Article = request.article
        coded = event_pb2.CodedArticle(article=article.id, coder=VERSION)
        for section, text in ((event_pb2.TITLE, article.title), (event_pb2.BODY, article.text)):
            for start, sentence in sentences(text):
                if not context.is_active():  # Entente has given up on this article
                    return coded
                coded.sentence_count += 1
                for found in self.model.find(sentence):
                    add_event(coded, section, text, start, sentence, found)
        return coded


def main() -> int:
    parser = argparse.ArgumentParser(description="An example of a coder for Entente: a few keywords.")
    parser.add_argument("--listen", default="127.0.0.1:7575", help="address; port 0 takes any that is free")
    arguments = parser.parse_args()
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=THREADS),
                         options=[("grpc.max_receive_message_length", MAX_MESSAGE_BYTES), ("grpc.so_reuseport", 0)])
    event_coder_pb2_grpc.add_EventCoderServicer_to_server(ExampleCoder(KeywordModel()), server)
    try:
        port = server.add_insecure_port(arguments.listen)
    except RuntimeError:
        port = 0
    if not port:
        print(f"cannot listen at {arguments.listen}: is the port free?", file=sys.stderr)
        return 1
    server.start()
    host = arguments.listen.rsplit(":", 1)[0]
    print(f"{VERSION} listening on {host}:{port}", file=sys.stderr, flush=True)
    signal.signal(signal.SIGTERM, lambda *_: server.stop(grace=1))
    signal.signal(signal.SIGINT, lambda *_: server.stop(grace=1))
    server.wait_for_termination()
    return 0


if __name__ == "__main__":
    sys.exit(main())

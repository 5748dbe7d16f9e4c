"""A client of an Entente server.

    with Client("127.0.0.1:7474") as client:
        for event in client.timeline("PRK", "RUS", start_date="2023-01-01"):
            print(event.date.start, event.type)

Results are the API's own messages (proto/entente/v1). Errors are grpc.RpcError, whose details() say what to do. A Client
may be shared between threads.
"""
from __future__ import annotations

from types import TracebackType
from typing import Iterable, Iterator, Optional, Sequence, Type

import grpc

from entente.v1 import article_pb2, event_graph_pb2, event_graph_pb2_grpc, event_pb2, ingest_pb2, ingest_pb2_grpc

CONNECT_SECONDS = 3.0
# A message of a stream is closed at 1 MiB, but a single event may have a great many mentions.
MAX_MESSAGE_BYTES = 64 << 20


class Client:
    """A connection to a server; `credentials` (grpc.ssl_channel_credentials(…)) turn TLS on."""

    def __init__(self, address: str, credentials: Optional[grpc.ChannelCredentials] = None,
                 connect_seconds: float = CONNECT_SECONDS) -> None:
        """Raises ConnectionError if no server answers in time."""
        options = [("grpc.max_receive_message_length", MAX_MESSAGE_BYTES)]
        self._channel = (grpc.secure_channel(address, credentials, options) if credentials
                         else grpc.insecure_channel(address, options))
        try:
            grpc.channel_ready_future(self._channel).result(timeout=connect_seconds)
        except grpc.FutureTimeoutError:
            self._channel.close()
            raise ConnectionError(f"no server answers at {address} (tried for {connect_seconds:g} s)") from None
        self.graph = event_graph_pb2_grpc.EventGraphStub(self._channel)
        self.ingest = ingest_pb2_grpc.IngestStub(self._channel)

    def timeline(self, actor: str = "", other_actor: str = "", *, start_date: str = "", end_date: str = "",
                 types: Sequence[str] = (), min_confidence: float = 0.0, min_goldstein: Optional[float] = None,
                 max_goldstein: Optional[float] = None, newest_first: bool = False,
                 include_mentions: bool = False, limit: int = 0) -> Iterator[event_pb2.Event]:
        """Events by date, as they arrive; of all actors if none is named."""
        request = event_graph_pb2.ListEventsRequest(
            filter=event_graph_pb2.EventFilter(actor=actor, other_actor=other_actor, start_date=start_date,
                                               end_date=end_date, types=types, min_confidence=min_confidence,
                                               min_goldstein=min_goldstein, max_goldstein=max_goldstein),
            newest_first=newest_first, include_mentions=include_mentions, limit=limit)
        for page in self.graph.StreamTimeline(request):
            yield from page.events

    def search(self, query: str, *, actor: str = "", other_actor: str = "", start_date: str = "", end_date: str = "",
               types: Sequence[str] = (), statuses: Sequence[int] = (), include_mentions: bool = False,
               limit: int = 0, timeout: float = 60.0) -> Iterator[event_pb2.Event]:
        """Events by the words of titles and evidence, newest report first: 'arms deal -missile "space centre" sanct*'.

        Pages are asked for as they are needed; `limit` 0 is no limit.
        """
        request = event_graph_pb2.SearchEventsRequest(
            query=query, include_mentions=include_mentions,
            filter=event_graph_pb2.EventFilter(actor=actor, other_actor=other_actor, start_date=start_date,
                                               end_date=end_date, types=types, statuses=statuses))
        found = 0
        while True:
            request.page_size = min(limit - found, 1000) if limit else 0
            page = self.graph.SearchEvents(request, timeout=timeout)
            yield from page.events
            found += len(page.events)
            if not page.next_page_token or (limit and found >= limit):
                return
            request.page_token = page.next_page_token

    def relationship(self, actor: str, other_actor: str, *, start_date: str = "", end_date: str = "",
                     timeout: float = 60.0) -> event_graph_pb2.Relationship:
        """What links two actors, summed up."""
        return self.graph.GetRelationship(
            event_graph_pb2.GetRelationshipRequest(actor=actor, other_actor=other_actor, start_date=start_date,
                                                   end_date=end_date), timeout=timeout)

    def explain(self, event_id: str, *, timeout: float = 60.0) -> Iterator[event_graph_pb2.ExplainedMention]:
        """Why a stored event was coded so, a mention at a time; `outcome` and `note` say where there is nothing to say."""
        request = event_graph_pb2.ExplainEventRequest(id=event_id)
        while True:
            page = self.graph.ExplainEvent(request, timeout=timeout)
            yield from page.mentions
            if not page.next_page_token:
                return
            request.page_token = page.next_page_token

    def code(self, article: article_pb2.Article, *, explain: bool = False, min_confidence: Optional[float] = None,
             timeout: float = 60.0) -> event_pb2.CodedArticle:
        """What would be coded; nothing is stored."""
        request = ingest_pb2.CodeTextRequest(article=article, explain=explain)
        if min_confidence is not None:
            request.min_confidence = min_confidence
        return self.ingest.CodeText(request, timeout=timeout)

    def ingest_articles(self, articles: Iterable[article_pb2.Article]) -> Iterator[ingest_pb2.IngestArticleResponse]:
        """Codes and stores; an outcome for each article, in order, once it is durable."""
        return self.ingest.IngestArticles(ingest_pb2.IngestArticleRequest(article=a) for a in articles)

    def close(self) -> None:
        self._channel.close()

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException],
                 trace: Optional[TracebackType]) -> None:
        self.close()

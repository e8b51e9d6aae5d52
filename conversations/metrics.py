"""The Prometheus text: what this process counted, and what the database says at this moment."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Count, Min
from django.utils import timezone

from conversations.models import Generation
from conversations.models.status import RUNNING, Status
from conversations.tally import Histogram, tally

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_MODEL = ["provider", "model"]


def exposition(gauges: Mapping[str, float] | None = None) -> bytes:
    """All metrics; `gauges`: what the caller knows of its process besides (sockets, streams)."""
    # Imported here: a process whose metrics nobody reads does not need them in memory.
    from prometheus_client import CollectorRegistry
    from prometheus_client.exposition import generate_latest

    class Now:
        def collect(self) -> Iterator[Any]:
            yield from _counters()
            yield from _histograms()
            yield from _gauges({**_queue(), **(gauges or {})})

    registry = CollectorRegistry()
    registry.register(Now())
    return generate_latest(registry)


def _counters() -> Iterator[Any]:
    from prometheus_client.core import CounterMetricFamily

    requests = CounterMetricFamily(
        "chat_requests", "Upstream requests that ended", labels=[*_MODEL, "purpose", "status"]
    )
    for labels, count in sorted(tally.requests.items()):
        requests.add_metric(labels, count)
    tokens = CounterMetricFamily("chat_tokens", "Tokens, as the ledger has them", labels=[*_MODEL, "kind"])
    for labels, count in sorted(tally.tokens.items()):
        tokens.add_metric(labels, count)
    lost = CounterMetricFamily("chat_layer_rings_lost", "Rings that the channel layer did not take")
    lost.add_metric([], tally.lost_rings)
    missed = CounterMetricFamily("chat_layer_gaps", "Times that a ring was missing and the log was read")
    missed.add_metric([], tally.missed_rings)
    yield from (requests, tokens, lost, missed)


def _histograms() -> Iterator[Any]:
    from prometheus_client.core import HistogramMetricFamily

    def family(name: str, says: str, found: Mapping[Any, Histogram], labels: list[str]) -> Any:
        made = HistogramMetricFamily(name, says, labels=labels)
        for key, histogram in sorted(found.items()):
            made.add_metric(key, histogram.up_to(), histogram.total)
        return made

    yield family("chat_ttft_seconds", "From the request to the first token", tally.ttft, _MODEL)
    yield family("chat_token_gap_seconds", "Between two pieces of an answer", tally.gaps, _MODEL)
    yield family("chat_flush_seconds", "Writing what arrived to the log", {(): tally.flushes}, [])


def _gauges(found: Mapping[str, float]) -> Iterator[Any]:
    from prometheus_client.core import GaugeMetricFamily

    says = {
        "chat_queue_length": "Requests that wait for a runner, everywhere",
        "chat_queue_age_seconds": "How long the first of them has waited",
        "chat_running": "Requests that run, everywhere",
        "chat_sockets": "Open pages of this process",
        "chat_streams": "Requests that this process streams",
    }
    for name, value in found.items():
        gauge = GaugeMetricFamily(name, says[name])
        gauge.add_metric([], value)
        yield gauge


def _queue() -> dict[str, float]:
    found = Generation.objects.filter(status__in=RUNNING).order_by().values("status")
    rows = {row["status"]: row for row in found.annotate(count=Count("pk"), first=Min("created_at"))}
    queued, streaming = rows.get(Status.QUEUED), rows.get(Status.STREAMING)
    age = (timezone.now() - queued["first"]).total_seconds() if queued else 0.0
    return {
        "chat_queue_length": queued["count"] if queued else 0,
        "chat_queue_age_seconds": max(0.0, age),
        "chat_running": streaming["count"] if streaming else 0,
    }

"""The same row as `experts.Expert`, kept by each peer its own way."""

from django.apps import AppConfig


class PeersConfig(AppConfig):
    name = "benchmarks.peers"
    label = "peers"

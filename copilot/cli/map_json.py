"""The map as one JSON object for programs. Its schema is `map-1.schema.json` beside this module."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from copilot.domain.clones import Clone, Consumer
from copilot.domain.codec import encode
from copilot.domain.pipeline import Endpoint, FieldUse, Link, PipelineMap
from copilot.domain.schema import SchemaField, SchemaSource, SchemaSubject, SchemaVersion
from copilot.domain.source import Gap, Span

VERSION = 1
"""Raised when a key changes its meaning or goes; new keys don't raise it."""


def map_json(pipeline: PipelineMap) -> dict[str, Any]:
    """Returns the public JSON object of a map; unknown things are null."""
    return {
        "version": VERSION,
        "commit": pipeline.commit,
        "files_read": pipeline.files_read,
        "uncommitted_changes": pipeline.uncommitted_count,
        "other_languages": dict(pipeline.other_languages),
        "subjects": [_subject(subject) for subject in pipeline.subjects],
        "endpoints": [_endpoint(endpoint) for endpoint in pipeline.endpoints],
        "jobs": [{"name": job.name, "root": job.root, "owner": job.owner or None} for job in pipeline.jobs],
        "deployments": [
            {"job": it.job, "name": it.name, "settings": dict(it.settings), "at": span_json(it.span)}
            for it in pipeline.deployments
        ],
        "links": [_link(link) for link in pipeline.links],
        "uses": [_use(use) for use in pipeline.uses],
        "blind_spots": [
            {"job": spot.job, "at": span_json(spot.span), "reason": spot.reason, "subjects": list(spot.subjects)}
            for spot in pipeline.blind_spots
        ],
        "objectives": [
            {"name": it.name, "about": it.about, "text": it.text, "at": span_json(it.span)}
            for it in pipeline.objectives
        ],
        "gaps": [_gap(gap) for gap in pipeline.gaps],
        "clones": [_clone(clone) for clone in pipeline.clones],
        "consumers": [_consumer(consumer) for consumer in pipeline.consumers],
    }


def span_json(span: Span) -> dict[str, Any]:
    """Returns a place as an object of path, first_line and last_line."""
    return {"path": span.path, "first_line": span.first_line, "last_line": span.last_line}


def _subject(subject: SchemaSubject) -> dict[str, Any]:
    return {
        "name": subject.name,
        "format": subject.format,
        "compatibility": subject.compatibility,
        "compatibility_source": subject.level_source,
        "versions": [_version(version) for version in subject.versions],
        "copies": [_source(copy) for copy in subject.copies],
    }


def _version(version: SchemaVersion) -> dict[str, Any]:
    return {
        "number": version.number,
        "name": version.name,
        "fingerprint": version.fingerprint,
        "meaning": version.meaning,
        "source": _source(version.source),
        "fields": [_field(field) for field in version.fields],
    }


def _field(field: SchemaField) -> dict[str, Any]:
    return {
        "path": field.path,
        "record": field.record,
        "type": _parsed(field.type),
        "has_default": field.default is not None,
        "default": None if field.default is None else _parsed(field.default),
        "aliases": list(field.aliases),
        "logical_type": field.logical_type or None,
        "at": span_json(field.span),
    }


@cache
def _parsed(text: str) -> Any:
    """Returns the value of a JSON text, of which a map has thousands and few different ones; nobody changes it."""
    return json.loads(text)


def _source(source: SchemaSource) -> dict[str, Any]:
    return {"path": source.path, "commit": source.commit, "host": source.host, "at": span_json(source.span)}


def _endpoint(endpoint: Endpoint) -> dict[str, Any]:
    return {"kind": endpoint.kind, "name": endpoint.name or None, "variable": endpoint.variable or None}


def _link(link: Link) -> dict[str, Any]:
    return {
        "job": link.job,
        "endpoint": _endpoint(link.endpoint),
        "direction": link.direction,
        "subject": link.subject,
        "version": link.version or None,
        "decoder": None if link.decoder is None else encode(link.decoder),
        "certainty": link.certainty,
        "deployments": list(link.deployments),
        "proof": [span_json(span) for span in link.proof],
    }


def _use(use: FieldUse) -> dict[str, Any]:
    return {
        "job": use.job,
        "subject": use.subject,
        "path": use.path,
        "mode": use.mode,
        "form": use.form,
        "certainty": use.certainty,
        "is_test": use.is_test,
        "at": span_json(use.span),
        "excerpt": use.excerpt,
    }


def _clone(clone: Clone) -> dict[str, Any]:
    return {
        "name": clone.name,
        "path": clone.path,
        "pin": clone.pin or None,
        "commit": clone.commit or None,
        "owner": clone.owner or None,
        "files_read": clone.files_read,
        "at": span_json(clone.span),
    }


def _consumer(consumer: Consumer) -> dict[str, Any]:
    return {
        "job": consumer.job,
        "subject": consumer.subject or None,
        "topic": consumer.topic or None,
        "schema": consumer.schema or None,
        "decoder": consumer.decoder or None,
        "owner": consumer.owner or None,
        "at": span_json(consumer.span),
    }


def _gap(gap: Gap) -> dict[str, Any]:
    return {"at": span_json(gap.span), "reason": gap.reason}

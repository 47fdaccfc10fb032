"""Stories, who carried them and where their texts came from, as JSON of the commands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from monitor.cli.shown import instant

if TYPE_CHECKING:
    from monitor.identity.overview import Carrier, Coverage, Origin, Overview
    from monitor.jobs.stories import Linked, Originated, Shown
    from monitor.types import Member, Relation, Source


def overview_record(story: Overview) -> dict[str, Any]:
    return {
        "id": story.id,
        "title": story.title,
        "lang": story.lang,
        "articles": story.articles,
        "outlets": len(story.carriers),
        "first": instant(story.first_at),
        "last": instant(story.last_at),
        "origins": list(map(_origin_record, story.origins)),
        "analyses": list(map(_origin_record, story.analyses)),
        "languages": list(story.languages),
        "classes": list(story.classes),
        "countries": list(story.countries),
        "only_state_media_of": story.only_state_media_of,
    }


def _origin_record(one: Origin) -> dict[str, Any]:
    return {
        "key": one.key,
        "name": one.name,
        "copy_groups": list(one.groups),
        "articles": one.articles,
        "outlets": one.outlets,
        "first": instant(one.first_at),
    }


def story_record(story: Shown, sources: Mapping[str, Source]) -> dict[str, Any]:
    """The story as `story --json` prints it."""
    from monitor.identity.overview import name_of

    record = overview_record(story.overview)
    record["carriers"] = [_carrier_record(one) for one in story.overview.carriers]
    record["members"] = [_member_record(one, name_of(one, sources)) for one in story.members]
    record["relations"] = [
        _relation_record(number, one) for number, several in sorted(story.relations.items()) for one in several
    ]
    record["silent"], record["unread"] = list(story.coverage.silent), list(story.coverage.unread)
    record["silent_outlets"] = list(story.coverage.silent_sources)
    record["follows"] = [_linked_record(one) for one in story.follows]
    record["followed_by"] = [_linked_record(one) for one in story.followed_by]
    record["decisions"] = [
        {
            "what": one.what,
            "at": instant(one.at),
            "story": one.story_id,
            "other": one.other_id,
            "articles": list(one.article_ids),
        }
        for one in story.decisions
    ]
    return record


def _carrier_record(one: Carrier) -> dict[str, Any]:
    record = {"outlet": one.key, "name": one.name, "country": one.country, "class": one.ownership}
    record |= {"article": one.first.id, "first": instant(one.at), "lag_seconds": int(one.lag.total_seconds())}  # type: ignore[dict-item]
    return record | {"articles": one.articles, "languages": list(one.languages), "kind": one.kind}


def _member_record(member: Member, outlet: str) -> dict[str, Any]:
    from monitor.identity.overview import time_of

    record: dict[str, Any] = {"id": member.id, "title": member.title, "url": member.url, "source": member.source_id}
    record |= {"outlet": outlet, "lang": member.lang, "at": instant(time_of(member)), "tags": list(member.tags)}
    return record | {"copy_group_id": member.copy_group_id, "origin": member.origin, "by_hand": member.by_hand}


def _relation_record(number: int, one: Relation) -> dict[str, Any]:
    return {"article": number, "kind": one.kind, "other": one.article_id, "share": round(one.share, 3)}


def _linked_record(one: Linked) -> dict[str, Any]:
    return {"story": one.story_id, "article": one.article_id, "title": one.title, "at": instant(one.at)}


def coverage_record(story: Overview, found: Coverage) -> dict[str, Any]:
    cells = [
        {
            "state": state,
            "class": ownership,
            "first": instant(cell.at),
            "article": cell.first.id if cell.first else None,
            "carried": cell.carried,
            "read": cell.read,
        }
        for (state, ownership), cell in sorted(found.cells.items())
    ]
    return {
        "id": story.id,
        "title": story.title,
        "states": list(found.states),
        "classes": list(found.classes),
        "cells": cells,
        "silent": list(found.silent),
        "unread": list(found.unread),
        "silent_outlets": list(found.silent_sources),
        "unread_outlets": list(found.unread_sources),
        "elsewhere": found.elsewhere,
        "only_state_media_of": story.only_state_media_of,
    }


def originated_record(one: Originated) -> dict[str, Any]:
    return {
        "key": one.key,
        "name": one.name,
        "articles": one.articles,
        "outlets": one.outlets,
        "usual_lag_seconds": int(one.usual_lag.total_seconds()) if one.usual_lag is not None else None,
        "texts": [
            {
                "copy_group_id": text.copy_group_id,
                "story_id": text.story_id,
                "title": text.title,
                "first": instant(text.first_at),
                "articles": text.articles,
                "outlets": list(text.outlets),
            }
            for text in one.texts
        ],
    }

import json

import pytest

from hanazora.core.documents import sha256_file
from hanazora.core.errors import UserError
from hanazora.media.encode import write_video
from hanazora.pipelines.detect.detect import (
    EXIT_CODES,
    SCHEMA_PATH,
    as_data,
    as_lines,
    detect,
    subjects_of,
)
from hanazora.pipelines.detect.looking import look
from hanazora.pipelines.detect.sources import Tools
from hanazora.provenance.fingerprint import fingerprint
from hanazora.provenance.ledger import Entry, Ledger
from hanazora.safety.database import database_path
from hanazora.safety.review.takedown import TakedownList

FORBIDDEN = ("real", "authentic", "genuine", "not ai", "human-made", "no ai")


@pytest.fixture
def tools(tmp_path, classifier, monkeypatch):
    monkeypatch.setenv("HANAZORA_HOME", str(tmp_path))
    ledger = Ledger(tmp_path / "ledger.sqlite")
    return Tools(classifier=lambda: classifier, ledger=lambda: ledger)


@pytest.fixture
def video(tmp_path, clip):
    path = tmp_path / "a.mp4"
    write_video(path, clip(9, 96, 80), fps=8)
    return path


def conforms(value, schema):
    """Check a value against the few words of JSON Schema that ours uses."""
    if "const" in schema:
        return value == schema["const"]
    if "enum" in schema:
        return value in schema["enum"]
    kinds = {
        "object": dict,
        "array": list,
        "string": str,
        "number": float | int,
        "null": type(None),
    }
    names = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if not any(isinstance(value, kinds[name]) for name in names):
        return False
    if isinstance(value, dict) and "properties" in schema:
        parts = schema["properties"]
        return set(schema["required"]) <= set(value) <= set(parts) and all(
            conforms(item, parts[name]) for name, item in value.items()
        )
    if isinstance(value, list):
        enough = schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value))
        return enough and all(conforms(item, schema["items"]) for item in value)
    return True


def test_a_foreign_file_has_no_evidence_and_no_verdict(video, tools):
    found = detect(video, tools=tools)
    assert found.conclusion in ("none found", "supporting")
    text = "\n".join(as_lines("a.mp4", found)).lower()
    words = text.replace("re-encoding", "").split()
    assert not [word for word in FORBIDDEN if word in words or (" " in word and word in text)]
    assert all(weakness.lower() in text for weakness in found.weaknesses)
    assert EXIT_CODES["none found"] == 6


def test_the_answer_follows_the_schema_and_is_the_same_each_time(video, tools):
    data = as_data(detect(video, tools=tools))
    assert conforms(json.loads(json.dumps(data)), json.loads(SCHEMA_PATH.read_text()))
    assert data == as_data(detect(video, tools=tools))


def test_a_known_file_that_was_taken_down_is_named(video, tools):
    seen = fingerprint(look(video).frames, 8.0)
    tools.ledger().add(Entry("urn:1", b"", None, seen, "p"))
    found = detect(video, tools=tools)
    assert found.conclusion == "supporting"
    subjects = subjects_of(found)
    assert subjects["fingerprint"] == "urn:1" and subjects["sha256"] == sha256_file(video)
    TakedownList(database_path()).add({"fingerprint": "urn:1"}, 4, "aki")
    assert detect(video, tools=tools).warnings == ("taken down after case 4",)
    tools.ledger().revoke("urn:1", "wrong policy")
    assert "revoked: wrong policy" in detect(video, tools=tools).warnings


def test_an_unreadable_file_is_one_line(tmp_path, tools):
    with pytest.raises(UserError, match="cannot read"):
        detect(tmp_path / "nowhere.mp4", tools=tools)

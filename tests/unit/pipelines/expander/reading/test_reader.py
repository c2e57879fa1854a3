from hanazora.pipelines.expander.reading.reader import Clause, Reader
from hanazora.pipelines.expander.reading.tokens import Token


def reader_of(kinds):
    reader = Reader([Token("kind", kind, kind) for kind in kinds])
    for token in reader.tokens:
        reader.draft.add_subject((token.value,), token)
    return reader


def test_what_was_read_before_a_noun_is_given_to_it():
    reader = reader_of(["dog"])
    reader.pending = [Token("action", "run", "running"), Token("extra", "hat", "hat")]
    reader.give_pending(0)
    assert reader.draft.subjects[0].action == "run"
    assert reader.draft.ignored == ["hat"]  # a dog wears none
    reader.pending = [Token("action", "jump", "jumping")]
    reader.give_pending(None)
    assert reader.draft.ignored == ["hat", "jumping"]


def test_a_verb_that_says_more_replaces_one_that_says_less():
    reader = reader_of(["man"])
    for verb in ("move", "walk", "pass_behind", "jump"):
        reader.act(0, Token("action", verb, verb))
    assert reader.draft.subjects[0].action == "pass_behind"
    assert reader.draft.ignored == ["jump"]


def test_the_camera_gathers_its_words():
    reader, clause = reader_of([]), Clause(camera="")
    reader.film(clause, Token("action", "turn", "turns"))
    assert "camera" not in reader.draft.scenes[0]
    reader.film(clause, Token("direction", "left", "left"))
    assert reader.draft.scenes[0]["camera"] == "pan_left"


def test_only_people_ride():
    reader = reader_of(["woman", "dog"])
    reader.act(0, Token("action", "drive", "rides"))
    reader.act(1, Token("action", "drive", "rides"))
    assert reader.rides(Clause(topic=[0]), ("bicycle",))
    assert not reader.rides(Clause(topic=[1]), ("bicycle",))
    assert not reader.rides(Clause(topic=[0]), ("ball",))
    reader.replace_rider(Clause(topic=[0]), Token("kind", "bicycle", "bike"), [])
    assert reader.draft.subjects[0].kinds == ("bicycle",)


def test_looking_beyond_the_ends_finds_nothing():
    reader = reader_of(["dog"])
    assert reader.peek(0).value == "dog"
    assert reader.peek(1) is None and reader.peek(-1) is None

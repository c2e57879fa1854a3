from hanazora.media import codecs
from hanazora.media.codecs import find_codecs


def test_the_wheel_brings_every_codec():
    found = find_codecs()
    assert found.missing_encoders == found.missing_decoders == ()
    assert found.ffmpeg[0].isdigit()


def test_an_absent_codec_is_named(monkeypatch):
    monkeypatch.setattr(codecs, "ENCODERS", ("libx264", "no_such"))
    monkeypatch.setattr(codecs, "DECODERS", ("neither",))
    found = find_codecs()
    assert (found.missing_encoders, found.missing_decoders) == (("no_such",), ("neither",))

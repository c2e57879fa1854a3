from hanazora.safety.review.takedown import TakedownList


def test_a_file_is_known_again_by_anything_it_still_has(tmp_path):
    takedowns = TakedownList(tmp_path / "safety.sqlite")
    assert takedowns.add({"sha256": "a", "mark": "7", "unknown": "x"}, 3, "aki") == 2
    assert takedowns.find({"sha256": "other", "mark": "7"}).case == 3
    assert takedowns.find({"sha256": "a"}).kind == "sha256"
    assert takedowns.find({"sha256": "7", "fingerprint": "a"}) is None
    assert takedowns.find({}) is None
    assert [entry.kind for entry in takedowns.entries()] == ["sha256", "mark"]

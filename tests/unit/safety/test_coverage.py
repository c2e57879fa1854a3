from hanazora.safety.coverage import Coverage, covered


def test_one_entry_per_category():
    entries = covered("prompt", ["hate", "violence"], "lists", available=False, note="why")
    assert entries[0] == Coverage("prompt", "hate", "lists", False, "why")
    assert [entry.category for entry in entries] == ["hate", "violence"]

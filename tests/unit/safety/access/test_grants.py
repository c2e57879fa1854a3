import threading

import pytest

from hanazora.safety.access.tiers import AccessError


def test_a_user_is_general_until_granted(store):
    assert store.tier_of("mika") == "general"
    store.grant("mika", "trusted", "aki")
    assert store.tier_of("mika") == "trusted"
    store.grant("mika", "redteam", "aki")
    assert store.tier_of("mika") == "redteam"
    assert b"mika" not in store.path.read_bytes()


def test_a_quota_is_counted_per_user_and_day(store, rules):
    general = rules.tier("general")
    for _ in range(10):
        assert store.charge("mika", 20.0, 320, day="2026-01-01") == "general"
    assert store.usage("mika", "2026-01-01") == (10, 200.0)
    with pytest.raises(AccessError, match=f"{general.videos_per_day} videos and 200 s"):
        store.charge("mika", 0.5, 320, day="2026-01-01")
    store.charge("mika", 0.5, 320, day="2026-01-02")
    store.charge("aki", 0.5, 320, day="2026-01-01")
    store.refund("mika", 20.0, "2026-01-01")
    assert store.usage("mika", "2026-01-01") == (9, 180.0)


def test_a_refused_request_costs_nothing(store):
    with pytest.raises(AccessError):
        store.charge("mika", 500.0, 320)
    with pytest.raises(AccessError):
        store.charge("mika", 1.0, 320, ["faces"])
    assert store.usage("mika") == (0, 0.0)


def test_the_last_video_of_a_day_is_given_once(store):
    for _ in range(29):
        store.charge("mika", 1.0, 320, day="2026-01-01")
    given = []

    def ask():
        try:
            given.append(store.charge("mika", 1.0, 320, day="2026-01-01"))
        except AccessError:
            pass

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert given == ["general"]


def test_access_starts_at_the_testers_for_every_policy_and_model(store):
    assert store.open_tier("policy", "model") == "redteam"
    store.require_open("redteam", "policy", "model")
    with pytest.raises(AccessError, match="open to safety testers only"):
        store.require_open("general", "policy", "model")
    store.open("trusted", "policy", "model", "aki")
    assert store.open_tier("policy", "model") == "trusted"
    store.require_open("trusted", "policy", "model")
    assert store.open_tier("policy", "another") == "redteam"
    assert store.open_tier("another", "model") == "redteam"

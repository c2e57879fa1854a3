import random

from hanazora.pipelines.expander.reading.draft import Draft, SubjectDraft
from hanazora.pipelines.expander.telling.places import choose_setting

STREET = ("road", "neon_street", "snow_town")


def setting_of(draft):
    return choose_setting(draft, 0, random.Random(0))


def test_a_wide_word_takes_the_setting_that_fits_the_rest():
    assert setting_of(Draft(places={0: [STREET]})) == "road"
    assert (
        setting_of(Draft(places={0: [STREET]}, scenes=[{"time_of_day": "night"}])) == "neon_street"
    )
    assert setting_of(Draft(places={0: [STREET]}, scenes=[{"weather": "snow"}])) == "snow_town"


def test_a_subject_alone_is_put_where_it_belongs():
    assert setting_of(Draft(subjects=[SubjectDraft(("truck",))])) == "road"
    assert setting_of(Draft(subjects=[SubjectDraft(("octopus",))])) == "reef"
    assert setting_of(Draft(scenes=[{"weather": "petals"}])) in ("cherry_alley", "park")


def test_what_is_excluded_is_not_chosen():
    draft = Draft(subjects=[SubjectDraft(("truck",))], excluded={("setting", "road")})
    assert setting_of(draft) != "road"


def test_weather_that_cannot_be_seen_there_counts_against_a_setting():
    draft = Draft(subjects=[SubjectDraft(("balloon",))], scenes=[{"weather": "clear"}])
    assert setting_of(draft) not in ("toys", "reef")


def test_a_later_shot_stays_where_the_first_is_if_its_subject_may_be_there():
    def second_shot(kind):
        subject = SubjectDraft((kind,), shot=1)
        return Draft(subjects=[subject], scenes=[{"setting": "reef"}, {}])

    assert choose_setting(second_shot("turtle"), 1, random.Random(0)) == "reef"
    assert choose_setting(second_shot("truck"), 1, random.Random(0)) != "reef"

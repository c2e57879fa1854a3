from hanazora.world import affordances, vocabulary


def test_tables_cover_every_setting_and_use_known_names():
    for setting in vocabulary.SETTINGS:
        assert set(affordances.KIND_WEIGHTS[setting]) <= set(vocabulary.KINDS)
        assert set(affordances.WEATHER_WEIGHTS[setting]) <= set(vocabulary.WEATHERS)
        assert set(affordances.TIME_WEIGHTS[setting]) <= set(vocabulary.TIMES_OF_DAY)
        assert set(affordances.STYLE_WEIGHTS[setting]) == set(vocabulary.STYLES)
    assert set(affordances.ACTION_WEIGHTS) == set(vocabulary.KINDS)


def test_every_name_of_the_vocabulary_is_used_somewhere():
    kinds = {kind for setting in vocabulary.SETTINGS for kind in affordances.KIND_WEIGHTS[setting]}
    actions = {
        action
        for setting in vocabulary.SETTINGS
        for kind in affordances.KIND_WEIGHTS[setting]
        for action in affordances.action_weights(kind, setting)
    }
    weathers = {w for table in affordances.WEATHER_WEIGHTS.values() for w in table}
    assert kinds == set(vocabulary.KINDS)
    assert actions == set(vocabulary.ACTIONS)
    assert weathers == set(vocabulary.WEATHERS)


def test_sense_and_nonsense():
    assert affordances.is_afforded("fish", "swim", "reef")
    assert affordances.is_afforded("turtle", "walk", "beach")
    assert not affordances.is_afforded("turtle", "swim", "beach")
    assert not affordances.is_afforded("fish", "swim", "road")
    assert not affordances.is_afforded("car", "fly", "road")


def test_camera_never_hides_what_leaves_and_never_orbits_a_sideways_walk():
    assert "follow" not in affordances.camera_weights("return", "left")
    assert "pan_left" not in affordances.camera_weights("pass_front", "left")
    assert "orbit_left" not in affordances.camera_weights("walk", "left")
    assert "orbit_left" in affordances.camera_weights("walk", "away")
    assert "follow" in affordances.camera_weights("walk", "left")


def test_colours_and_directions_have_weights():
    for kind in vocabulary.KINDS:
        assert set(affordances.colour_weights(kind)) == set(vocabulary.COLOURS)
        for action in vocabulary.ACTIONS:
            assert set(affordances.direction_weights(kind, action)) <= set(vocabulary.DIRECTIONS)
    assert affordances.direction_weights("dog", "stand") == {"none": 1}

from hanazora.pipelines.expander.reading.tokens import SCENE_TAGS, Token
from hanazora.world.spec import SceneSpec


def test_a_token_knows_its_tag_and_value():
    token = Token("kind", "dog", "puppy")
    assert token.is_a("kind") and token.is_a("kind", "cat", "dog")
    assert not token.is_a("kind", "cat") and not token.is_a("colour")


def test_the_tags_of_the_picture_name_what_a_scene_holds():
    assert all(hasattr(SceneSpec(seed=0, setting="park"), name) for name in SCENE_TAGS.values())
